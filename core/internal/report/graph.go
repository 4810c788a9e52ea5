package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/human"
)

// A Graph has fixtures, and the fixtures and files that they use.
type Graph struct {
	Nodes []Node `json:"nodes"`
	Edges []Edge `json:"edges"` // from a fixture to what it uses
}

// A Node is a fixture or a file.
type Node struct {
	ID      string   `json:"id"`   // slot, or "file:" and the name
	Kind    string   `json:"kind"` // "fixture" or "file"
	Label   string   `json:"label"`
	Package string   `json:"pkg,omitempty"`
	State   string   `json:"state,omitempty"`
	Reasons []string `json:"reasons,omitempty"`
}

// An Edge leads from a fixture to a fixture or file that its build used.
type Edge struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// NewGraph returns the graph of the stored fixtures. A fixture that one of them uses and
// that is no longer stored is in it, without a package.
func NewGraph(d *Data) *Graph {
	g := &Graph{Nodes: []Node{}, Edges: []Edge{}}
	known := map[string]bool{}
	add := func(n Node) {
		if !known[n.ID] {
			known[n.ID] = true
			g.Nodes = append(g.Nodes, n)
		}
	}
	list := d.stored()
	for _, f := range list {
		add(Node{ID: f.Slot, Kind: "fixture", Label: f.Key, Package: f.Package, State: f.State, Reasons: f.Reasons})
	}
	for _, f := range list {
		for _, child := range f.Children {
			add(Node{ID: child, Kind: "fixture", Label: d.Used[child], State: "outdated", Reasons: []string{"no longer stored"}})
			g.Edges = append(g.Edges, Edge{f.Slot, child})
		}
		for _, file := range f.Files {
			add(Node{ID: "file:" + file, Kind: "file", Label: file})
			g.Edges = append(g.Edges, Edge{f.Slot, "file:" + file})
		}
	}
	return g
}

// WriteDOT writes the graph for Graphviz.
func (g *Graph) WriteDOT(out io.Writer) error {
	var b strings.Builder
	b.WriteString("digraph fixtures {\n\trankdir=LR;\n\tnode [fontname=\"sans-serif\"];\n")
	for _, n := range g.Nodes {
		label, style := n.Label, "shape=box, style=rounded"
		if n.Package != "" {
			label += "\n" + n.Package
		}
		if n.Kind == "file" {
			style = "shape=note"
		}
		switch n.State {
		case "outdated":
			style += `, color=red, tooltip=` + dot(strings.Join(n.Reasons, "\n"))
		case "valid?":
			style += ", color=gray"
		}
		fmt.Fprintf(&b, "\t%s [label=%s, %s];\n", dot(n.ID), dot(label), style)
	}
	for _, e := range g.Edges {
		fmt.Fprintf(&b, "\t%s -> %s;\n", dot(e.From), dot(e.To))
	}
	b.WriteString("}\n")
	_, err := io.WriteString(out, b.String())
	return err
}

// dot quotes a string as the DOT language does.
func dot(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}

// maxTextFiles is how many files of a fixture WriteText shows.
const maxTextFiles = 20

// maxTextIndent is how far WriteText indents at most.
const maxTextIndent = 40

// A textTree writes the graph as a forest. Below each fixture stands what it uses, the
// first time that the fixture is shown.
type textTree struct {
	strings.Builder
	short func(pkg string) string
	uses  map[string][]*Node
	shown map[string]bool
}

// WriteText writes the graph as a forest whose roots are the fixtures that no other
// uses. Outdated ones are marked. short shortens the path of a package.
func (g *Graph) WriteText(out io.Writer, short func(pkg string) string) error {
	t := textTree{short: short, uses: map[string][]*Node{}, shown: map[string]bool{}}
	byID, used := map[string]*Node{}, map[string]bool{}
	for i := range g.Nodes {
		byID[g.Nodes[i].ID] = &g.Nodes[i]
	}
	for _, e := range g.Edges {
		t.uses[e.From] = append(t.uses[e.From], byID[e.To])
		used[e.To] = true
	}
	for _, roots := range []bool{true, false} { // first the roots, then circles, which have none
		for i := range g.Nodes {
			if n := &g.Nodes[i]; n.Kind == "fixture" && !t.shown[n.ID] && used[n.ID] != roots {
				t.fixture(n, 0)
			}
		}
	}
	_, err := io.WriteString(out, t.String())
	return err
}

func (t *textTree) line(depth int, label, more string) {
	indent := min(4*depth, maxTextIndent)
	text := cutMiddle(human.Plain(label), LineWidth-indent) + more
	t.WriteString(strings.Repeat(" ", indent) + Wrap(text, indent, indent+6) + "\n")
}

// fixture writes a fixture, and below it what it uses, files last.
func (t *textTree) fixture(n *Node, depth int) {
	if t.shown[n.ID] {
		t.line(depth, n.Label+" (above)", "")
		return
	}
	t.shown[n.ID] = true
	more := ""
	if n.Package != "" {
		more = " (" + cutMiddle(t.short(n.Package), LineWidth/2) + ")"
	}
	switch {
	case n.State == "valid?":
		more += ": valid?"
	case n.State == "outdated" && len(n.Reasons) > 1:
		more += fmt.Sprintf(": outdated: %s (+%d more)", n.Reasons[0], len(n.Reasons)-1)
	case n.State == "outdated":
		more += ": " + strings.Join(append([]string{"outdated"}, n.Reasons...), ": ")
	}
	t.line(depth, n.Label, more)
	var files []*Node
	for _, to := range t.uses[n.ID] {
		if to.Kind == "file" {
			files = append(files, to)
		} else {
			t.fixture(to, depth+1)
		}
	}
	for _, file := range files[:min(len(files), maxTextFiles)] {
		t.line(depth+1, file.Label, "")
	}
	if more := len(files) - maxTextFiles; more > 0 {
		t.line(depth+1, "and "+human.Count(more, "more file"), "")
	}
}
