package code

import (
	"fmt"
	"path/filepath"
	"testing"
)

// TestLawOfStateAbroad has the variable of each case, and what changes and reads it,
// in another module: a test that calls the one may change what the other returns.
func TestLawOfStateAbroad(t *testing.T) {
	const together = 100
	cases := lawCases()
	tree := []string{"cache/cache/download/example.com/x/@v/v1.2.0.mod", "module example.com/x\n",
		"m/go.mod", "module example.com/m\n\ngo 1.25.0\n\nrequire example.com/x v1.2.0\n"}
	in := func(c lawCase) string {
		return fmt.Sprintf("%s\n\nfunc Mut%s() {\n\t%s\n}\n\nfunc Fn%s() int { return %s }\n\n", c.decls, c.id, c.mut, c.id, c.read)
	}
	for from := 0; from < len(cases); from += together {
		part := cases[from:min(from+together, len(cases))]
		pkg := fmt.Sprintf("p%d", from)
		tree = append(tree, "cache/example.com/x@v1.2.0/"+pkg+"/x.go", lawFile(pkg, part, in)+lawShared,
			"m/"+pkg+"/m_test.go", "package m\n\nimport (\n\t\"testing\"\n\n\tx \"example.com/x/"+pkg+"\"\n)\n\n")
		for _, c := range part {
			tree[len(tree)-1] += fmt.Sprintf("func TestMut%s(t *testing.T) { x.Mut%s() }\n\nfunc fn%s() int { return x.Fn%s() }\n\n", c.id, c.id, c.id, c.id)
		}
	}
	root := writeTree(t, tree...)
	t.Setenv("GOMODCACHE", filepath.Join(root, "cache"))
	for from := 0; from < len(cases); from += together {
		b := Static(filepath.Join(root, "m", fmt.Sprintf("p%d", from)))
		p, err := b.program(nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases[from:min(from+together, len(cases))] {
			r := p.graph.ReachFrom(p.graph.Functions("fn" + c.id)...)
			r.AddInit()
			if found := p.state.InReach(r, Covered{}); len(found.Causes(p.graph.Executed(), 1)) == 0 {
				t.Errorf("%s: not the whole run; state %v\n%s\n%s\nread: %s", c.name, found.State, c.decls, c.mut, c.read)
			}
		}
	}
	t.Logf("%d cases: all pairs, none by chance", len(cases))
}
