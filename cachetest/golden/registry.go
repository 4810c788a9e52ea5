package golden

import (
	"crypto/sha256"
	"fmt"
	"iter"
	"path"
	"strings"
	"sync"
)

// asked holds the goldens that this process was asked for. A test binary serves one
// package, so that these are the goldens of the package's run.
var asked = registry{places: map[string]place{}}

// A registry holds which goldens were asked for, and by which test.
type registry struct {
	mu      sync.Mutex
	places  map[string]place // each location and each directory above it, by its folded form
	skipped string           // a test that asked for a golden and was skipped then
}

// A place is taken by the first golden that is there, or below it.
type place struct {
	path string // as it was asked for, not folded
	*claim
}

// A claim is one golden that a test has asked for.
type claim struct {
	loc string
	by  string // the first test that asked
	dir bool

	mu    sync.Mutex // held while the golden is compared and written
	seen  bool
	value [sha256.Size]byte // digest of the first value seen in this run
}

// claim returns the claim on loc, the same one for every test that asks for it.
func (r *registry) claim(loc, test string, dir bool, propose func(string) string) (*claim, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	clash := ""
	for p := range upwards(loc) {
		switch at, taken := r.places[fold(p)]; {
		case !taken:
		case at.path != p:
			clash = p // the shortest counts
		case p == loc && at.loc == loc && at.dir == dir:
			return at.claim, nil
		case p == loc || at.loc == p:
			return nil, fmt.Errorf("%s and %s (asked for by %s) are in each other's place, one a file or golden directory and the other below or instead of it: call it %s",
				loc, at.loc, at.by, propose(second(loc)))
		}
	}
	if clash != "" {
		rest := loc[len(clash):]
		return nil, fmt.Errorf("%s differs from %s in upper and lower case only, and file systems that fold case keep one of them: call it %s",
			loc, r.places[fold(clash)].path+rest, propose(second(clash)+rest))
	}
	c := &claim{loc: loc, by: test, dir: dir}
	for p := range upwards(loc) {
		if _, taken := r.places[fold(p)]; !taken {
			r.places[fold(p)] = place{p, c}
		}
	}
	return c, nil
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

// has reports whether loc was asked for, by itself or as part of a directory.
func (r *registry) has(loc string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for p := range upwards(loc) {
		if at, taken := r.places[fold(p)]; taken && at.loc == p {
			return true
		}
	}
	return false
}

// fold maps all spellings that differ in case to one, as the go command does
// when it looks for collisions in a module's zip file.
func fold(s string) string { return strings.ToLower(strings.ToUpper(s)) }
