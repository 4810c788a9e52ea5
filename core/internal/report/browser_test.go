package report

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// controls are what Tab must reach.
const controls = `[...document.querySelectorAll("a, button, input, summary")]`

// tooWide are elements that are wider than the page, or scroll sideways.
const tooWide = `[...document.body.querySelectorAll("*")].filter(e => !e.closest("thead") && !e.closest("svg") &&
	(e.getBoundingClientRect().right > innerWidth + 1 || ["auto", "scroll"].includes(getComputedStyle(e).overflowX))).map(e => e.outerHTML.slice(0, 80))`

// focused says which control has the focus, -1 for none, and whether that can
// be seen: it is on the screen and has an outline.
const focused = `(() => {
	const e = document.activeElement, r = e.getBoundingClientRect();
	return {at: ` + controls + `.indexOf(e), seen: getComputedStyle(e).outlineStyle !== "none" && r.height > 1 && r.width > 1 &&
		r.left >= 0 && r.right <= innerWidth && r.top >= 0 && r.bottom <= innerHeight};
})()`

// opened is when the page was there: loaded, painted, and laid out.
const opened = `new Promise(done => requestAnimationFrame(() => setTimeout(() => {
	document.body.offsetHeight;
	done(performance.now());
})))`

// TestBrowser looks at the page in Chromium, at the width of a phone and of a
// desk, light and dark, and uses it with the keyboard alone. It is part of the
// long run:
//
//	CACHETEST_BROWSER=chromium go test -run Browser ./core/internal/report
func TestBrowser(t *testing.T) {
	browser := os.Getenv("CACHETEST_BROWSER")
	if browser == "" {
		t.Skip("CACHETEST_BROWSER names no browser")
	}
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, []byte(html(t, sample(2000))), 0o644); err != nil {
		t.Fatal(err)
	}
	d := openBrowser(t, browser)
	for _, test := range []struct {
		name       string
		width      int
		scheme     string
		background string
	}{
		{"phone", 360, "light", "rgb(255, 255, 255)"},
		{"desk", 1280, "light", "rgb(255, 255, 255)"},
		{"dark phone", 360, "dark", "rgb(20, 23, 26)"},
		{"dark desk", 1280, "dark", "rgb(20, 23, 26)"},
	} {
		d.look(test.width, test.scheme)
		best := math.Inf(1) // the machine has other things to do
		for range 5 {
			d.open(path)
			best = min(best, eval[float64](d, opened))
		}
		t.Logf("%s: open after %.0f ms", test.name, best)
		if best > 1000 {
			t.Errorf("%s: open after %.0f ms", test.name, best)
		}
		if wide := eval[[]string](d, tooWide); len(wide) > 0 || eval[bool](d, "document.documentElement.scrollWidth > innerWidth") {
			t.Errorf("%s: wider than the page, or scrolling sideways: %q", test.name, wide[:min(len(wide), 5)])
		}
		if got := eval[string](d, "getComputedStyle(document.body).backgroundColor"); got != test.background {
			t.Errorf("%s: the background is %s", test.name, got)
		}
		useKeyboard(t, d, test.name)
	}
}

// useKeyboard goes through all controls with Tab, searches, and sorts.
func useKeyboard(t *testing.T, d *devtools, name string) {
	n := eval[int](d, controls+".length")
	if n < 15 {
		t.Fatalf("%s: %d controls", name, n)
	}
	search, size := -1, -1
	for i := range n {
		d.press("Tab", 9)
		got := eval[struct {
			At   int
			Seen bool
		}](d, focused)
		if got.At != i || !got.Seen {
			t.Errorf("%s: Tab %d of %d is at %d, seen %v: %s", name, i, n, got.At, got.Seen, eval[string](d, "document.activeElement.outerHTML.slice(0, 80)"))
		}
		if eval[string](d, "document.activeElement.id") == "search" {
			search = i
			d.write("p003 <3>")
			if found := eval[string](d, `document.getElementById("found").textContent`); found != "1 fixture" {
				t.Errorf("%s: searching finds %q", name, found)
			}
			if rows := eval[int](d, `[...document.querySelectorAll("#all tbody tr")].filter(r => r.getBoundingClientRect().height > 0).length`); rows != 1 {
				t.Errorf("%s: searching shows %d rows", name, rows)
			}
			eval[any](d, `document.getElementById("search").select()`)
			d.press("Delete", 46)
		}
		if eval[string](d, "document.activeElement.textContent") == "Size" && search >= 0 {
			size = i
			d.press("Enter", 13)
			d.press("Enter", 13)
			if first := eval[string](d, `document.querySelector("#all tbody tr").cells[0].textContent`); !strings.HasPrefix(first, "fixture <1999>") {
				t.Errorf("%s: sorting by size puts %q first", name, first)
			}
		}
		if eval[string](d, "document.activeElement.tagName") == "SUMMARY" {
			d.press("Enter", 13)
			if !eval[bool](d, "document.querySelector('details').open") {
				t.Errorf("%s: Enter does not open the table of days", name)
			}
		}
	}
	if search < 0 || size < 0 {
		t.Errorf("%s: the search box or the head of the table was not reached", name)
	}
	if wide := eval[[]string](d, tooWide); len(wide) > 0 {
		t.Errorf("%s: used, it is too wide: %q", name, wide[:min(len(wide), 5)])
	}
}
