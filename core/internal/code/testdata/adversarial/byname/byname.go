// Package byname calls methods that no source names.
package byname

import (
	"strings"
	"text/template"
)

type Page struct{ Title string }

func (p Page) Secret() string { return deep(p.Title) }

func (p *Page) Other() string { return "other" }

func deep(s string) string { return "<" + s + ">" }

const text = "{{.Secret}}"

func Render(p any) string {
	var b strings.Builder
	if err := template.Must(template.New("x").Parse(text)).Execute(&b, p); err != nil {
		return err.Error()
	}
	return b.String()
}

type inner struct{ n int }

func (i inner) Hidden() int { return i.n * factor }

var factor = 3

type Outer struct{ inner }

type hidden interface{ Hidden() int }

// Promoted reaches a method through an embedded field and an interface.
func Promoted(v any) int { return v.(hidden).Hidden() }

func Unused() string { return "unused" }
