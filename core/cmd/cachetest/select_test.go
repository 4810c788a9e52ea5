package main

import (
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/admin"
)

// What is written as it stands is meant, also where it is a glob of others: so the names
// that an error proposes can be pasted.
func TestFindAsItStands(t *testing.T) {
	c := &command{view: view{module: module{path: "example.com/m"}}}
	for _, key := range []string{"a*b", "aXb", "[x]", "x", "x/[x]", "x/x", "q?", "qq", "*", `a\*b`, "a:b"} {
		c.list = append(c.list, &admin.Fixture{FixtureID: admin.FixtureID{Package: "example.com/m", Key: key}})
	}
	for _, f := range c.list {
		for _, arg := range []string{f.Key, f.Name()} {
			if found, _ := c.find(arg); len(found) != 1 || found[0] != f {
				t.Errorf("%s names %d fixtures", arg, len(found))
			}
		}
	}
	if found, _ := c.find("a*"); len(found) != 4 {
		t.Errorf("a* names %d fixtures, not the 4 that it is a glob of", len(found))
	}
}
