package fixturecache_test

import (
	"cmp"
	"flag"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// runScripts is testscript.Run, but the scripts begin in order, the longest
// first, so that none is left to run alone at the end, and one more at a time than
// go test -parallel allows, as each waits for a disk, a server or a clock now and
// then. A script that has no time left is skipped.
func runScripts(t *testing.T, p testscript.Params) {
	if deadline, ok := t.Deadline(); ok {
		p.Deadline = deadline
	}
	list := &scriptList{T: t}
	testscript.RunT(list, p)
	slices.SortStableFunc(list.scripts, func(a, b script) int {
		return cmp.Compare(scriptWeight(t, b.name), scriptWeight(t, a.name))
	})
	next := make(chan script)
	var workers sync.WaitGroup
	for range parallel() + 1 {
		workers.Go(func() {
			for s := range next {
				t.Run(s.name, func(t *testing.T) {
					defer timing.begin(t)()
					s.run(&scriptList{T: t})
				})
			}
		})
	}
	for _, s := range list.scripts {
		next <- s
	}
	close(next)
	workers.Wait()
}

// parallel is how many tests go test -parallel allows at a time.
func parallel() int {
	n, err := strconv.Atoi(flag.Lookup("test.parallel").Value.String())
	if err != nil {
		return 1
	}
	return n
}

// A scriptList is what testscript is given for its T: it keeps the scripts, for
// runScripts to run.
type scriptList struct {
	*testing.T
	scripts []script
}

type script struct {
	name string
	run  func(testscript.T)
}

func (l *scriptList) Run(name string, run func(testscript.T)) {
	l.scripts = append(l.scripts, script{name, run})
}

// Parallel does nothing: each of the workers runs one script at a time.
func (l *scriptList) Parallel() {}

func (l *scriptList) Verbose() bool { return testing.Verbose() }

var (
	goRun    = regexp.MustCompile(`(?m)^[^#\n]*\bgo (test|build|run|vet|install)\b`)
	manyRun  = regexp.MustCompile(`(?m)^(\[linux\] )?(codeways|ways) `)
	waits    = regexp.MustCompile(`(?m)^[^#\n]*(?:sleep|-timeout) (\d+)s`)
	longRuns = regexp.MustCompile(`(?s)\[long\][^\n]*|\n\[!long\] s.*`) // what the default run passes over
)

// scriptWeight is about how many runs of go test a script takes as long as.
func scriptWeight(t *testing.T, name string) int {
	data, err := os.ReadFile("testdata/script/" + name + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	commands, _, _ := strings.Cut(string(data), "\n-- ")
	if !long() {
		commands = longRuns.ReplaceAllString(commands, "")
	}
	weight := len(goRun.FindAllString(commands, -1)) + 6*len(manyRun.FindAllString(commands, -1))
	for _, found := range waits.FindAllStringSubmatch(commands, -1) {
		seconds, _ := strconv.Atoi(found[1])
		weight += 2 * seconds
	}
	return weight
}

// timing has the longest of the tests here so far, which says how long the next may
// take: on a machine that is ten times slower not all of them fit into go test
// -timeout, and to run some is better than to fail.
var timing longest

type longest struct {
	mu sync.Mutex
	d  time.Duration
}

// A timed test is what begin has to know of a test, and may do to it.
type timed interface {
	Deadline() (time.Time, bool)
	Skip(...any)
}

// begin skips the test if its time may not suffice, and returns what says that
// it has ended.
func (l *longest) begin(t timed) (end func()) {
	l.mu.Lock()
	needed := 3 * l.d
	l.mu.Unlock()
	if deadline, ok := t.Deadline(); ok && time.Until(deadline) < needed {
		t.Skip("no time left before -timeout: go test -timeout 1h ./... runs it")
	}
	start := time.Now()
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.d = max(l.d, time.Since(start))
	}
}

// A late test has until its deadline, and notes what becomes of it.
type late struct {
	left time.Duration
	skip bool
}

func (l *late) Deadline() (time.Time, bool) { return time.Now().Add(l.left), l.left != 0 }
func (l *late) Skip(...any)                 { l.skip = true }

func TestNoTimeLeft(t *testing.T) {
	for _, test := range []late{
		{left: 2 * time.Hour, skip: true},
		{left: 4 * time.Hour},
		{left: 0}, // -timeout 0
	} {
		l, got := &longest{d: time.Hour}, &late{left: test.left}
		l.begin(got)()
		if got.skip != test.skip {
			t.Errorf("%v left: skipped %v", test.left, got.skip)
		}
	}
}
