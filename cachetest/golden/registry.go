package golden

import (
	"crypto/sha256"
	"fmt"
	"iter"
	"path"
	"strings"
	"sync"
)

// asked holds what this process was asked for. The binary of a test serves one
// package, so the process is the package's run.
var asked = registry{claims: map[string]*claim{}, folds: map[string]string{}}

type registry struct {
	mu      sync.Mutex
	claims  map[string]*claim // by location
	folds   map[string]string // each location and each directory above it, by its folded form
	skipped string            // a test that asked for a golden and was skipped then
	named   int               // how many of the fixtures that were hits were named
}

// A claim is one golden that a test has asked for.
type claim struct {
	by  string // the first test that asked
	dir bool

	mu    sync.Mutex // held while the golden is compared and written
	seen  bool
	value [sha256.Size]byte // of the first value seen in this run
}

// claim returns the claim on loc, the same one for every test that asks for it.
func (r *registry) claim(loc, test string, dir bool, propose func(string) string) (*claim, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.claims[loc]; c != nil && c.dir == dir {
		return c, nil
	}
	if other := r.overlap(loc); other != "" {
		return nil, fmt.Errorf("%s and %s (asked for by %s) are in each other's place, one a file or golden directory and the other below or instead of it: call it %s",
			loc, other, r.claims[other].by, propose(second(loc)))
	}
	if p := clash(loc, r.folds); p != "" {
		return nil, foldError(loc, r.folds[fold(p)]+loc[len(p):], propose(second(p)+loc[len(p):]))
	}
	for p := range upwards(loc) {
		r.folds[fold(p)] = p
	}
	r.claims[loc] = &claim{by: test, dir: dir}
	return r.claims[loc], nil
}

// overlap returns a claimed location that is loc itself as another kind, or
// above it, or below it.
func (r *registry) overlap(loc string) string {
	for p := range upwards(loc) {
		if r.claims[p] != nil {
			return p
		}
	}
	if r.folds[fold(loc)] != loc {
		return ""
	}
	for other := range r.claims {
		if strings.HasPrefix(other, loc+"/") {
			return other
		}
	}
	return ""
}

// upwards yields loc and each directory above it.
func upwards(loc string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for p := loc; p != "." && p != "/" && p != ".." && yield(p); p = path.Dir(p) {
		}
	}
}

// second returns a name for the second of two: a-2.txt for a.txt.
func second(loc string) string {
	ext := path.Ext(loc)
	return loc[:len(loc)-len(ext)] + "-2" + ext
}

// clash returns the shortest of loc and the directories above it that differs
// in case only from one of folds, or nothing.
func clash(loc string, folds map[string]string) (shortest string) {
	for p := range upwards(loc) {
		if other := folds[fold(p)]; other != "" && other != p {
			shortest = p
		}
	}
	return shortest
}

func foldError(loc, other, proposal string) error {
	return fmt.Errorf("%s differs from %s in upper and lower case only, and file systems that fold case keep one of them: call it %s",
		loc, other, proposal)
}

// otherValue says whether this run has seen another value for the golden.
func (c *claim) otherValue(value [sha256.Size]byte) bool {
	if !c.seen {
		c.seen, c.value = true, value
	}
	return c.value != value
}

// has says whether loc was asked for, by itself or as part of a directory.
func (r *registry) has(loc string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.claims[loc] != nil {
		return true
	}
	for p := range upwards(path.Dir(loc)) {
		if c := r.claims[p]; c != nil && c.dir {
			return true
		}
	}
	return false
}

// fold maps all spellings that differ in case to one, as the go command does
// when it looks for collisions in a module's zip file.
func fold(s string) string { return strings.ToLower(strings.ToUpper(s)) }
