package fixturecache_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/internal/faulty"
)

// TestReadme pastes the README's first test into an empty module, and holds what
// the three runs print to what the README says that they print.
func TestReadme(t *testing.T) {
	readme := readDoc(t, "README.md")
	if n := strings.Count(readme, "\n"); n > 150 {
		t.Errorf("README.md has %d lines", n)
	}
	if testing.Short() {
		t.Skip("builds a command and runs go test three times")
	}
	m := newDocModule(t)
	file := filepath.Join(m.dir, "primes_test.go")
	source := blocks(readme, "go")[0]
	printed := strings.Split(strings.TrimSpace(blocks(readme, "")[0]), "\n")
	if len(printed) != 3 {
		t.Fatalf("README.md shows %d runs", len(printed))
	}
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
	for _, doc := range docs(t) {
		m.commands(t, doc)
	}
	sample := readDoc(t, "docs/cachetest.yaml")
	if err := os.WriteFile(filepath.Join(m.dir, ".cachetest.yaml"), []byte(sample), 0o644); err != nil {
		t.Fatal(err)
	}
	if out := m.run(t, m.command, "env"); !strings.Contains(out, "10000") {
		t.Errorf("docs/cachetest.yaml is not what is in force:\n%s", out)
	}
}

// TestDocumentLinks says that what the documents link to is there.
func TestDocumentLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#]+)\)`)
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
	dir, command string
	env          []string
}

func newDocModule(t *testing.T) *docModule {
	repo, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	m := &docModule{dir: t.TempDir(), command: filepath.Join(t.TempDir(), "cachetest")}
	m.env = append(os.Environ(), "CACHETEST_DIR="+t.TempDir(), "GOFLAGS=-mod=mod", "GOPROXY=off", "CACHETEST=", "CI=")
	if err := writeModule(m.dir, repo); err != nil {
		t.Fatal(err)
	}
	m.run(t, "go", "build", "-o", m.command, "github.com/fixturecache/fixturecache/core/cmd/cachetest")
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

// elsewhere begins commands that other tests, or .ci/run, run.
var elsewhere = []string{"go get ", "go test ", "go run ./examples/"}

// commands runs the commands in the shell blocks of a document that are those of
// the cachetest command.
func (m *docModule) commands(t *testing.T, doc string) {
	for _, block := range blocks(readDoc(t, doc), "sh") {
		for line := range strings.Lines(block) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
			_, args, ok := strings.Cut(line, "cachetest ")
			isCommand := strings.HasPrefix(line, "go tool cachetest ") || strings.HasPrefix(line, "go run github.com/fixturecache/fixturecache/core/cmd/cachetest ")
			switch {
			case ok && isCommand:
				m.run(t, m.command, strings.Fields(args)...)
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
