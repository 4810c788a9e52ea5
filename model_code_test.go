package fixturecache_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestModelOfCode edits a random module at random, one thing at a time, and runs its
// tests. A fixture's value is what it is without a store; what changes nothing is a
// hit, and so is what is taken back; and the command, asked before the run, says of
// each fixture what the run then does and tells. A failure names its seed, which is
// the name of the subtest.
func TestModelOfCode(t *testing.T) {
	if testing.Short() {
		t.Skip("runs go test over and over")
	}
	seeds, steps := 1, 8
	if long() {
		seeds, steps = 6, 50
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			t.Parallel()
			defer timing.begin(t)()
			m := newCodeModel(t, rand.New(rand.NewPCG(uint64(seed), 3)))
			for range steps {
				m.step(m.edit())
			}
			t.Logf("%d hits, %d misses: %v", m.hits, m.misses, m.edits)
			if m.hits == 0 || m.misses == 0 {
				t.Error("nothing hit, or nothing was built again")
			}
		})
	}
}

const codeFixtures, codeHelpers = 5, 6

// A codeWorld is all that the fixtures of a module may depend on.
type codeWorld struct {
	consts, forms [codeHelpers]int
	files, env    [3]int
	with          [codeFixtures]int
	sets          int // what another test sets a variable to
	comments      int
	unused        int
}

// A codeModel is a module whose fixtures use some of the helpers, files, variables and
// fixtures.
type codeModel struct {
	t       *testing.T
	rand    *rand.Rand
	dir     string
	environ []string
	codeWorld
	before codeWorld

	calls                [codeHelpers][]int
	helpers, reads, envs [codeFixtures][]int
	children             [codeFixtures][]int
	mode, told           [codeFixtures]bool
	hits, misses         int
	edits                map[string]int
	varied               [codeFixtures]bool // it has records with several values of With
}

