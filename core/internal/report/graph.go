package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/human"
)

// A Graph is the fixtures with what they use.
type Graph struct {
	Nodes []Node `json:"nodes"`
	Edges []Edge `json:"edges"` // from a fixture to what it uses
}

// A Node is a fixture or a file.
type Node struct {
	ID      string   `json:"id"` // slot, or "file:" and the name
	Kind    string   `json:"kind"`
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

// NewGraph returns the graph of what is stored. A fixture that another uses
// and that is stored no more is in it, without a package.
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
			add(Node{ID: child, Kind: "fixture", Label: d.Used[child], State: "changed", Reasons: []string{"no longer stored"}})
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
		case "changed":
			style += `, color=red, tooltip=` + dot(strings.Join(n.Reasons, "\n"))
		case "?":
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

// dot quotes a string as the DOT language has it: only quotes and, so that
// they mean themselves, backslashes are escaped.
func dot(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}

// A graphRow is a node as a tree of text, or the drawing, shows it.
type graphRow struct {
	node  *Node
	depth int
	again bool // stands above with what it uses
	more  int  // files that are not shown
}

// rows returns the graph as a forest: below each fixture what it uses, files
// last and no more than maxFiles of them. What nothing uses comes first.
func (g *Graph) rows(maxFiles int) (rows []graphRow) {
	byID := map[string]*Node{}
	uses := map[string][]*Node{}
	used := map[string]bool{}
	for i := range g.Nodes {
		byID[g.Nodes[i].ID] = &g.Nodes[i]
	}
	for _, e := range g.Edges {
		uses[e.From] = append(uses[e.From], byID[e.To])
		used[e.To] = true
	}
	shown := map[string]bool{}
	var add func(n *Node, depth int)
	add = func(n *Node, depth int) {
		rows = append(rows, graphRow{node: n, depth: depth, again: shown[n.ID]})
		if shown[n.ID] {
			return
		}
		shown[n.ID] = true
		files := 0
		for _, to := range uses[n.ID] {
			if to.Kind == "fixture" {
				add(to, depth+1)
			}
		}
		for _, to := range uses[n.ID] {
			if to.Kind != "file" {
				continue
			}
			if files++; files <= maxFiles {
				rows = append(rows, graphRow{node: to, depth: depth + 1})
			}
		}
		if files > maxFiles {
			rows = append(rows, graphRow{depth: depth + 1, more: files - maxFiles})
		}
	}
	for _, roots := range []bool{true, false} { // then circles, which have no root
		for i := range g.Nodes {
			n := &g.Nodes[i]
			if n.Kind == "fixture" && !shown[n.ID] && used[n.ID] != roots {
				add(n, 0)
			}
		}
	}
	return rows
}

// text is a row for people.
func (r graphRow) text() string {
	switch {
	case r.more > 0:
		return "and " + human.Count(r.more, "more file")
	case r.node.Kind == "file":
		return r.node.Label
	case r.again:
		return r.node.Label + " (above)"
	}
	return r.node.Label
}

// maxTextFiles is how many files of a fixture a tree of text shows.
const maxTextFiles = 20

// maxTextIndent is how far a tree of text is indented at most.
const maxTextIndent = 40

// WriteText writes the graph as a tree, with what is outdated marked. short is a
// package as they read it.
func (g *Graph) WriteText(out io.Writer, short func(pkg string) string) error {
	var b strings.Builder
	for _, r := range g.rows(maxTextFiles) {
		indent := min(4*r.depth, maxTextIndent)
		text := cutMiddle(human.Plain(r.text()), LineWidth-indent)
		if r.node != nil && r.node.Package != "" && !r.again {
			text += " (" + cutMiddle(short(r.node.Package), LineWidth/2) + ")"
		}
		if r.node != nil && !r.again {
			switch r.node.State {
			case "changed":
				text += ": outdated" + strings.TrimSuffix(": "+first(r.node.Reasons), ": ")
			case "?":
				text += ": valid?"
			}
		}
		b.WriteString(strings.Repeat(" ", indent) + Wrap(text, indent, indent+6) + "\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func first(list []string) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0]
	}
	return fmt.Sprintf("%s (+%d more)", list[0], len(list)-1)
}
