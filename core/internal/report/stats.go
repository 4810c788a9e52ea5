package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/human"
)

// Stats writes statistics for people.
func Stats(out io.Writer, d *Data) error {
	t := &d.Totals
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "fixtures\t%d in %s\n", t.Fixtures, human.Count(t.Packages, "package"))
	fmt.Fprintf(w, "records\t%d\n", t.Records)
	fmt.Fprintf(w, "size\t%s\n", human.Size(t.Bytes))
	if t.Records > 0 {
		fmt.Fprintf(w, "oldest\t%s\n", human.Ago(d.Generated.Sub(t.Oldest)))
		fmt.Fprintf(w, "newest\t%s\n", human.Ago(d.Generated.Sub(t.Newest)))
	}
	fmt.Fprintf(w, "hits\t%d, saved %s\n", t.Hits, human.Milliseconds(t.SavedMS))
	if t.RemoteHits > 0 {
		fmt.Fprintf(w, "of them remote\t%d, %s in %s\n", t.RemoteHits, human.Size(t.RemoteBytes), human.Milliseconds(t.RemoteMS))
	}
	fmt.Fprintf(w, "misses\t%d, took %s\n", t.Misses, human.Milliseconds(t.SpentMS))
	if len(d.Packages) > 0 {
		fmt.Fprintln(w, "\nPACKAGE\tFIXTURES\tRECORDS\tSIZE\tHITS\tMISSES\tSAVED")
		for _, p := range d.Packages {
			fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%d\t%d\t%s\n", p.Path, p.Fixtures, p.Records, human.Size(p.Bytes), p.Hits, p.Misses, human.Milliseconds(p.SavedMS))
		}
		fmt.Fprintln(w, "\nFIXTURE\tPACKAGE\tRECORDS\tSIZE\tHITS\tMISSES\tSAVED")
		for _, f := range d.stored() {
			fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%d\t%d\t%s\n", f.Key, f.Package, f.Records, human.Size(f.Bytes), f.Hits, f.Misses, human.Milliseconds(f.SavedMS))
		}
	}
	return w.Flush()
}

// summaryRows is how many rows the tables of a job summary have.
const summaryRows = 10

// Summary writes statistics as Markdown, for the summary of a CI job.
func Summary(out io.Writer, d *Data) error {
	t := &d.Totals
	var b strings.Builder
	fmt.Fprintf(&b, "### Test fixtures: %s, %s saved\n\n", human.Count(t.Hits, "hit"), human.Milliseconds(t.SavedMS))
	fmt.Fprintf(&b, "%d %s took %s. %s in %s, %s.\n", t.Misses, plural(t.Misses, "miss"),
		human.Milliseconds(t.SpentMS), human.Count(t.Fixtures, "fixture"), human.Count(t.Packages, "package"), human.Size(t.Bytes))
	if t.RemoteHits > 0 {
		fmt.Fprintf(&b, "%s came from the shared tier: %s in %s.\n", human.Count(t.RemoteHits, "hit"), human.Size(t.RemoteBytes), human.Milliseconds(t.RemoteMS))
	}
	slowest := slices.SortedFunc(slices.Values(d.Fixtures), func(a, b *Fixture) int { return cmp.Compare(b.SavedMS+b.SpentMS, a.SavedMS+a.SpentMS) })
	if len(slowest) > 0 {
		b.WriteString("\n| fixture | package | hits | misses | saved | spent |\n|---|---|--:|--:|--:|--:|\n")
		for _, f := range slowest[:min(len(slowest), summaryRows)] {
			fmt.Fprintf(&b, "| %s | %s | %d | %d | %s | %s |\n", markdown(f.Key), markdown(f.Package), f.Hits, f.Misses, human.Milliseconds(f.SavedMS), human.Milliseconds(f.SpentMS))
		}
	}
	if len(d.Causes) > 0 {
		b.WriteString("\n| what invalidated most | misses | time |\n|---|--:|--:|\n")
		for _, c := range d.Causes[:min(len(d.Causes), summaryRows)] {
			fmt.Fprintf(&b, "| %s | %d | %s |\n", markdown(c.Text), c.Count, human.Milliseconds(c.LostMS))
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

var markdownEscapes = strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`)

func markdown(text string) string { return markdownEscapes.Replace(text) }

// date is a time as a table shows it.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04")
}
