package snapshot

import (
	"math"
	"testing"
	"time"
)

func TestDiffPath(t *testing.T) {
	type user struct {
		Name    string
		Tags    []string
		Born    time.Time
		Profile *profile
		Extra   any
		M       map[string]int
		Arr     [20]*int
		raw     [4]int16
	}
	mk := func(edit func(u []user)) []user {
		us := make([]user, 5)
		for i := range us {
			us[i] = user{Name: "n", Tags: []string{"a", "b"}, Profile: &profile{Name: "p"}, Extra: &hidden{1}, M: map[string]int{"k": 1}}
			us[i].Arr[3] = new(int)
		}
		edit(us)
		return us
	}
	for _, c := range []struct {
		want string
		edit func(u []user)
	}{
		{"[3].Profile.Name", func(u []user) { u[3].Profile.Name = "q" }},
		{"[1].Name", func(u []user) { u[1].Name = "q" }},
		{"[2].Tags[1]", func(u []user) { u[2].Tags[1] = "c" }},
		{"[2].Tags[1]", func(u []user) { u[2].Tags = u[2].Tags[:1] }},
		{"[0].Tags", func(u []user) { u[0].Tags = nil }},
		{"[4].Born", func(u []user) { u[4].Born = time.Unix(1, 0).UTC() }},
		{"[4].Extra.x", func(u []user) { u[4].Extra = &hidden{2} }},
		{"[4].Extra", func(u []user) { u[4].Extra = hidden{1} }},
		{`[4].M["k"]`, func(u []user) { u[4].M["k"] = 2 }},
		{`[4].M["l"]`, func(u []user) { u[4].M["l"] = 2 }},
		{"[4].Arr[3]", func(u []user) { u[4].Arr[3] = nil }},
		{"[4].Arr[3]", func(u []user) { *u[4].Arr[3] = 5 }},
		{"[4].raw[2]", func(u []user) { u[4].raw[2] = 5 }},
		{"[2].Profile", func(u []user) { u[2].Profile = u[1].Profile }},
		{"", func(u []user) {}},
	} {
		path, same := Diff(mk(func([]user) {}), mk(c.edit))
		if path != c.want || same != (c.want == "") {
			t.Errorf("Diff = %q, %v; want %q", path, same, c.want)
		}
	}
}

func TestDiffOverlap(t *testing.T) {
	type view struct {
		All  []int
		Part []int
		One  *int
	}
	mk := func(shared bool) view {
		all := []int{1, 2, 3, 4}
		if shared {
			return view{all, all[1:3], &all[3]}
		}
		return view{all, []int{2, 3}, &[]int{4}[0]}
	}
	if _, same := Diff(mk(true), mk(true)); !same {
		t.Error("overlapping slices differ from their like")
	}
	if path, same := Diff(mk(true), mk(false)); same {
		t.Error("lost overlap not seen")
	} else if path != ".Part" && path != ".One" {
		t.Errorf("path %q", path)
	}
	if _, same := Diff(mk(false), mk(true)); same {
		t.Error("new overlap not seen")
	}
}

func TestDiffBits(t *testing.T) {
	if _, same := Diff([]float64{math.NaN()}, []float64{math.NaN()}); !same {
		t.Error("NaN differs from itself")
	}
	f := func() {}
	if _, same := Diff(&f, &f); !same {
		t.Error("one func differs from itself")
	}
}
