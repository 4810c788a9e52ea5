//go:build linux && amd64

package faults

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// outputs are all that shows what somebody has named.
var outputs = []string{
	"list", "list -v", "list -v -json", "outdated", "outdated -json", "why", "graph", "graph -dot", "graph -json", "graph -html", "stats", "stats -json", "stats -summary",
	"report -o -", "trim -n -max 1", "env", "deps . TestHostile", "clean nothing", "export -o /dev/null", "trim -max 1", "clean",
}

// TestHostileNames gives fixtures and files names that act on terminals, browsers
// and tools, and looks at all that is shown of them.
func TestHostileNames(t *testing.T) {
	r := newRoom(t)
	dir := filepath.Join(r.module, "testdata", "hostile")
	names := hostileNames()
	for _, step := range []string{"first", "edited"} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, "/", "_")), []byte(step), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(50 * time.Millisecond) // longer than the tick of the clock that stamps files
		o := r.run(t, fault{}, r.testArgs("TestHostile")...)
		if !o.ok() || strings.Contains(o.output, "not stored") || strings.Contains(o.output, "without the cache") {
			t.Fatalf("%v\n%s", o.status, o.output)
		}
		plain(t, "go test, "+step, o.output)
	}
	for _, name := range names { // for outdated
		if err := os.Remove(filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))); err != nil {
			t.Fatal(err)
		}
	}
	var tried int
	for _, args := range outputs {
		argv := append([]string{r.command}, strings.Fields(args)...)
		if args == "why" {
			for _, name := range names[:len(names)-1] { // a key has no line breaks
				tried++
				o := r.run(t, fault{}, append(argv, name)...)
				plain(t, "why", o.output)
				if !o.ok() {
					t.Errorf("why %q: %s", name, o.output)
				}
			}
			continue
		}
		tried++
		o := r.run(t, fault{}, argv...)
		if !o.ok() && args != "clean nothing" {
			t.Errorf("%s: %v\n%s", args, o.status, o.output)
		}
		plain(t, args, o.output)
		look(t, args, o.output)
	}
	t.Logf("%d names in %d outputs", len(names), tried+2)
}

// hostileNames are those of the subject.
func hostileNames() []string {
	return []string{
		"escape \x1b[31m\x1b]0;title\x07", "bell \a\b\t", "c1 \u009b31m", "bidi \u202egnp.exe", "mark \u200fx\u2066y\u2069", "width \u200b\u200d\ufeffx", "latin \xe9\xff", "delete \x7f",
		"html <script>alert(1)</script><img src=x onerror=alert(1)>", "attribute \"' onload='alert(1)", "markdown | `a` **b** [x](javascript:alert(1)) <b>", "dot \"]; x [label=\"", "separator \u2028\u2029x", "line\nforged  now: a hit",
	}
}

// plain reports what a terminal would not show as it stands.
func plain(t *testing.T, what, text string) {
	t.Helper()
	for i, r := range text {
		if r == '\n' || unicode.IsPrint(r) && r != utf8.RuneError || r == '\t' && what != "why" {
			continue
		}
		if unicode.Is(unicode.Zs, r) { // a wide space is only that
			continue
		}
		t.Errorf("%s shows %q as it stands: %q", what, r, text[max(0, i-80):min(len(text), i+40)])
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, "forged") {
			t.Errorf("%s lets a name begin a line: %q", what, line)
		}
	}
}

// look reports what would act in a browser or in a tool.
func look(t *testing.T, args, text string) {
	t.Helper()
	switch {
	case strings.Contains(args, "json") && !json.Valid([]byte(text)):
		t.Errorf("%s is no JSON", args)
	case strings.Contains(args, "html"), strings.HasPrefix(args, "report"):
		for _, bad := range []string{"<script>alert(1)", "<img src=x"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %s", args, bad)
			}
		}
	case strings.Contains(args, "summary"):
		for _, bad := range []string{"<script>alert", "<img src=x", " [x](javascript:"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %s", args, bad)
			}
		}
	case strings.Contains(args, "-dot") && strings.Contains(text, `"]; x [label="`):
		t.Errorf("%s ends a label", args)
	}
}

// TestSecrets looks for what was given to fixtures in every file that is kept.
func TestSecrets(t *testing.T) {
	const secret = "s3cr3t-t0k3n"
	for _, how := range []string{"Local", "values: hidden"} {
		r := newRoom(t)
		r.env = append(r.env, "FAULTS_SECRET="+secret)
		if how != "Local" {
			if err := r.settings(how + "\n"); err != nil {
				t.Fatal(err)
			}
			defer r.settings("")
			r.env = append(r.env, "FAULTS_HIDDEN=1")
		}
		for _, run := range []string{"1", "2"} {
			again := *r
			again.env = append(r.env[:len(r.env):len(r.env)], "FAULTS_RUN="+run)
			o := again.run(t, fault{}, r.testArgs("TestSecret")...)
			if !o.ok() || strings.Count(o.output, "cachetest: miss") != 2 || strings.Contains(o.output, secret) {
				t.Errorf("%s: %v\n%s", how, o.status, o.output)
			}
		}
		var files int
		err := filepath.WalkDir(r.root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			files++
			data, err := os.ReadFile(path)
			if bytes.Contains(data, []byte(secret)) || bytes.Contains(data, []byte(secret[:8])) {
				t.Errorf("%s: %s holds the secret", how, path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		t.Logf("%s: looked for in %d files", how, files)
	}
}
