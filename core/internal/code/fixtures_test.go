package code

import (
	"cmp"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
)

// TestFixtures measures, on the modules whose directories CACHETEST_FIXTURES
// lists, how often a fixture would be in the way. What it looks at are the
// functions that tests call for a value: of how many the code of the whole run
// counts, and of how many the closure stays what it is when the body of another
// test is edited. docs/closure-measured.md has the figures.
func TestFixtures(t *testing.T) {
	if os.Getenv("CACHETEST_FIXTURES") == "" {
		t.Skip("CACHETEST_FIXTURES lists no modules")
	}
	all := &fixtureCount{}
	for _, dir := range filepath.SplitList(os.Getenv("CACHETEST_FIXTURES")) {
		own := filepath.Join(t.TempDir(), filepath.Base(dir)) // which is edited
		if err := os.CopyFS(own, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		sites, err := findCallSites(own)
		if err != nil {
			t.Errorf("%s: %v", dir, err)
			continue
		}
		one := &fixtureCount{}
		for from := 0; from < len(sites); {
			to := from + 1
			for to < len(sites) && sites[to].pkg == sites[from].pkg {
				to++
			}
			if err := one.look(sites[from:to]); err != nil {
				t.Logf("%s skipped: %v", sites[from].pkg, err)
			}
			from = to
		}
		all.add(one)
		fmt.Fprintf(os.Stderr, "| %s | %s\n", filepath.Base(dir), one) // as it comes: this takes long
		for _, line := range one.causes {
			t.Log(line)
		}
	}
	t.Logf("%s", all)
}

// A fixtureCount is what one module shows.
type fixtureCount struct {
	functions, state, whole, effect int
	edits, kept                     int
	causes                          []string
}

func (c *fixtureCount) add(o *fixtureCount) {
	c.functions, c.state, c.whole, c.effect = c.functions+o.functions, c.state+o.state, c.whole+o.whole, c.effect+o.effect
	c.edits, c.kept = c.edits+o.edits, c.kept+o.kept
}

func (c *fixtureCount) String() string {
	return fmt.Sprintf("%d | %s | %s | %s | %d | %s |", c.functions, percent(c.state, c.functions), percent(c.whole, c.functions), percent(c.effect, c.functions), c.edits, percent(c.kept, c.edits))
}

func percent(n, of int) string {
	return fmt.Sprintf("%d (%.0f %%)", n, 100*float64(n)/float64(max(1, of)))
}

// look judges the functions that the tests of one package call.
func (c *fixtureCount) look(sites []*callSite) error {
	cache := &memCache{m: map[string][]byte{}}
	dir := sites[0].pkg
	p, err := Static(dir).program(cache)
	if err != nil {
		return err
	}
	g := p.graph
	digests := map[*callSite]Digest{}
	for _, s := range sites {
		roots := s.nodes(g)
		if len(roots) == 0 {
			continue
		}
		r := g.ReachFrom(roots...)
		found := p.state.InReach(r, Covered{})
		c.functions++
		closure := p.closure(roots, false, s.turn(g), Covered{})
		if closure.State {
			c.state++
		}
		if cause := closure.Cause; cause.What != "" {
			c.whole++
			c.causes = append(c.causes, fmt.Sprintf("WHOLE %s.%s: %s by %s (%s:%d)", s.path, s.name, cause.What, cause.By, cause.File, cause.Line))
		}
		if len(found.Effects) > 0 {
			c.effect++
			c.causes = append(c.causes, fmt.Sprintf("EFFECT %s.%s: %s", s.path, s.name, found.Effects[0]))
		}
		digests[s] = closure.Digest
	}
	for _, m := range editedTests(g, 3) {
		edited, err := mutatedProgram(Static(dir), m, cache)
		if err != nil {
			return err
		}
		for _, s := range sites {
			if digest, ok := digests[s]; ok && s.test != m.decl {
				c.edits++
				if edited.closure(s.nodes(edited.graph), false, s.turn(edited.graph), Covered{}).Digest == digest {
					c.kept++
				}
			}
		}
	}
	return nil
}

// turn is the test of a site, "" where it calls Parallel anywhere: a run knows it
// better.
func (s *callSite) turn(g *graph.Graph) Turn {
	for _, n := range g.Functions(s.test) {
		src, _ := os.ReadFile(n.File.Path)
		for i, line := range strings.Split(string(src), "\n") {
			if n.Fact.Spans(i+1) && strings.Contains(line, ".Parallel()") {
				return Turn{}
			}
		}
	}
	return Turn{Test: s.test}
}

// nodes are the declarations of the function that a site calls.
func (s *callSite) nodes(g *graph.Graph) (found []*graph.Node) {
	p := g.Packages[s.path]
	if p == nil {
		return nil
	}
	for _, n := range p.Decls[s.name] {
		if n.Fact.Kind == facts.KindFunc {
			found = append(found, n)
		}
	}
	return found
}

// editedTests are tests of the package under test with a statement more, on a
// line of its own: max of them, spread over all.
func editedTests(g *graph.Graph, max int) (list []mutant) {
	var tests []*graph.Node
	for _, p := range g.ByPath {
		for _, n := range p.Nodes {
			if p.Dir == g.Target.Dir && graph.IsTestFunc(n) && strings.HasPrefix(n.Fact.Name, "Test") && n.Fact.Name != "TestMain" {
				tests = append(tests, n)
			}
		}
	}
	slices.SortFunc(tests, func(a, b *graph.Node) int {
		return cmp.Or(strings.Compare(a.File.Path, b.File.Path), cmp.Compare(a.Fact.Line, b.Fact.Line))
	})
	for i := range min(max, len(tests)) {
		n := tests[i*len(tests)/min(max, len(tests))]
		if m, ok := editedTest(n.File.Path, n.Fact.Name); ok {
			list = append(list, m)
		}
	}
	return list
}

func editedTest(path, name string) (m mutant, ok bool) {
	src, err := os.ReadFile(path)
	if err != nil {
		return m, false
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, 0)
	if err != nil || file.Scope.Lookup(name) == nil {
		return m, false
	}
	d, ok := file.Scope.Lookup(name).Decl.(interface{ End() token.Pos })
	if !ok {
		return m, false
	}
	at := fset.PositionFor(d.End(), false).Offset - 1 // the brace that ends the body
	return mutant{path: path, decl: name, line: 0, src: slices.Concat(src[:at], []byte("\n_ = 0\n"), src[at:])}, true
}
