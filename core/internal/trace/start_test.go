package trace

import (
	"slices"
	"strings"
	"testing"
)

func TestReadArgs(t *testing.T) {
	inherited := func(path string) bool { return strings.HasPrefix(path, "/ours/") }
	for _, tt := range []struct {
		args, rest string
		want       bool
		why        string // part of it
		reason     string
	}{
		{"", "", false, "", "no test binary has no arguments"},
		{"-v file", "-v file", false, "", "another program's arguments"},
		{"-test.v=true -x", "-test.v=true -x", true, "", "local mode, -count=1"},
		{"-test.ish -flag", "-test.ish -flag", false, "", "another program's flag that begins alike"},
		{"--test.v", "--test.v", true, "", "two dashes are one"},
		{"-test.testlogfile=/go/log -test.v", "-test.testlogfile=/go/log -test.v", false, "", "the go command asked for one"},
		{"-test.testlogfile=/ours/1 -test.v", "-test.v", true, "", "a child with our arguments gets one of its own"},
		{"-test.testlogfile=/ours/1", "", true, "", "even without others"},
		{"-test.bench=. -test.v", "-test.bench=. -test.v", false, "-bench", "a log would distort a benchmark"},
		{"-test.bench=", "-test.bench=", true, "", "no benchmark"},
		{"-test.fuzz=X", "-test.fuzz=X", false, "-fuzz", "the coordinator"},
		{"-test.fuzzworker", "-test.fuzzworker", false, "-fuzz", "workers share their arguments"},
		{"-test.fuzzcachedir=/c -test.run=F", "-test.fuzzcachedir=/c -test.run=F", true, "", "cmd/go gives it to every run"},
	} {
		rest, want, why := readArgs(strings.Fields(tt.args), inherited)
		if !slices.Equal(rest, strings.Fields(tt.rest)) || want != tt.want || !strings.Contains(why, tt.why) || (why == "") != (tt.why == "") {
			t.Errorf("%q: got %q, %v, %q (%s)", tt.args, rest, want, why, tt.reason)
		}
	}
}
