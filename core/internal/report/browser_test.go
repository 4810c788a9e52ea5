package report

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// probe runs in the page when it has loaded, and leaves what it found as the
// text of an element, which --dump-dom shows.
const probe = `<script>
addEventListener("load", () => {
  const out = {scroll: document.documentElement.scrollWidth, width: innerWidth, ms: performance.now()};
  const wide = [...document.body.querySelectorAll("*")].filter(e => !e.closest("thead") && !e.closest("svg") && e.getBoundingClientRect().right > innerWidth + 1);
  out.wide = wide.slice(0, 5).map(e => e.outerHTML.slice(0, 80));
  out.scrolling = [...document.body.querySelectorAll("*")].filter(e => ["auto", "scroll"].includes(getComputedStyle(e).overflowX)).length;
  const controls = [...document.querySelectorAll("a, button, input, summary")];
  out.controls = controls.length;
  out.reached = controls.filter(e => { e.focus(); return document.activeElement === e && e.tabIndex >= 0 && e.getBoundingClientRect().height > 1; }).length;
  out.background = getComputedStyle(document.body).backgroundColor;
  const search = document.getElementById("search");
  search.value = "p003 <3>";
  search.dispatchEvent(new Event("input"));
  out.found = document.getElementById("found").textContent;
  search.value = "";
  search.dispatchEvent(new Event("input"));
  const size = document.querySelectorAll("#all th button")[2];
  size.click(); size.click();
  out.first = document.querySelector("#all tbody tr").cells[0].textContent;
  const pre = document.createElement("pre");
  pre.id = "probe";
  pre.textContent = JSON.stringify(out);
  document.body.append(pre);
});
</script></body>`

type probed struct {
	Scroll, Width            int
	MS                       float64
	Wide                     []string
	Scrolling                int
	Controls, Reached        int
	Background, Found, First string
}

// TestBrowser looks at the page in Chromium, at the width of a phone and of a
// desk, light and dark. It is part of the long run:
//
//	CACHETEST_BROWSER=chromium go test -run Browser ./core/internal/report
func TestBrowser(t *testing.T) {
	browser := os.Getenv("CACHETEST_BROWSER")
	if browser == "" {
		t.Skip("CACHETEST_BROWSER names no browser")
	}
	write := func(name string, n int) string {
		page := strings.Replace(html(t, sample(n)), "</body>", probe, 1)
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	small := look(t, browser, write("small.html", 4), "360", nil)
	path := write("report.html", 2000)
	for _, test := range []struct {
		name, width, background string
		flags                   []string
	}{
		{"phone", "360", "rgb(255, 255, 255)", nil},
		{"desk", "1280", "rgb(255, 255, 255)", nil},
		{"dark", "360", "rgb(20, 23, 26)", []string{"--blink-settings=preferredColorScheme=0"}},
	} {
		got := look(t, browser, path, test.width, test.flags)
		t.Logf("%s: %+v", test.name, got)
		if got.Scroll > got.Width || len(got.Wide) > 0 || got.Scrolling > 0 {
			t.Errorf("%s: something is wider than the page, or scrolls sideways", test.name)
		}
		if got.Controls < 15 || got.Reached != got.Controls {
			t.Errorf("%s: Tab reaches %d of %d controls", test.name, got.Reached, got.Controls)
		}
		if got.Background != test.background {
			t.Errorf("%s: the background is %s", test.name, got.Background)
		}
		if got.Found != "1 fixture" || !strings.HasPrefix(got.First, "fixture <1999>") {
			t.Errorf("%s: searching finds %q, sorting puts %q first", test.name, got.Found, got.First)
		}
		if got.MS-small.MS > 1000 {
			t.Errorf("%s: open after %.0f ms, a page of four fixtures after %.0f", test.name, got.MS, small.MS)
		}
	}
}

func look(t *testing.T, browser, path, width string, flags []string) (got probed) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	// A window is at least 500 wide, so the page is put into a frame.
	frame := path + "." + width + ".html"
	text := `<!DOCTYPE html><body style="margin:0"><iframe style="border:0;width:` + width + `px;height:800px" src="` + filepath.Base(path) + `"></iframe>
<script>addEventListener("load", () => document.body.append(frames[0].document.getElementById("probe")));</script></body>`
	if err := os.WriteFile(frame, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--window-size=1400,900",
		"--user-data-dir=" + t.TempDir(), "--dump-dom"}, flags...)
	out, err := exec.CommandContext(ctx, browser, append(args, "file://"+frame)...).Output()
	if err != nil {
		t.Fatalf("%s: %v", browser, err)
	}
	_, rest, ok := strings.Cut(string(out), `<pre id="probe">`)
	text, _, _ = strings.Cut(rest, "</pre>")
	text = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
	if !ok || json.Unmarshal([]byte(text), &got) != nil {
		t.Fatalf("the page did not say anything: %.2000s", out)
	}
	return got
}
