package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/fixturecache/fixturecache/core/internal/human"
)

// LineWidth is how many columns of a terminal the tables and texts take.
const LineWidth = 80

// A Column is one of a Table.
type Column struct {
	Head  string
	Right bool // numbers: aligned at the right
	Cut   bool // names: cut in the middle where the table is too wide
}

// A Table is written with columns as wide as their cells, two spaces between
// them, in LineWidth columns of a terminal if that can be had by cutting names.
type Table struct {
	Columns []Column
	Indent  int
	Whole   bool // nothing is cut
	// Paint, if it is not nil, returns the cell of a column in colour.
	Paint func(column int, cell string) string
	rows  [][]string
}

// Add adds a row, a cell for each column. What a terminal would not show as it
// stands is quoted.
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
		line := strings.Repeat(" ", t.Indent)
		for i, cell := range row {
			cell = cutMiddle(cell, widths[i])
			pad := strings.Repeat(" ", widths[i]-DisplayWidth(cell))
			if t.Paint != nil && n >= heads {
				cell = t.Paint(i, cell)
			}
			if t.Columns[i].Right {
				line += pad + cell + "  "
			} else {
				line += cell + pad + "  "
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// minCut is how far a name is cut at most.
const minCut = 8

// widths returns how wide each column is.
func (t *Table) widths(rows [][]string) []int {
	widths := make([]int, len(t.Columns))
	sum := t.Indent + 2*(len(t.Columns)-1)
	for i := range t.Columns {
		for _, row := range rows {
			widths[i] = max(widths[i], DisplayWidth(row[i]))
		}
		sum += widths[i]
	}
	for ; sum > LineWidth && !t.Whole; sum-- {
		widest := -1
		for i, c := range t.Columns {
			if c.Cut && widths[i] > minCut && (widest < 0 || widths[i] > widths[widest]) {
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

// cutMiddle returns text in at most so many columns, its beginning and its end.
func cutMiddle(text string, columns int) string {
	if DisplayWidth(text) <= columns {
		return text
	}
	runes := []rune(text)
	head, tail := 0, len(runes)
	for left, used := true, 1; head < tail; left = !left { // 1 is that of the ellipsis
		r := runes[tail-1]
		if left {
			r = runes[head]
		}
		if used += runeWidth(r); used > columns {
			break
		}
		if left {
			head++
		} else {
			tail--
		}
	}
	return string(runes[:head]) + "…" + string(runes[tail:])
}

// DisplayWidth returns how many columns of a terminal a text takes.
func DisplayWidth(text string) (n int) {
	for _, r := range text {
		n += runeWidth(r)
	}
	return n
}

// runeWidth is that of Unicode Standard Annex 11: ideographs take two columns.
func runeWidth(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r < 0x300:
		return 1
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// words returns those of a text, a number with its unit as one.
func words(text string) (list []string) {
	for _, word := range strings.Fields(text) {
		if n := len(list); n > 0 && slices.Contains(units, strings.Trim(word, ",;)")) && list[n-1] != "" && unicode.IsDigit(rune(list[n-1][len(list[n-1])-1])) {
			list[n-1] += " " + word
			continue
		}
		list = append(list, word)
	}
	return list
}

var units = []string{"B", "kB", "MB", "GB", "%"}

// Wrap returns text as lines of at most LineWidth columns, broken at spaces, all
// but the first indented.
func Wrap(text string, first, indent int) string {
	var b strings.Builder
	column := first
	for i, word := range words(human.Plain(text)) {
		n := DisplayWidth(word)
		switch {
		case i == 0:
		case column+1+n > LineWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}
