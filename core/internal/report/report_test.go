package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"
)

// sample has fixtures that use each other in a row of ten, names that HTML and
// DOT must escape, and a month of days.
func sample(n int) *Data {
	now := time.Date(2026, 5, 31, 12, 0, 0, 0, time.UTC)
	d := &Data{Dir: "/store", Generated: now, Store: Store{Limit: 5_000_000_000}}
	if n == 0 {
		return d
	}
	for i := range n {
		f := &Fixture{
			Slot: fmt.Sprintf("%064x", i), Package: fmt.Sprintf("example.com/module/with/a/long/path/p%03d", i%50),
			Key: fmt.Sprintf("fixture <%d> & \"co\"", i), Records: 1 + i%3, Bytes: int64(i) * 1000, Oldest: now.Add(-time.Hour), Newest: now,
			Used: now, BuildMS: float64(i), State: []string{"valid", "valid?", "outdated"}[i%3], Counts: Counts{Hits: int64(i), Misses: 2, SavedMS: float64(i * i), SpentMS: 10},
			Files: []string{fmt.Sprintf("testdata/f%d.csv", i), "testdata/shared.csv"},
		}
		if i%3 == 2 {
			f.Reasons = []string{"file testdata/shared.csv modified (1 B -> 2 B)", "env X set (was unset)"}
		}
		if i%10 > 0 {
			f.Children = []string{fmt.Sprintf("%064x", i-1)}
		}
		d.Fixtures = append(d.Fixtures, f)
	}
	for i := range 30 {
		d.Days = append(d.Days, Day{fmt.Sprintf("2026-05-%02d", i+1), Counts{Hits: int64(100 - i), Misses: int64(i), SavedMS: 1e5, SpentMS: 1e4}})
	}
	var causes Causes
	for _, f := range d.Fixtures {
		causes.Add("shared", "file <b>testdata/shared.csv</b> modified", f.Package, f.Key, 1e3)
	}
	causes.Add("X", "env X", "p", "k", 5)
	for i := range min(n, 30) {
		causes.Add(fmt.Sprint(i), fmt.Sprintf("code changed: helper.F%d (helper/helper.go:%d), reached through the function in TestSomething (something_test.go:12)", i, i), "p", "k", float64(i*100))
	}
	d.Causes = causes.Sorted()
	if n > 2 {
		d.NotStored = []NotStored{{"example.com/module/with/a/long/path/p001", "conn", 3, 6900, "what commands and system calls read cannot be seen (psql was run): declare it with\ncachetest.Files, Tool or GoPackages, or add cachetest.Version(\"1\")"}}
	}
	d.Store = Store{123_456_789, 5_000_000_000}
	d.Sum()
	return d
}

