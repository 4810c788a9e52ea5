package fixturecache_test

import (
	"cmp"
	"fmt"
	"go/parser"
	"go/token"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/internal/faults/testdata/faulty"
)

// TestReadme pastes the README's first test into an empty module, and holds what
// the three runs print to what the README says that they print.
func TestReadme(t *testing.T) {
	readme := readDoc(t, "README.md")
	if n := strings.Count(readme, "\n"); n > 150 {
		t.Errorf("README.md has %d lines", n)
	}
	if testing.Short() {
		t.Skip("runs go test three times")
	}
	t.Parallel()
	defer timing.begin(t)()
	m := newDocModule(t)
	file := filepath.Join(m.dir, "primes_test.go")
	source := blocks(readme, "go")[0]
	printed := strings.Split(strings.TrimSpace(blocks(readme, "")[0]), "\n")
	if len(printed) != 3 {
		t.Fatalf("README.md shows %d runs", len(printed))
	}
	get, _, _ := strings.Cut(blocks(readme, "sh")[0], "\n")
	m.run(t, "go", strings.Fields(get)[1:]...) // the rest of the blocks is run below
	for i, line := range printed {
		if i == 2 {
			source = strings.Replace(source, "i * i", "2 * i", 1)
		}
		if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		out := m.run(t, "go", "test", "-v", "-count=1", ".")
		if want := scrubText(line); !strings.Contains(scrubText(out), want) {
			t.Errorf("run %d prints\n%s\nREADME.md says\n%s", i+1, out, line)
		}
	}
	m.snippets(t)
	mentioned := 0
	for _, doc := range docs(t) {
		m.commands(t, doc)
		mentioned += m.mentions(t, doc)
	}
	if mentioned < 5 {
		t.Errorf("the documents mention %d commands", mentioned)
	}
	sample := readDoc(t, "docs/cachetest.yaml")
	if err := os.WriteFile(filepath.Join(m.dir, ".cachetest.yaml"), []byte(sample), 0o644); err != nil {
		t.Fatal(err)
	}
	if out := m.run(t, "cachetest", "env"); !strings.Contains(out, "10000") {
		t.Errorf("docs/cachetest.yaml is not what is in force:\n%s", out)
	}
}

// TestDocumentLinks says that what the documents link to is there.
func TestDocumentLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#\s]+)\)`)
	for _, doc := range docs(t) {
		for _, found := range link.FindAllStringSubmatch(readDoc(t, doc), -1) {
			if to := found[1]; !strings.Contains(to, "://") {
				if _, err := os.Stat(filepath.Join(filepath.Dir(doc), to)); err != nil {
					t.Errorf("%s: %v", doc, err)
				}
			}
		}
	}
}

