package report

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/human"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"size": human.Size, "ms": human.Milliseconds, "date": date, "share": share, "plural": plural,
}).Parse(pageText))

// plural is the word for so many of a thing.
func plural(n any, thing string) string {
	switch {
	case fmt.Sprint(n) == "1":
		return thing
	case strings.HasSuffix(thing, "s"):
		return thing + "es"
	}
	return thing + "s"
}

// pageRows is how many rows the ranked tables of the page have.
const pageRows = 20

// A pageData is what the page is made of.
type pageData struct {
	*Data
	Title     string
	Stored    []*Fixture
	Slowest   []*Fixture
	Largest   []*Fixture
	Chart     []bar
	MaxBytes  int64
	GraphOnly bool
	Graph     drawing
}

// HTML writes one page that needs nothing else: no network, no other file.
func HTML(out io.Writer, d *Data) error {
	p := pageData{Data: d, Title: "Test fixtures", Stored: d.stored(), Chart: chart(d.Days), Graph: draw(NewGraph(d))}
	p.Slowest = top(p.Stored, func(f *Fixture) float64 { return f.BuildMS })
	p.Largest = top(p.Stored, func(f *Fixture) float64 { return float64(f.Bytes) })
	if len(p.Largest) > 0 {
		p.MaxBytes = p.Largest[0].Bytes
	}
	p.Causes = d.Causes[:min(len(d.Causes), pageRows)]
	return page.Execute(out, p)
}

// GraphHTML writes a page with the graph alone.
func GraphHTML(out io.Writer, d *Data) error {
	return page.Execute(out, pageData{Data: d, Title: "Graph of test fixtures", GraphOnly: true, Graph: draw(NewGraph(d))})
}

// top returns the fixtures for which what is greatest.
func top(list []*Fixture, what func(*Fixture) float64) []*Fixture {
	sorted := slices.SortedStableFunc(slices.Values(list), func(a, b *Fixture) int { return cmp.Compare(what(b), what(a)) })
	return sorted[:min(len(sorted), pageRows)]
}

// share is a part of a whole in percent, for the width of a bar.
func share(part, whole int64) string {
	if whole <= 0 {
		return "0"
	}
	return fmt.Sprintf("%.1f", 100*float64(part)/float64(whole))
}

// A bar is a day in the chart: hits above, misses below, in units of the
// drawing.
type bar struct {
	Day
	X, Width          float64
	HitY, HitHeight   float64
	MissY, MissHeight float64
	Label, Last       bool
	LabelX            float64
}

// The drawing of the chart is as wide as a phone; maxDays are what fits.
const (
	chartWidth  = 340
	chartHeight = 120
	maxDays     = 60
)

func chart(days []Day) (bars []bar) {
	days = days[max(0, len(days)-maxDays):]
	var most int64 = 1
	for _, d := range days {
		most = max(most, d.Hits+d.Misses)
	}
	step := float64(chartWidth) / float64(max(len(days), 7))
	for i, d := range days {
		scale := chartHeight / float64(most)
		b := bar{Day: d, X: float64(i) * step, Width: step * 0.8}
		b.HitHeight, b.MissHeight = float64(d.Hits)*scale, float64(d.Misses)*scale
		b.MissY = chartHeight - b.MissHeight
		b.HitY = b.MissY - b.HitHeight
		b.Last = i > 3 && i == len(days)-1
		if b.Label, b.LabelX = i == 0 || b.Last, b.X; b.Last {
			b.LabelX += b.Width
		}
		bars = append(bars, b)
	}
	return bars
}
