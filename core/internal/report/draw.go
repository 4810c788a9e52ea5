package report

import "unicode/utf8"

// A drawing is the graph as SVG: a row for each node, indented below what uses
// it, so that it is as wide as a phone however many nodes there are.
type drawing struct {
	Height int
	Rows   []drawnRow
	Lines  []line
	Left   int // fixtures that are not drawn, with what they use
}

type drawnRow struct {
	X, Y  int
	Class string // fixture, changed, unknown, file
	Text  string
	Title string // the whole name, and what has changed
}

// A line leads from a node down and right to one that it uses.
type line struct{ X1, Y1, X2, Y2 int }

const (
	rowHeight    = 20
	indent       = 14
	maxIndent    = 8 // levels; what is nested deeper stands at the last one
	lineChars    = 46
	charsOfLevel = 2
	drawnFiles   = 3
	drawnRows    = 400 // a browser takes long over more, and nobody reads them; those without relations go first
)

func draw(g *Graph) drawing {
	var d drawing
	rows := g.rows(drawnFiles)
	alone := aloneIn(rows)
	if len(rows) > drawnRows {
		kept := rows[:0:0]
		for i, r := range rows {
			if alone[i] {
				d.Left++
				continue
			}
			kept = append(kept, r)
		}
		for _, r := range kept[min(len(kept), drawnRows):] {
			if r.depth == 0 {
				d.Left++
			}
		}
		rows = kept[:min(len(kept), drawnRows)]
	}
	var parents [maxIndent + 1]int // Y of the last row on each level
	for i, r := range rows {
		level := min(r.depth, maxIndent)
		row := drawnRow{X: 8 + level*indent, Y: rowHeight/2 + i*rowHeight, Class: rowClass(r)}
		row.Text = clip(r.text(), lineChars-charsOfLevel*level)
		if r.node != nil {
			row.Title = r.node.Label
			if r.node.Package != "" {
				row.Title += " in " + r.node.Package
			}
			if reason := first(r.node.Reasons); reason != "" {
				row.Title += ": " + reason
			}
		}
		if level > 0 {
			x := 8 + (level-1)*indent
			d.Lines = append(d.Lines, line{x, parents[level-1], row.X, row.Y})
		}
		parents[level] = row.Y
		d.Rows = append(d.Rows, row)
	}
	d.Height = max(len(rows), 1) * rowHeight
	return d
}

// aloneIn marks the rows of fixtures that neither use nor are used.
func aloneIn(rows []graphRow) []bool {
	alone := make([]bool, len(rows))
	for i, r := range rows {
		alone[i] = r.depth == 0 && (i+1 == len(rows) || rows[i+1].depth == 0)
	}
	return alone
}

func rowClass(r graphRow) string {
	switch {
	case r.node == nil || r.node.Kind == "file":
		return "file"
	case r.node.State == "changed":
		return "changed"
	case r.node.State == "?":
		return "unknown"
	}
	return "fixture"
}

func clip(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}
