package engine

import (
	"runtime"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/record"
)

func TestCwdAt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths without a volume are not absolute here")
	}
	root := logged.Root{Lexical: "/m", Physical: "/m"}
	cl := &call{world: &input.World{Root: root, Dir: "/m/p"}, cwd: "/m/p/d1", cwdKnown: true}
	for _, tt := range []struct {
		use    cwdUse
		want   []string
		reason string
	}{
		{cwdUse{}, nil, "nothing relative: it holds in any directory"},
		{cwdUse{working: 1}, []string{"p/d1"}, "the directory of the call"},
		{cwdUse{working: 2}, []string{"p"}, "the one above, which neighbours share"},
		{cwdUse{working: 3}, []string{"."}, "the module root"},
		{cwdUse{working: 4}, []string{"/"}, "out of the module: of this machine"},
		{cwdUse{start: 1}, []string{"p"}, "patterns hold against where the process began"},
		{cwdUse{working: 1, start: 2}, []string{"p/d1", "."}, "both"},
	} {
		ins := cl.cwdInputs(tt.use)
		if len(ins) != len(tt.want) {
			t.Errorf("%+v: %v, want %v (%s)", tt.use, ins, tt.want, tt.reason)
			continue
		}
		for i, in := range ins {
			if again := cl.cwdAt(in.Name); in.Detail != tt.want[i] || again.Digest != in.Digest {
				t.Errorf("%+v: %q as %q, want %q (%s)", tt.use, in.Detail, in.Name, tt.want[i], tt.reason)
			}
		}
	}
}

func TestCwdUse(t *testing.T) {
	var u cwdUse
	for _, relative := range []int{0, 3, 2, 0, 3} {
		u.addWorking(relative)
	}
	if u.working != 2 {
		t.Errorf("%+v: the name that leads up least decides, and an absolute one does not count", u)
	}
}

func TestChildName(t *testing.T) {
	cl := &call{c: &Cache{}, world: &input.World{Root: logged.Root{Lexical: "/m", Physical: "/m"}}, cwd: "/m/p", cwdKnown: true}
	b := &builder{call: cl}
	here, there := cl.cwdAt("."), cl.cwdAt("..")
	there.Name = "."
	for _, tt := range []struct {
		in     []input.Input
		maxAge time.Duration
		pinned bool
		reason string
	}{
		{nil, 0, false, "it holds in any directory and for ever"},
		{[]input.Input{here}, 0, false, "in the parent's directory, wherever that is"},
		{[]input.Input{there}, time.Minute, true, "in another, which the parent's build went to"},
	} {
		rec := &record.Record{Inputs: append([]input.Input{{Kind: input.Code, Digest: input.Digest{1}}}, tt.in...), Built: time.Unix(100, 0)}
		in := b.childInput(child{code: codeOf(rec.Inputs), cwd: cwdOf(rec.Inputs), maxAge: tt.maxAge, name: "n"})
		n := Child(&in)
		if !n.Is(rec) || n.maxAge != tt.maxAge || n.cwd != "" != tt.pinned {
			t.Errorf("%s: %+v (%s)", in.Name, n, tt.reason)
		}
		if tt.pinned && n.Is(&record.Record{Inputs: []input.Input{rec.Inputs[0], here}}) {
			t.Errorf("%s: a record of another directory passes for it", in.Name)
		}
		if n.Expired(rec, time.Unix(160, 0)) || n.Expired(rec, time.Unix(161, 0)) != (tt.maxAge > 0) {
			t.Errorf("%s: its age is misjudged", in.Name)
		}
	}
}
