package input

import (
	"strings"
	"testing"
)

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
		{"several", detail("-gcflags", "-l", "GOARM", "7"), detail("CGO_ENABLED", "1", "GOARM", "6"), "-gcflags -l -> (none), CGO_ENABLED (none) -> 1, GOARM 7 -> 6"},
		{"version and platform", "go1.25 linux/arm A=1", "go1.26 linux/amd64 A=1", "go1.25 -> go1.26, linux/arm -> linux/amd64"},
	} {
		if got := settingsDiff(tc.old, tc.new); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.reason, got, tc.want)
		}
	}
}

// A reason names what differs in a setting, and shows no digest of it.
func TestSettingReasons(t *testing.T) {
	const a, b = SumMark + "f0e4c2a35151", SumMark + "f804e3b0c1f4"
	for _, test := range []struct{ old, new, want string }{
		{"Local UTC" + a, "Europe/Paris CET/CET" + b, "S changed: Local UTC -> Europe/Paris CET/CET"},
		{"Local JST" + a, "Local JST" + b, "S changed: Local JST modified"},
		{"1", "2", "S changed: 1 -> 2"},
		{"m.test -test.timeout=10m0s -test.v=true -test.run=TestA", "m.test -test.timeout=10m0s -test.v=true", "S changed: -test.run=TestA -> (none)"},
		{"-x" + strings.Repeat(" word", 1000), "-y", "S changed: -x" + strings.Repeat(" word", maxWords-1) + " … -> -y"},
		{"-text=" + strings.Repeat("x", 60) + ` "a b"`, "-text=" + strings.Repeat("x", 60) + ` "a  b"`, `S changed: b" ->  b"`},
		{"a #1", "a #2", "S changed: a #1 -> a #2"},
		{"/etc/group" + a + "\n/etc/passwd" + a, "/etc/group" + a + "\n/etc/passwd" + b, "S changed: /etc/passwd modified"},
		{"m v1" + a + "\nn v1" + a, "m v1" + b + "\nn v2" + a, "S changed: m v1 modified, n v2 added, n v1 removed"},
	} {
		old, now := Input{Kind: Setting, Name: "S", Detail: test.old, Digest: Digest{1}}, Input{Kind: Setting, Name: "S", Detail: test.new, Digest: Digest{2}}
		if got := Compare(&old, &now); len(got) != 1 || got[0].Text != test.want {
			t.Errorf("%q; want %q", got, test.want)
		}
	}
}
