package report

import (
	"encoding/base64"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// controls are what Tab must reach, in the order of the page.
const controls = `[...document.querySelectorAll("a, button, input, summary, [tabindex]")].filter(e =>
	e.tabIndex >= 0 && !e.disabled && (e.tagName === "SUMMARY" || !e.closest("details:not([open])")))`

// tooWide are elements that are wider than the page.
const tooWide = `[...document.body.querySelectorAll("*")].filter(e => !e.closest("thead") && !e.closest("svg") &&
	e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))`

// wrapped are cells with a number that has been broken into lines.
const wrapped = `[...document.querySelectorAll("td.n, span.n, .cards b")].filter(e => {
	const range = document.createRange();
	range.selectNodeContents(e);
	return new Set([...range.getClientRects()].map(r => Math.round(r.top))).size > 1;
}).map(e => e.outerHTML.slice(0, 80))`

// broken are words, or the parts of paths between slashes, that stand in two lines.
const broken = `(() => {
	const list = [], range = document.createRange();
	for (const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), e = {}; e.node = walk.nextNode();) {
		if (!e.node.parentElement.closest(".causes summary, tbody, .cards, p")) continue;
		for (const word of e.node.data.matchAll(/[^\s\/-]+/g)) {
			range.setStart(e.node, word.index);
			range.setEnd(e.node, word.index + word[0].length);
			if (new Set([...range.getClientRects()].map(r => Math.round(r.top))).size > 1) list.push(word[0]);
		}
	}
	return list;
})()`

// apart are sizes whose unit stands in another line.
const apart = `(() => {
	const list = [], range = document.createRange();
	for (const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), e = {}; e.node = walk.nextNode();) {
		for (const size of e.node.data.matchAll(/[0-9.]+ ([kMG]?B)/g)) {
			range.setStart(e.node, size.index);
			range.setEnd(e.node, size.index + size[0].length);
			if (new Set([...range.getClientRects()].map(r => Math.round(r.top))).size > 1) list.push(e.node.data);
		}
	}
	return list;
})()`

// focused says which control has the focus, -1 for none, and whether that can
// be seen: it is on the screen and has an outline.
const focused = `(() => {
	const e = document.activeElement, r = e.getBoundingClientRect();
	return {at: ` + controls + `.indexOf(e), seen: getComputedStyle(e).outlineStyle !== "none" && r.height > 1 && r.width > 1 &&
		r.left >= -1 && r.right <= innerWidth + 1 && r.top >= -1 && r.bottom <= innerHeight + 1};
})()`

// contrast is that of two colours of the page, as WCAG 2 defines it.
const contrast = `((a, b) => {
	const light = name => {
		const hex = getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim().replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
		const [r, g, b] = [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16) / 255).map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
		return .2126 * r + .7152 * g + .0722 * b;
	};
	const [x, y] = [light(a), light(b)];
	return (Math.max(x, y) + .05) / (Math.min(x, y) + .05);
})(%q, %q)`

// opened is when the page was there: loaded, painted, and laid out.
const opened = `new Promise(done => requestAnimationFrame(() => setTimeout(() => {
	document.body.offsetHeight;
	done(performance.now());
})))`

// TestBrowser looks at pages of 0, 14 and 324 fixtures in Chromium, at the width of
// a phone and of a desk, light and dark, and uses one with the keyboard alone. The
// default run has each of these once or twice, the long one has all of them. With
// CACHETEST_SCREENSHOTS=DIR it writes what it sees there.
func TestBrowser(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	switch {
	case testing.Short():
		t.Skip("takes a browser")
	case err != nil && os.Getenv("CI") == "true":
		t.Fatal("chromium is not installed")
	case err != nil:
		t.Skip("chromium is not installed")
	}
	d := openBrowser(t, browser)
	long := os.Getenv("CACHETEST_LONG") != ""
	for i, n := range []int{0, 14, 324} {
		path := filepath.Join(t.TempDir(), "report.html")
		if err := os.WriteFile(path, []byte(html(t, sample(n))), 0o644); err != nil {
			t.Fatal(err)
		}
		for j, width := range []int{360, 1280} {
			for k, scheme := range []string{"light", "dark"} {
				if !long && (i == 0 && j == 1 || (i+j+k)%2 == 1) {
					continue
				}
				d.look(width, scheme)
				d.open(path)
				name := fmt.Sprintf("%d fixtures, %d px, %s", n, width, scheme)
				checkLooks(t, d, name)
				d.screenshot(strings.NewReplacer(" ", "-", ",", "").Replace(name))
				if n > 0 {
					clickNode(t, d, name)
				}
				if n == 14 {
					d.open(path)
					useKeyboard(t, d, name)
				}
			}
		}
	}
}

func checkLooks(t *testing.T, d *devtools, name string) {
	t.Helper()
	t.Logf("%s: there after %.0f ms", name, eval[float64](d, opened))
	if wide := eval[[]string](d, tooWide); len(wide) > 0 || eval[bool](d, "document.documentElement.scrollWidth > innerWidth") {
		t.Errorf("%s: wider than the page: %q", name, wide[:min(len(wide), 5)])
	}
	if d.events["Runtime.exceptionThrown"] > 0 {
		t.Errorf("%s: the script of the page fails", name)
	}
	if list := eval[[]string](d, wrapped); len(list) > 0 {
		t.Errorf("%s: numbers in several lines: %q", name, list[:min(len(list), 5)])
	}
	if list := eval[[]string](d, broken); len(list) > 0 {
		t.Errorf("%s: words in two lines: %q", name, list[:min(len(list), 5)])
	}
	if list := eval[[]string](d, apart); len(list) > 0 {
		t.Errorf("%s: numbers apart from their units: %q", name, list[:min(len(list), 5)])
	}
	if long := eval[[]string](d, `[...document.querySelectorAll(".pkg")].map(e => e.textContent).filter(text => text.startsWith("example.com/"))`); len(long) > 0 {
		t.Errorf("%s: packages with what all begin with: %q", name, long[:min(len(long), 5)])
	}
	if height := eval[float64](d, "document.documentElement.scrollHeight"); height > 6000 {
		t.Errorf("%s: %.0f px tall", name, height)
	}
	for _, pair := range []struct {
		a, b string
		min  float64
	}{
		{"fg", "bg", 7}, {"dim", "bg", 4.5}, {"dim", "card", 4.5}, {"link", "bg", 4.5}, {"bad", "bg", 4.5},
		{"hit", "bg", 3}, {"miss", "bg", 3}, {"hit", "miss", 3},
	} {
		if got := eval[float64](d, contrast, pair.a, pair.b); got < pair.min {
			t.Errorf("%s: contrast of %s and %s is %.2f; want %v", name, pair.a, pair.b, got, pair.min)
		}
	}
}

// clickNode clicks the first node of the graph and looks for its name below.
func clickNode(t *testing.T, d *devtools, name string) {
	t.Helper()
	at := eval[struct {
		X, Y  float64
		Label string
	}](d, `(() => {
		const svg = document.getElementById("drawing");
		svg.scrollIntoView({block: "center"});
		const frame = svg.getBoundingClientRect();
		const g = [...svg.querySelectorAll("g[role=button]")].find(g => {
			const r = g.getBoundingClientRect();
			return r.left > frame.left && r.right < frame.right && r.top > frame.top && r.bottom < frame.bottom;
		});
		const r = g.querySelector("rect").getBoundingClientRect();
		return {x: r.x + r.width / 2, y: r.y + r.height / 2, label: g.querySelector("title").textContent.split("\n")[0]};
	})()`)
	before := eval[int](d, `document.querySelectorAll("#drawing g[role=button]").length`)
	d.click(at.X, at.Y)
	after := eval[int](d, `document.querySelectorAll("#drawing g[role=button]").length`)
	text := eval[string](d, `document.getElementById("chosen").textContent`)
	if !strings.HasPrefix(text, at.Label) && after <= before { // a folded package opens
		t.Errorf("%s: a click on %q shows %q", name, at.Label, text)
	}
}

// useKeyboard goes through all controls with Tab, searches, sorts, turns over, and
// walks in the graph.
func useKeyboard(t *testing.T, d *devtools, name string) {
	t.Helper()
	eval[any](d, `document.activeElement.blur(), scrollTo(0, 0), getSelection().setPosition(document.body, 0)`)
	n := eval[int](d, controls+".length")
	if n < 15 {
		t.Fatalf("%s: %d controls", name, n)
	}
	var used []string
	for i := range n {
		d.press("Tab", 9)
		got := eval[struct {
			At   int
			Seen bool
		}](d, focused)
		if got.At != i || !got.Seen {
			t.Errorf("%s: Tab %d of %d is at %d, seen %v: %s", name, i, n, got.At, got.Seen, eval[string](d, "document.activeElement.outerHTML.slice(0, 80)"))
		}
		what := eval[string](d, `document.activeElement.id || document.activeElement.textContent`)
		switch {
		case what == "search":
			d.write("p003 <3>")
			if found := eval[string](d, `document.getElementById("found").textContent`); found != "1 fixture" {
				t.Errorf("%s: searching finds %q", name, found)
			}
			eval[any](d, `document.getElementById("search").select()`)
			d.press("Delete", 46)
		case what == "Size":
			d.press("Enter", 13)
			d.press("Enter", 13)
			if first := eval[string](d, `document.querySelector("#all tbody tr").cells[0].textContent`); !strings.HasPrefix(first, "fixture <13>") {
				t.Errorf("%s: sorting by size puts %q first", name, first)
			}
			n = eval[int](d, controls+".length")
		case eval[bool](d, `document.activeElement.closest("#drawing") !== null`):
			what = "graph"
			first := eval[string](d, "document.activeElement.dataset.id")
			d.press("ArrowDown", 40)
			if eval[string](d, "document.activeElement.dataset.id") == first {
				t.Errorf("%s: an arrow key does not go on in the graph", name)
			}
			d.press("ArrowUp", 38)
			d.press("Enter", 13)
			if eval[string](d, `document.getElementById("chosen").textContent`) == "" {
				t.Errorf("%s: Enter does not choose a node", name)
			}
			d.press("Escape", 27)
		case eval[string](d, "document.activeElement.tagName") == "SUMMARY" && len(used) == 0:
			what = "summary"
			d.press("Enter", 13)
			if !eval[bool](d, "document.activeElement.parentElement.open") {
				t.Errorf("%s: Enter does not open the fixtures of a cause", name)
			}
			d.press("Enter", 13)
		default:
			continue
		}
		used = append(used, what)
	}
	if got := strings.Join(used, " "); got != "summary search Size graph" {
		t.Errorf("%s: used %s", name, got)
	}
	if wide := eval[[]string](d, tooWide); len(wide) > 0 {
		t.Errorf("%s: used, it is too wide: %q", name, wide[:min(len(wide), 5)])
	}
}

// screenshot writes the whole page as an image where somebody asked for it.
func (d *devtools) screenshot(name string) {
	d.t.Helper()
	dir := os.Getenv("CACHETEST_SCREENSHOTS")
	if dir == "" {
		return
	}
	var got struct{ Data string }
	d.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &got)
	data, err := base64.StdEncoding.DecodeString(got.Data)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), data, 0o644)
	}
	if err != nil {
		d.t.Error(err)
	}
}

// click presses and lets go the mouse at a place.
func (d *devtools) click(x, y float64) {
	d.t.Helper()
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		d.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": math.Round(x), "y": math.Round(y), "button": "left", "clickCount": 1}, nil)
	}
}
