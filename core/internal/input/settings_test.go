package input

import "testing"

// Each setting is told whole, whatever its value holds.
func TestSettingsDiff(t *testing.T) {
	detail := func(settings ...string) string {
		s := "go1.26.1 linux/amd64"
		for i := 0; i < len(settings); i += 2 {
			s = AppendSetting(s, settings[i], settings[i+1])
		}
		return s
	}
	for _, tc := range []struct{ reason, old, new, want string }{
		{"the same", detail("-race", "true"), detail("-race", "true"), ""},
		{"a value with spaces and settings in it", detail("-ldflags", "-w -X m.A=1"), detail("-ldflags", "-w -X m.A=2"), "-ldflags -w -X m.A=1 -> -w -X m.A=2"},
		{"a value with quotes", detail("-ldflags", `-X "m.A=a b"`, "-race", "true"), detail("-race", "true"), `-ldflags -X "m.A=a b" -> (none)`},
		{"several", detail("-gcflags", "-l", "GOARM", "7"), detail("CGO_ENABLED", "1", "GOARM", "6"), "-gcflags -l -> (none), GOARM 7 -> 6, CGO_ENABLED (none) -> 1"},
		{"version and platform", "go1.25 linux/arm A=1", "go1.26 linux/amd64 A=1", "go1.25 -> go1.26, linux/arm -> linux/amd64"},
	} {
		if got := settingsDiff(tc.old, tc.new); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.reason, got, tc.want)
		}
	}
}
