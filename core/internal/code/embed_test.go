package code

import (
	"fmt"
	"testing"
)

// What each of two variables embeds is part of the closure, and not only what both do.
func TestEmbedsThatChangePlaces(t *testing.T) {
	digest := func(a, b string) Digest {
		root := writeTree(t, "go.mod", "module m\n\ngo 1.24\n", "a.txt", "a", "b.txt", "b",
			"m_test.go", fmt.Sprintf("package m\n\nimport _ \"embed\"\n\n//go:embed %s\nvar one string\n\n//go:embed %s\nvar two string\n\nfunc Both() string { return one + two }\n", a, b))
		d, err := FindDeps(isolated(root), "Both")
		if err != nil {
			t.Fatal(err)
		}
		return d.Digest
	}
	first, again, swapped := digest("a.txt", "b.txt"), digest("a.txt", "b.txt"), digest("b.txt", "a.txt")
	if again != first {
		t.Error("the same tree has another digest")
	}
	if swapped == first {
		t.Error("trees whose patterns have changed places have one digest")
	}
}
