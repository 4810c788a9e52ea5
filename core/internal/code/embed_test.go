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
	if digest("a.txt", "b.txt") == digest("b.txt", "a.txt") {
		t.Error("the digest is the same")
	}
	if digest("a.txt", "b.txt") != digest("a.txt", "b.txt") {
		t.Error("the digest is not the same")
	}
}