func docs(t *testing.T) []string {
	list, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(list, "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
}

func readDoc(t *testing.T, name string) string {
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// blocks returns the fenced blocks of a language, without indentation.
func blocks(doc, language string) (list []string) {
	fence := regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
	for _, found := range fence.FindAllStringSubmatch(doc, -1) {
		if found[1] == language {
			list = append(list, found[2])
		}
	}
	return list
}

func scrubText(text string) string {
	for _, s := range scrubs {
		text = s.pattern.ReplaceAllString(text, s.by)
	}
	return text
}

// A docModule is an empty module outside of the repository that uses this
// checkout.
type docModule struct {
	dir string
	env []string
}

func newDocModule(t *testing.T) *docModule {
	repo, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	m := &docModule{dir: t.TempDir()}
	m.env = append(os.Environ(), "CACHETEST_DIR="+t.TempDir(), "GOFLAGS=", "GOPROXY=off", "GOSUMDB=off", "CACHETEST=", "CI=")
	mod := "module example.com/m\n\ngo 1.25.0\n\nreplace " + module + " => " + repo + "\n" // as it is not published
	if err := os.WriteFile(filepath.Join(m.dir, "go.mod"), []byte(mod), 0o644); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *docModule) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = m.dir, m.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	return string(out)
}

// imported are the packages that the snippets of the documents use by their names.
var imported = map[string]string{
	"cachetest": module + "/cachetest", "golden": module + "/cachetest/golden", "cachescript": module + "/cachetest/cachescript",
	"filepath": "path/filepath", "httptest": "net/http/httptest", "http": "net/http", "rand": "math/rand", "testscript": "github.com/rogpeppe/go-internal/testscript",
}

// snippets compiles, vets and runs each block of declarations in the documents, in a
// package of its own, whose imports are those that it uses.
func (m *docModule) snippets(t *testing.T) {
	n := 0
	for _, doc := range docs(t) {
		for _, block := range blocks(readDoc(t, doc), "go") {
			if strings.HasPrefix(block, "package ") {
				continue // the first test of the README
			}
			n++
			dir := filepath.Join(m.dir, fmt.Sprintf("snippet%d", n))
			if err := os.Mkdir(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			source := "package snippet\n\n" + importsOf(t, block) + "\n" + block
			if err := os.WriteFile(filepath.Join(dir, "snippet_test.go"), []byte(source), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n < 3 {
		t.Errorf("the documents have %d blocks of Go", n)
	}
	m.run(t, "go", "test", "-count=1", "./...") // which vets them
}

// importsOf returns the imports of what a block of declarations does not declare.
func importsOf(t *testing.T, block string) (head string) {
	f, err := parser.ParseFile(token.NewFileSet(), "snippet.go", "package snippet\n"+block, 0)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, id := range f.Unresolved {
		if names[id.Name] || !strings.Contains(block, id.Name+".") {
			continue
		}
		names[id.Name] = true
		head += fmt.Sprintf("import %q\n", cmp.Or(imported[id.Name], id.Name))
	}
	return head
}

// jobs returns the commands of the CI jobs in a document.
func jobs(doc string) (list []string) {
	command := regexp.MustCompile(`(?m)^ *(?:- )?(?:run: |- )(go .*)$`)
	for _, block := range blocks(doc, "yaml") {
		for _, found := range command.FindAllStringSubmatch(block, -1) {
			list = append(list, found[1])
		}
	}
	return list
}

// mentions holds what a document mentions of the command within a sentence to the
// help of it: the verb, and its flags.
func (m *docModule) mentions(t *testing.T, doc string) (n int) {
	for _, found := range regexp.MustCompile("`(?:go tool )?cachetest (?:help )?([a-z]+)([^`]*)`").FindAllStringSubmatch(readDoc(t, doc), -1) {
		n++
		help := m.run(t, "cachetest", "help", found[1])
		for arg := range strings.FieldsSeq(found[2]) {
			if strings.HasPrefix(arg, "-") && !strings.Contains(help, "  "+arg) {
				t.Errorf("%s: cachetest %s has no %s", doc, found[1], arg)
			}
		}
	}
	return n
}

// elsewhere begins commands that other tests, or .ci/run, run.
var elsewhere = []string{"go test ", "go run ./examples/"}

// commands runs the commands in the shell blocks and jobs of a document, as they
// stand there: nothing has been set up but what the document says.
func (m *docModule) commands(t *testing.T, doc string) {
	text := readDoc(t, doc)
	for _, block := range append(blocks(text, "sh"), jobs(text)...) {
		for line := range strings.Lines(block) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
			switch {
			case strings.HasPrefix(line, "go get "), strings.HasPrefix(line, "go tool cachetest "):
				m.run(t, "go", strings.Fields(line)[1:]...)
			case strings.HasPrefix(line, "export CACHETEST_REMOTE="):
				l := httptest.NewServer(&faulty.Server{})
				t.Cleanup(l.Close)
				m.env = append(m.env, "CACHETEST_REMOTE="+l.URL)
			case !slices.ContainsFunc(elsewhere, func(prefix string) bool { return strings.HasPrefix(line, prefix) }):
				t.Errorf("%s: nothing runs %q", doc, line)
			}
		}
	}
}
