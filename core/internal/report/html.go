package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/human"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageScript string

// See third_party/README.md.
var (
	//go:embed third_party/chart.umd.min.js
	chartLibrary string
	//go:embed third_party/dagre.min.js
	dagreLibrary string
)

// functions are the functions of the templates.
var functions = template.FuncMap{
	"size": human.Size, "ms": human.Milliseconds, "date": date, "plural": plural, "rate": Counts.hitRate, "md": markdown,
}

var page = template.Must(template.New("page").Funcs(functions).Parse(pageText))

// plural returns the noun thing as it stands after the number n.
func plural(n any, thing string) string {
	if fmt.Sprint(n) == "1" {
		return thing
	}
	return thing + "s"
}

// pageCauses is how many causes the page names.
const pageCauses = 10

// A pageData is the data of the page's template.
type pageData struct {
	*Data
	Title      string
	GraphOnly  bool
	Rate       string // the share of hits, "80 %"
	MoreCauses int

	CSS                  template.CSS
	Chart, Dagre, Script template.JS
	JSON                 scriptData
}

// A scriptData is the data of the page's script.
type scriptData struct {
	Fixtures []*Fixture        `json:"fixtures"`
	Days     []Day             `json:"days"`
	Used     map[string]string `json:"used"`
}

// HTML writes the report as one page that needs no other file and no network.
func HTML(out io.Writer, d *Data) error {
	p := newPage(d, "Test fixtures")
	p.Causes = d.Causes[:min(len(d.Causes), pageCauses)]
	p.MoreCauses = len(d.Causes) - len(p.Causes)
	return page.Execute(human.Visible(out), p)
}

// GraphHTML writes a page with the graph alone.
func GraphHTML(out io.Writer, d *Data) error {
	p := newPage(d, "Graph of test fixtures")
	p.GraphOnly = true
	return page.Execute(human.Visible(out), p)
}

func newPage(d *Data, title string) *pageData {
	shown := *d
	return &pageData{
		Data: &shown, Title: title, Rate: strings.Trim(d.Totals.hitRate(), " ()"),
		CSS: template.CSS(pageCSS), Chart: library(chartLibrary), Dagre: library(dagreLibrary), Script: template.JS(pageScript),
		JSON: scriptData{d.Fixtures, d.Days, d.Used},
	}
}

// library returns a script without the name of its source map, which is not shipped.
func library(text string) template.JS {
	text, _, _ = strings.Cut(text, "\n//# sourceMappingURL=")
	return template.JS(text)
}
