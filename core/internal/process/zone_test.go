package process

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/fixturecache/fixturecache/core/internal/input"
)

// TestZoneText: two zones differ where they do, and all end: package time
// repeats the end of a leap year for ever.
func TestZoneText(t *testing.T) {
	texts := map[string]string{}
	for _, name := range []string{"UTC", "Europe/Berlin", "Europe/Paris", "America/New_York", "Asia/Tokyo", "Africa/Casablanca", "Australia/Lord_Howe"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		text := zoneText(loc)
		_, rest, _ := strings.Cut(text, " ")
		if other := texts[rest]; other != "" {
			t.Errorf("%s is described as %s is: %s", name, other, rest)
		}
		texts[rest] = name
		if again := zoneText(loc); again != text {
			t.Errorf("%s: %s, then %s", name, text, again)
		}
	}
	if got := zoneText(time.FixedZone("X", 3600)); !strings.HasPrefix(got, "X X"+input.SumMark) {
		t.Errorf("a zone that never changes: %s", got)
	}
}

// TestLocalTimeIsThatOfNow: a test may set another.
func TestLocalTimeIsThatOfNow(t *testing.T) {
	was, old := localTime(), time.Local
	defer func() { time.Local = old }()
	time.Local = time.FixedZone("ELSEWHERE", 1234)
	if now := localTime(); now == was || !strings.Contains(now, "ELSEWHERE") {
		t.Errorf("%s, then %s", was, now)
	}
}
