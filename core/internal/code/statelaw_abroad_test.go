package code

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestLawOfStateAbroad has the variable of each case, and what changes and reads it,
// in another module: a test that calls the one may change what the other returns.
func TestLawOfStateAbroad(t *testing.T) {
	lawAbroad(t, "func TestMut$(t *testing.T) { x.Mut$() }", func(p *program, c lawCase) {
		r := p.graph.ReachFrom(p.graph.Functions("fn" + c.id)...)
		if found := p.state.InReach(r, Covered{}); len(found.Causes(p.graph.Executed(), 1)) == 0 {
			t.Errorf("%s: not the whole run; state %v\n%s\n%s\nread: %s", c.name, found.State, c.decls, c.mut, c.read)
		}
	})
}

// TestLawOfInitAbroad has what changes the variable of each case run when the program
// starts, by five ways: it is code of what reads that.
func TestLawOfInitAbroad(t *testing.T) {
	ways := []string{
		"func init() { a$() }\n\nfunc a$() { x.Mut$() }",
		"var _ = b$()\n\nfunc b$() int { x.Mut$(); return 1 }",
		"var set$ = x.Mut$\n\nfunc init() { c$() }\n\nfunc c$() { set$() }",
		"func init() { x.Call(d$) }\n\nfunc d$() { x.Mut$() }",
		"type T$ struct{}\n\nfunc (T$) Do() { e$() }\n\nfunc init() { x.Use(T${}) }\n\nfunc e$() { x.Mut$() }",
	}
	lawAbroad(t, strings.Join(ways, "\n\n"), func(p *program, c lawCase) {
		r := p.graph.ReachFrom(p.graph.Functions("fn" + c.id)...)
		r.AddInit()
		for i, way := range ways {
			if before := string(rune('a'+i)) + c.id; !r.Has(p.graph.Functions(before)[0]) {
				t.Errorf("%s: what runs before is not part of it\n%s\n%s\n%s\nread: %s", c.name, way, c.decls, c.mut, c.read)
			}
		}
	})
}

// lawAbroad visits all cases in a program that has the functions Mut and Fn of each in
// another module, and local code that comes to them, with the id of a case for each "$".
// With -short these are a part of the cases.
func lawAbroad(t *testing.T, local string, visit func(p *program, c lawCase)) {
	const together = 100
	every := 1
	if testing.Short() {
		every = 23 // coprime to the numbers of ways: each way is met
	}
	cases := lawCases(every)
	tree := []string{"cache/cache/download/example.com/x/@v/v1.2.0.mod", "module example.com/x\n",
		"m/go.mod", "module example.com/m\n\ngo 1.25.0\n\nrequire example.com/x v1.2.0\n"}
	in := func(c lawCase) string {
		return fmt.Sprintf("%s\n\nfunc Mut%s() {\n\t%s\n}\n\nfunc Fn%s() int { return %s }\n\n", c.decls, c.id, c.mut, c.id, c.read)
	}
	for from := 0; from < len(cases); from += together {
		part := cases[from:min(from+together, len(cases))]
		pkg := fmt.Sprintf("p%d", from)
		tree = append(tree, "cache/example.com/x@v1.2.0/"+pkg+"/x.go", lawFile(pkg, part, in)+lawShared+
			"\nfunc Call(f func()) { f() }\n\nfunc Use(d interface{ Do() }) { d.Do() }\n",
			"m/"+pkg+"/m_test.go", "package m\n\nimport (\n\t\"testing\"\n\n\tx \"example.com/x/"+pkg+"\"\n)\n\nvar _ testing.TB\n\n")
		for _, c := range part {
			tree[len(tree)-1] += strings.ReplaceAll(local+"\n\nfunc fn$() int { return x.Fn$() }\n\n", "$", c.id)
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
			visit(p, c)
		}
	}
	t.Logf("%d cases, none by chance", len(cases))
}
