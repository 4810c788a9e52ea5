package snapshot

import (
	"math"
	"testing"
	"time"
)

func same(a, b any) bool { return Default().Compare(a, b) == nil }

func TestCompare(t *testing.T) {
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
	for i, edit := range []func(u []user){
		func(u []user) { u[3].Profile.Name = "q" },
		func(u []user) { u[1].Name = "q" },
		func(u []user) { u[2].Tags[1] = "c" },
		func(u []user) { u[2].Tags = u[2].Tags[:1] },
		func(u []user) { u[0].Tags = nil },
		func(u []user) { u[4].Born = time.Unix(1, 0).UTC() },
		func(u []user) { u[4].Extra = &hidden{2} },
		func(u []user) { u[4].Extra = hidden{1} },
		func(u []user) { u[4].M["k"] = 2 },
		func(u []user) { u[4].M["l"] = 2 },
		func(u []user) { u[4].Arr[3] = nil },
		func(u []user) { *u[4].Arr[3] = 5 },
		func(u []user) { u[4].raw[2] = 5 },
		func(u []user) { u[2].Profile = u[1].Profile },
	} {
		if same(mk(func([]user) {}), mk(edit)) {
			t.Errorf("difference %d is not seen", i)
		}
	}
	if !same(mk(func([]user) {}), mk(func([]user) {})) {
		t.Error("equal values differ")
	}
}

func TestCompareOverlap(t *testing.T) {
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
	if !same(mk(true), mk(true)) {
		t.Error("overlapping slices differ from their like")
	}
	if same(mk(true), mk(false)) {
		t.Error("lost overlap not seen")
	}
	if same(mk(false), mk(true)) {
		t.Error("new overlap not seen")
	}
}

func TestCompareBits(t *testing.T) {
	if !same([]float64{math.NaN()}, []float64{math.NaN()}) {
		t.Error("NaN differs from itself")
	}
}
