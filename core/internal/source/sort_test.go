package source

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestSortDecls(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 60 {
		list := make([]Decl, n)
		for i := range list {
			list[i] = Decl{Name: string(rune('a' + r.IntN(26))), Line: i}
		}
		want := slices.Clone(list)
		slices.SortStableFunc(want, func(a, b Decl) int { return strings.Compare(a.Name, b.Name) })
		sortDecls(list)
		if !slices.Equal(list, want) {
			t.Fatalf("sorted to\n%v, want\n%v", list, want)
		}
	}
}
