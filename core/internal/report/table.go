package report

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/fixturecache/fixturecache/core/internal/human"
)

// LineWidth is how many columns of a terminal tables and texts take.
const LineWidth = 80

// A Column is a column of a Table.
type Column struct {
	Head  string
	Right bool // aligned at the right, as numbers are
	Cut   bool // cut in the middle if the table is too wide, as names are
	Wrap  bool // broken into lines, as Wrap does, if the table is too wide
}

// A Table has columns as wide as their cells, two spaces between them. It takes
// LineWidth columns of a terminal, if cutting and breaking its cells suffices.
type Table struct {
	Columns []Column
	Indent  int
	// Paint, if it is not nil, returns a cell in colour.
	Paint func(column int, cell string) string
	rows  [][]string
}

// Add adds a row, a cell for each column. Cells are made plain, as by [human.Plain].
func (t *Table) Add(cells ...any) {
	row := make([]string, len(t.Columns))
	for i, cell := range cells {
		row[i] = human.Plain(fmt.Sprint(cell))
	}
	t.rows = append(t.rows, row)
}

// Write writes the table, with a line of heads if it has any.
func (t *Table) Write(out io.Writer) error {
	var head []string
	rows := t.rows
	for _, c := range t.Columns {
		head = append(head, c.Head)
	}
	if strings.Join(head, "") != "" {
		rows = append([][]string{head}, rows...)
	}
	heads := len(rows) - len(t.rows)
	widths := t.widths(rows)
	var b strings.Builder
	for n, row := range rows {
		for _, cells := range t.lines(row, widths) {
			line := strings.Repeat(" ", t.Indent)
			for i, text := range cells {
				line += t.cell(i, text, widths[i], n >= heads) + "  "
			}
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// lines returns the lines that a row takes, each with its part of every cell.
func (t *Table) lines(row []string, widths []int) (lines [][]string) {
	for i, cell := range row {
		parts := []string{cell}
		switch {
		case displayWidth(cell) <= widths[i]:
		case t.Columns[i].Cut:
			parts[0] = cutMiddle(cell, widths[i])
		case t.Columns[i].Wrap:
			parts = fill(words(cell), widths[i], widths[i])
		}
		for l, part := range parts {
			if l == len(lines) {
				lines = append(lines, make([]string, len(row)))
			}
			lines[l][i] = part
		}
	}
	return lines
}

// cell returns text as wide as its column.
func (t *Table) cell(column int, text string, width int, paint bool) string {
	pad := strings.Repeat(" ", max(0, width-displayWidth(text)))
	if paint && t.Paint != nil && text != "" {
		text = t.Paint(column, text)
	}
	if t.Columns[column].Right {
		return pad + text
	}
	return text + pad
}

// minCut is the width below which no cell is cut or broken.
const minCut = 8

// widths returns how wide each column is.
func (t *Table) widths(rows [][]string) []int {
	widths := make([]int, len(t.Columns))
	sum := t.Indent + 2*(len(t.Columns)-1)
	for i := range t.Columns {
		for _, row := range rows {
			widths[i] = max(widths[i], displayWidth(row[i]))
		}
		sum += widths[i]
	}
	for ; sum > LineWidth; sum-- {
		widest := -1
		for i, c := range t.Columns {
			if (c.Cut || c.Wrap) && widths[i] > minCut && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

// cutMiddle returns text, or its beginning and end with an ellipsis between them, in at
// most so many columns.
func cutMiddle(text string, columns int) string {
	if displayWidth(text) <= columns {
		return text
	}
	runes, head := []rune(text), columns/2 // the ellipsis takes one
	return string(runes[:head]) + "…" + string(runes[len(runes)-(columns-1-head):])
}

// displayWidth returns how many columns of a terminal a text takes, where each
// character takes one.
func displayWidth(text string) int { return utf8.RuneCountInString(text) }

// unitSpace is what stands between a number and its unit.
var unitSpace = regexp.MustCompile(`(\d) ([kMG]?B\b|%)`)

// words returns the words of a text, with a number and its unit as one word.
func words(text string) []string {
	list := strings.Fields(unitSpace.ReplaceAllString(text, "$1\x00$2"))
	for i := range list {
		list[i] = strings.ReplaceAll(list[i], "\x00", " ")
	}
	return list
}

// Wrap returns text as lines of at most LineWidth columns, broken at spaces. The first
// line begins at column first, the others are indented.
func Wrap(text string, first, indent int) string {
	lines := fill(words(human.Plain(text)), LineWidth-first, LineWidth-indent)
	return strings.Join(lines, "\n"+strings.Repeat(" ", indent))
}

// fill breaks words into lines, of which the first has first columns and the others have
// rest. A word that is longer than a line is broken itself.
func fill(words []string, first, rest int) []string {
	lines, room := []string{""}, max(first, minCut)
	for _, word := range words {
		line := &lines[len(lines)-1]
		switch {
		case *line == "":
		case displayWidth(*line)+1+displayWidth(word) <= room:
			word = " " + word
		default:
			lines, room = append(lines, ""), max(rest, minCut)
			line, word = &lines[len(lines)-1], strings.TrimLeft(word, " ")
		}
		for *line == "" && displayWidth(word) > room {
			n := breakAt(word, room)
			*line, word, room = word[:n], word[n:], max(rest, minCut)
			lines = append(lines, "")
			line = &lines[len(lines)-1]
		}
		*line += word
	}
	return lines
}

// breakAt returns how many bytes of a word that is too long to put into so many columns. A
// path is broken after an element of it, unless that leaves most of the line empty.
func breakAt(word string, columns int) int {
	end := len(string([]rune(word)[:columns]))
	if slash := strings.LastIndexByte(word[:end], '/'); slash > end/2 {
		return slash + 1
	}
	return end
}
