package compare

import (
	"strconv"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
)

// A miss is explained by the record whose differences the author has made last, not
// by that of another test or of another way to run it.
func TestNearer(t *testing.T) {
	differ := func(built int64, equal int, kind input.Kind, text string) *Comparison {
		code := map[input.Kind]string{input.Toolchain: "toolchain.changed"}[kind]
		return &Comparison{Rec: &record.Record{Built: time.Unix(built, 0)}, equal: equal, Found: []Difference{{Kind: kind, Reasons: []input.Reason{{Code: code, Text: text}}}}}
	}
	elsewhere := differ(2, 9, input.Code, "code changed: m.F (m.go:3)") // by tests that read more
	elsewhere.Found[0].Elsewhere = "m/a"
	both := differ(2, 4, input.Code, "code changed: m.F (m.go:3)") // of an edit that was taken back, and read more
	both.Found[0].Reasons = append(both.Found[0].Reasons, input.Reason{Text: "code changed: m.G (m.go:5)"})
	options := differ(1, 4, input.Options, "declared inputs changed: go flag -tags=a added") // of a command of its own
	options.Found[0].Reasons = append(options.Found[0].Reasons, input.Reason{Text: "file a.go modified"})
	for _, tc := range []struct {
		name        string
		nearer, far *Comparison
	}{
		{"of the same options", differ(1, 3, input.File, "file a.go modified"), differ(2, 4, input.Options, "declared inputs changed: go flag -trimpath removed")},
		{"of the same code", differ(1, 3, input.File, "file a.go modified"), differ(2, 4, input.Code, "code changed: m.F (m.go:3)")},
		{"of the same run", differ(1, 3, input.Code, "code changed: m.TestB (m_test.go:3)"), differ(2, 4, input.Setting, "tests selected changed: -run \"A\" -> all")},
		{"of the same test binary", differ(1, 3, input.Code, "code changed: m.F (m.go:3)"), elsewhere},
		{"with less to tell", differ(1, 3, input.Code, "code changed: m.G (m.go:5)"), both},
		{"with more that is the same, of other options", options, differ(2, 3, input.Options, "declared inputs changed: go flag -tags=b added")},
		{"with more that is the same", differ(1, 4, input.File, "file a.go modified"), differ(2, 3, input.File, "file b.go modified")},
		{"of fewer settings", differ(1, 3, input.Toolchain, "toolchain -race (none) -> true"), differ(2, 3, input.Toolchain, "toolchain -tags foo -> (none), -race (none) -> true")},
		{"the later one", differ(2, 3, input.File, "file a.go modified"), differ(1, 3, input.File, "file b.go modified")},
	} {
		if tc.nearer.Nearer(tc.far) <= 0 || tc.far.Nearer(tc.nearer) >= 0 {
			t.Errorf("%s: is not the nearer one", tc.name)
		}
	}
}

// A record of another package's tests may differ by nothing but what these reach.
func TestReasonsSayForWhom(t *testing.T) {
	for _, tc := range []struct{ code, builtFor, want string }{
		{"code.changed", "", "changed"}, {"code.changed", "m/a", "since the build for m/a: changed"}, {"file.modified", "m/a", "changed"},
	} {
		c := &Comparison{Found: []Difference{{Kind: input.Code, Elsewhere: tc.builtFor, Reasons: []input.Reason{{Code: tc.code, Text: "changed"}}}}}
		if got := input.ReasonText(c.Reasons()); got != tc.want {
			t.Errorf("%s, of %q: %q, want %q", tc.code, tc.builtFor, got, tc.want)
		}
	}
}

// However many declarations differ, as where a vendored module is another, it takes time in
// proportion to tell them: with a search among those told for each, this would not end.
func TestManyReasons(t *testing.T) {
	const n = 300_000
	c := &Comparison{Found: []Difference{{Kind: input.Code}}}
	for i := range n {
		c.Found[0].Reasons = append(c.Found[0].Reasons, input.Reason{Code: "code.changed", Text: "code gone: " + strconv.Itoa(i)})
	}
	if got := len(c.Reasons()); got != n {
		t.Errorf("%d reasons, want %d", got, n)
	}
}
