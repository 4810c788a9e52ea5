package compare

import (
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
)

func TestChildName(t *testing.T) {
	here := input.Input{Kind: input.WorkDir, Name: ".", Digest: input.Digest{1}}
	there := input.Input{Kind: input.WorkDir, Name: ".", Digest: input.Digest{2}}
	code := input.Input{Kind: input.Code, Digest: input.Digest{3}}
	for _, tt := range []struct {
		cwd    []input.Input
		pinned bool // the parent's build went to another directory
		maxAge time.Duration
		reason string
	}{
		{nil, false, 0, "it holds in any directory and for ever"},
		{[]input.Input{here}, false, 0, "in the parent's directory, wherever that is"},
		{[]input.Input{there}, true, time.Minute, "in another, which the parent's build went to"},
	} {
		rec := &record.Record{Inputs: append([]input.Input{code}, tt.cwd...), Built: time.Unix(100, 0)}
		var in input.Digest
		if tt.pinned {
			in = CwdOf(rec.Inputs).Digest
		}
		child := ChildInput(Variant{}, "n", CodeOf(rec.Inputs), input.Digest{4}, tt.maxAge, in)
		n := Child(&child)
		if !n.is(rec) || n.maxAge != tt.maxAge || n.cwd != "" != tt.pinned || child.Detail != "n" {
			t.Errorf("%s: %+v (%s)", child.Name, n, tt.reason)
		}
		if tt.pinned && n.is(&record.Record{Inputs: []input.Input{code, here}}) {
			t.Errorf("%s: a record of another directory passes for it", child.Name)
		}
		if expired(rec, n.maxAge, time.Unix(160, 0)) || expired(rec, n.maxAge, time.Unix(161, 0)) != (tt.maxAge > 0) {
			t.Errorf("%s: its age is misjudged", child.Name)
		}
	}
	if n := Child(&input.Input{Name: "no name"}); n != (ChildName{}) {
		t.Errorf("what makes no sense: %+v", n)
	}
}

// TestTooOld shows the time of a build in UTC: to write a local time fixes the zone
// of the process, which a test may want to set.
func TestTooOld(t *testing.T) {
	rec := &record.Record{Built: time.Unix(0, 0).In(time.FixedZone("there", 5*3600))}
	if r := tooOld(rec, time.Hour); r.Old != "1970-01-01T00:00:00Z" || r.Text != "not built in the last 1h0m0s, but at 1970-01-01 00:00 UTC" {
		t.Errorf("%+v", r)
	}
}