func html(t testing.TB, d *Data) string {
	var b bytes.Buffer
	if err := HTML(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHTML(t *testing.T) {
	for _, n := range []int{0, 1, 30} {
		page := html(t, sample(n))
		for _, bad := range []string{"<link", " src=", "@import", "url(h", "sourceMappingURL", "ZgotmplZ", "<1>", "<b>testdata"} {
			if strings.Contains(page, bad) {
				t.Errorf("%d fixtures: the page holds %q", n, bad)
			}
		}
		for _, want := range []string{`<meta name="viewport"`, "prefers-color-scheme: dark", "file &lt;b&gt;testdata/shared.csv"} {
			if n == 0 && strings.HasPrefix(want, "file ") {
				want = "Nothing has been built again yet."
			}
			if !strings.Contains(page, want) {
				t.Errorf("%d fixtures: the page lacks %q", n, want)
			}
		}
		balanced(t, page)
	}
}

// balanced checks that each element is closed, which browsers forgive.
func balanced(t *testing.T, page string) {
	t.Helper()
	body := regexp.MustCompile(`(?s)<(script|style)>.*?</(script|style)>`).ReplaceAllString(page, "")
	body = regexp.MustCompile(`<(meta|br|input)\b([^>]*)>`).ReplaceAllString(body, "<$1$2/>")
	d := xml.NewDecoder(strings.NewReader(body))
	for {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestHTMLSize bounds what 2,000 fixtures take.
func TestHTMLSize(t *testing.T) {
	if n := len(html(t, sample(2000))); n > 4<<20 {
		t.Errorf("the page has %d bytes", n)
	}
}

// TestThirdParty holds the libraries to the table that names them.
func TestThirdParty(t *testing.T) {
	table, err := os.ReadFile("third_party/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"chart.umd.min.js": chartLibrary, "dagre.min.js": dagreLibrary} {
		row := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(name) + ` \| (\S+) (\d+\.\d+\.\d+) \| MIT \| ([0-9a-f]{64}) \|$`).FindStringSubmatch(string(table))
		if row == nil {
			t.Errorf("the table has no row of %s", name)
		} else if sum := fmt.Sprintf("%x", sha256.Sum256([]byte(text))); sum != row[3] {
			t.Errorf("%s is %s, not %s", name, sum, row[3])
		}
	}
}

func TestSum(t *testing.T) {
	d := sample(30)
	if d.Totals.Fixtures != 30 || d.Totals.Records != 60 || d.Totals.Misses != 60 || len(d.Packages) != 30 || d.Totals.Packages != 30 {
		t.Errorf("%+v", d.Totals)
	}
	if d.Causes[0].LostMS != 30e3 || len(d.Causes[0].Hits) != 30 {
		t.Errorf("the costliest cause does not come first: %+v", d.Causes)
	}
}

func TestGraphForms(t *testing.T) {
	g := NewGraph(sample(3))
	var text, dot, js bytes.Buffer
	if g.WriteText(&text, path.Base) != nil || g.WriteDOT(&dot) != nil || json.NewEncoder(&js).Encode(g) != nil {
		t.Fatal("cannot write")
	}
	want := `fixture <2> & "co" (p002): outdated: file testdata/shared.csv modified (1 B ->
      2 B) (+1 more)
    fixture <1> & "co" (p001): valid?
        fixture <0> & "co" (p000)
            testdata/f0.csv
            testdata/shared.csv
        testdata/f1.csv
        testdata/shared.csv
    testdata/f2.csv
    testdata/shared.csv
`
	if text.String() != want {
		t.Errorf("got\n%s\nwant\n%s", text.String(), want)
	}
	if !strings.Contains(dot.String(), `label="fixture <0> & \"co\"\nexample.com`) {
		t.Errorf("%s", dot.String())
	}
	var back Graph
	if err := json.Unmarshal(js.Bytes(), &back); err != nil || len(back.Nodes) != 7 || len(back.Edges) != 8 {
		t.Errorf("%d nodes, %d edges, %v", len(back.Nodes), len(back.Edges), err)
	}
}

// TestGraphCircle: fixtures that use each other are drawn once each.
func TestGraphCircle(t *testing.T) {
	d := sample(2)
	d.Fixtures[0].Children = []string{d.Fixtures[1].Slot}
	d.Fixtures[1].Children = []string{d.Fixtures[0].Slot}
	var b bytes.Buffer
	if err := NewGraph(d).WriteText(&b, path.Base); err != nil || strings.Count(b.String(), "(above)") != 1 {
		t.Errorf("%s, %v", b.String(), err)
	}
}

func TestSummary(t *testing.T) {
	var b bytes.Buffer
	if err := Summary(&b, sample(30)); err != nil {
		t.Fatal(err)
	}
	few := sample(3)
	few.Fixtures[1].Counts = Counts{}
	var other bytes.Buffer
	if err := Summary(&other, few); err != nil || strings.Contains(other.String(), "fixture &lt;1>") || !strings.Contains(other.String(), "fixture &lt;2>") {
		t.Errorf("what was not asked for is in the summary: %v\n%s", err, other.String())
	}
	if !strings.Contains(b.String(), `| fixture &lt;29> & "co" |`) || strings.Count(b.String(), "\n|") != 2+10+2+10+2+1 {
		t.Errorf("%s", b.String())
	}
}
