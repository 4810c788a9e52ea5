package report

import (
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/human"
)

// Stats writes statistics for people. short shortens the path of a package.
func Stats(out io.Writer, d *Data, short func(pkg string) string) error {
	t := &d.Totals
	sums := Table{Columns: make([]Column, 2)}
	sums.Add("fixtures", fmt.Sprintf("%d in %s, %s", t.Fixtures, human.Count(t.Packages, "package"), human.Count(t.Records, "record")))
	sums.Add("size", human.Size(t.Bytes)+d.Store.share())
	if t.Records > 0 {
		sums.Add("oldest", "built "+human.Ago(d.Generated.Sub(t.Oldest)))
	}
	sums.Add("hits", fmt.Sprintf("%d%s, saved %s", t.Hits, t.hitRate(), human.Milliseconds(t.SavedMS)))
	if t.RemoteHits > 0 {
		sums.Add("of them remote", fmt.Sprintf("%d, %s in %s", t.RemoteHits, human.Size(t.RemoteBytes), human.Milliseconds(t.RemoteMS)))
	}
	sums.Add("misses", fmt.Sprintf("%d, took %s", t.Misses, human.Milliseconds(t.SpentMS)))
	if err := sums.Write(out); err != nil || len(d.Packages) == 0 {
		return err
	}
	columns := []Column{{Head: "PACKAGE", Cut: true}, {Head: "FIXTURES", Right: true}, {Head: "SIZE", Right: true}, {Head: "HITS", Right: true}, {Head: "MISSES", Right: true}, {Head: "SAVED", Right: true}}
	packages := Table{Columns: columns}
	for _, p := range d.Packages {
		packages.Add(short(p.Path), p.Fixtures, human.Size(p.Bytes), p.Hits, p.Misses, human.Milliseconds(p.SavedMS))
	}
	columns = append([]Column{{Head: "FIXTURE", Cut: true}}, columns...)
	columns[2].Head = "RECORDS"
	fixtures := Table{Columns: columns}
	for _, f := range d.stored() {
		fixtures.Add(f.Key, short(f.Package), f.Records, human.Size(f.Bytes), f.Hits, f.Misses, human.Milliseconds(f.SavedMS))
	}
	for _, table := range []*Table{&packages, &fixtures} {
		fmt.Fprintln(out)
		if err := table.Write(out); err != nil {
			return err
		}
	}
	return nil
}

// hitRate returns the share of hits, as " (80 %)".
func (n Counts) hitRate() string {
	if n.Hits+n.Misses == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d %%)", 100*n.Hits/(n.Hits+n.Misses))
}

// share returns how much of its limit the store takes, as the end of a line.
func (s Store) share() string {
	if s.Limit == 0 {
		return fmt.Sprintf("; the store holds %s, without a limit", human.Size(s.Bytes))
	}
	return fmt.Sprintf("; the store holds %s of %s (%d %%)", human.Size(s.Bytes), human.Size(s.Limit), 100*s.Bytes/s.Limit)
}

// summaryRows is how many rows the tables of a job summary have.
const summaryRows = 10

//go:embed summary.md
var summaryText string

var summary = template.Must(template.New("summary").Funcs(functions).Parse(summaryText))

// Summary writes statistics as Markdown, for the summary of a CI job.
func Summary(out io.Writer, d *Data) error {
	shown := *d
	used := slices.DeleteFunc(slices.Clone(d.Fixtures), func(f *Fixture) bool { return f.Hits+f.Misses == 0 })
	slices.SortFunc(used, func(a, b *Fixture) int { return cmp.Compare(b.SavedMS+b.SpentMS, a.SavedMS+a.SpentMS) })
	shown.Fixtures = used[:min(len(used), summaryRows)]
	shown.Causes = d.Causes[:min(len(d.Causes), summaryRows)]
	shown.NotStored = d.NotStored[:min(len(d.NotStored), summaryRows)]
	return summary.Execute(human.Visible(out), &shown)
}

var markdownEscapes = strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`)

// markdown returns the first line of a text, escaped for Markdown.
func markdown(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	return markdownEscapes.Replace(text)
}

// date returns a time as a table shows it.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04")
}