func newCodeModel(t *testing.T, rng *rand.Rand) *codeModel {
	repo, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	m := &codeModel{t: t, rand: rng, dir: t.TempDir(), edits: map[string]int{}}
	m.environ = append(os.Environ(), "CACHETEST_DIR="+filepath.Join(t.TempDir(), "store"), "CACHETEST=on", "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
	some := func(from, to int) (list []int) {
		for i := from; i < to; i++ {
			if rng.IntN(2) == 0 {
				list = append(list, i)
			}
		}
		return list
	}
	for i := range codeHelpers {
		m.calls[i] = some(i+1, codeHelpers)
	}
	for i := range codeFixtures {
		m.helpers[i], m.reads[i], m.envs[i], m.children[i] = some(0, codeHelpers), some(0, 3), some(0, 3), some(i+1, codeFixtures)
		m.told[i] = rng.IntN(2) == 0
		isChild := slices.ContainsFunc(m.children[:i], func(of []int) bool { return slices.Contains(of, i) })
		m.mode[i] = !isChild && rng.IntN(2) == 0 // as a child, the tests before another one would count
	}
	if err := writeModule(m.dir, repo); err != nil {
		t.Fatal(err)
	}
	m.before = m.codeWorld
	m.step("the beginning")
	return m
}

// edit changes one thing of the world.
func (m *codeModel) edit() (what string) {
	before := m.codeWorld
	bump := func(what string, n *int) string {
		*n = (*n + 1 + m.rand.IntN(2)) % 4
		return what
	}
	switch m.rand.IntN(11) {
	case 0, 1:
		what = bump("a constant", &m.consts[m.rand.IntN(codeHelpers)])
	case 2, 3:
		what = bump("a function", &m.forms[m.rand.IntN(codeHelpers)])
	case 4:
		what = bump("a file", &m.files[m.rand.IntN(3)])
	case 5:
		what = bump("a variable of the environment", &m.env[m.rand.IntN(3)])
	case 6:
		i := m.rand.IntN(codeFixtures)
		what, m.varied[i] = bump("a value of With", &m.with[i]), true
	case 7:
		what = bump("another test", &m.sets)
	case 8:
		what = bump("a comment", &m.comments)
	case 9:
		what = bump("an unused function", &m.unused)
	default:
		m.codeWorld, what = m.before, "what was before"
	}
	m.edits[what]++
	m.before = before
	return what
}

// write writes the module.
func (m *codeModel) write() {
	for i, n := range m.files {
		m.file(fmt.Sprint("data/", i), fmt.Sprint("file ", n))
	}
	m.file("deep/deep.go", "package deep\n"+m.functions(codeHelpers/2, codeHelpers))
	lib := "package lib\n\nimport \"example.com/m/deep\"\n\nvar Mode int\n\nvar _ = deep.H5\n\n" + strings.Repeat("// A comment.\n", m.comments)
	m.file("lib/lib.go", lib+fmt.Sprintf("func Unused%d() {}\n", m.unused)+m.functions(0, codeHelpers/2))
	test := fmt.Sprintf(codeTest, m.sets)
	for i := range codeFixtures {
		test += m.fixture(i)
	}
	m.file("model_test.go", test)
}

// codeTest begins the tests.
const codeTest = `package model

import (
	"fmt"
	"os"
	"testing"

	"example.com/m/deep"
	"example.com/m/lib"
	"` + module + `/cachetest"
)

var _, _, _ = os.Args, deep.H5, lib.H0

func TestAnother(t *testing.T) { lib.Mode = %d }
`

// qualified names a helper from another package than its own.
func qualified(helper int) string {
	if helper < codeHelpers/2 {
		return fmt.Sprint("lib.H", helper)
	}
	return fmt.Sprint("deep.H", helper)
}

// functions writes the helpers of a package, each with its constant. Of a constant 0 the
// compiler would make the same of two forms.
func (m *codeModel) functions(from, to int) (src string) {
	for i := from; i < to; i++ {
		src += fmt.Sprintf("\nconst c%d = %d\n\nfunc H%[1]d(n int) int {\n", i, m.consts[i]+1)
		for _, j := range m.calls[i] {
			name := qualified(j)
			if j < to {
				name = fmt.Sprint("H", j)
			}
			src += fmt.Sprintf("\tn += %s(n)\n", name)
		}
		form := []string{"n + c%d", "n*3 + c%d", "n - c%d*7", "n*5 - c%d"}[m.forms[i]]
		src += fmt.Sprintf("\treturn "+form+"\n}\n", i)
	}
	return src
}

// codeFixture is a fixture: its number, its value of With, what makes its own value and
// its options.
const codeFixture = `
func with%[1]d() int { return %[2]d }

func fixture%[1]d(t *testing.T) string {
	with := with%[1]d()
	return cachetest.Memo(t, "f%[1]d", func() (string, error) {
		s := ""
%[3]s		return s, nil
	}, cachetest.With("with", with)%[4]s)
}

func TestF%[1]d(t *testing.T) { fmt.Printf("value f%[1]d %%q\n", fixture%[1]d(t)) }
`

func (m *codeModel) fixture(i int) string {
	body, options := "", ""
	for _, j := range m.children[i] {
		body += fmt.Sprintf("\t\ts += fixture%d(t)\n", j)
		options = `, cachetest.IgnoreCapture("t")`
	}
	for _, j := range m.helpers[i] {
		body += fmt.Sprintf("\t\ts += fmt.Sprintln(%s(%d))\n", qualified(j), i)
	}
	for _, j := range m.reads[i] {
		body += fmt.Sprintf("\t\tif data, err := os.ReadFile(\"data/%d\"); err == nil {\n\t\t\ts += string(data)\n\t\t}\n", j)
	}
	for _, j := range m.envs[i] {
		body += fmt.Sprintf("\t\ts += os.Getenv(\"MODEL_%d\")\n", j)
	}
	if m.mode[i] {
		body += "\t\ts += fmt.Sprintln(lib.Mode)\n"
	}
	if m.told[i] {
		body += "\t\ts += fmt.Sprintln(with)\n"
	}
	return fmt.Sprintf(codeFixture, i, m.with[i], body, options)
}

// file writes a file, if it says something else.
func (m *codeModel) file(name, text string) {
	path := filepath.Join(m.dir, name)
	if old, err := os.ReadFile(path); err == nil && string(old) == text {
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// output runs a command in the module, with its variables and others, and returns what
// it prints.
func (m *codeModel) output(cmd *exec.Cmd, env ...string) string {
	m.t.Helper()
	cmd.Dir, cmd.Env = m.dir, append(slices.Clip(m.environ), env...)
	for i, n := range m.env {
		if n > 0 {
			cmd.Env = append(cmd.Env, fmt.Sprintf("MODEL_%d=%d", i, n))
		}
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		m.t.Fatalf("%s: %v\n%s%s", cmd, err, out, &stderr)
	}
	return string(out)
}

// A codeReport is what a run or the command says of a fixture.
type codeReport struct {
	Key, Event, State string
	Reasons           []struct{ Text string }
}

func (r codeReport) texts() string {
	var list []string
	for _, reason := range r.Reasons {
		list = append(list, reason.Text)
	}
	return strings.Join(list, "; ")
}

// step runs the tests after an edit.
func (m *codeModel) step(what string) {
	m.t.Helper()
	m.write()
	var verdicts []codeReport
	if err := json.Unmarshal([]byte(m.output(exec.Command("cachetest", "outdated", "-json"))), &verdicts); err != nil {
		m.t.Fatal(err)
	}
	said := map[string]codeReport{}
	for _, v := range verdicts {
		said[v.Key] = v
	}
	log := filepath.Join(m.t.TempDir(), "log")
	values := valuesOf(m.output(exec.Command("go", "test", "-v", "-count=1", "."), "CACHETEST_LOG="+log))
	if right := valuesOf(m.output(exec.Command("go", "test", "-v", "-count=1", "."), "CACHETEST=off")); !slices.Equal(values, right) {
		m.t.Fatalf("after %s: stale: %q, right is %q", what, values, right)
	}
	for key, ran := range m.events(log) {
		hit := ran.Event == "hit"
		if hit {
			m.hits++
		} else {
			m.misses++
		}
		told, was := ran.texts(), said[key]
		if len(said) == 0 {
			continue
		}
		if !hit && (m.codeWorld == m.before || what == "a comment" || what == "an unused function" || what == "what was before") {
			m.t.Errorf("after %s: %s is a miss: %s", what, key, told)
		}
		switch changed := was.State == "outdated"; {
		case m.varied[key[1]-'0'], strings.Contains(told+was.texts(), `fixture "`): // of which the command takes the nearest; which may have been built again meanwhile
		case hit == changed:
			m.t.Errorf("after %s: %s is a %s: %s; the command says %s: %s", what, key, ran.Event, told, was.State, was.texts())
		case !hit && told != was.texts():
			m.t.Errorf("after %s: %s is built again for %q; the command says %q", what, key, told, was.texts())
		}
	}
}

// events returns the first of each fixture that a run has logged.
func (m *codeModel) events(log string) map[string]codeReport {
	m.t.Helper()
	data, err := os.ReadFile(log)
	if err != nil {
		m.t.Fatal(err)
	}
	first := map[string]codeReport{}
	for line := range bytes.Lines(data) {
		var r codeReport
		if err := json.Unmarshal(line, &r); err != nil {
			m.t.Fatalf("%v: %s", err, line)
		}
		if _, seen := first[r.Key]; r.Key != "" && !seen {
			first[r.Key] = r
		}
	}
	if keys := slices.Sorted(maps.Keys(first)); len(keys) != codeFixtures {
		m.t.Fatalf("the run tells of %q", keys)
	}
	return first
}

func valuesOf(out string) (values []string) {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "value ") {
			values = append(values, line)
		}
	}
	return values
}
