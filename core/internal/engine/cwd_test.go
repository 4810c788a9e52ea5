package engine

import (
	"runtime"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/process"
)

func TestCwdAt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths without a volume are not absolute here")
	}
	root := logged.Root{Lexical: "/m", Physical: "/m"}
	cl := &call{c: &Cache{host: process.This()}, Present: compare.Present{World: &input.World{Root: root, Dir: "/m/p"}}, cwd: "/m/p/d1", cwdKnown: true}
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
