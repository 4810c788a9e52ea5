package trace

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A parser takes the log apart, line by line: an operation, a space, a name.
type parser struct {
	seq   int             // lines so far
	dir   string          // working directory, for relative names
	seen  map[thing]*span // at which lines each thing was read
	order []thing         // in the order of first reading
	inner []map[thing]int // windows that are open: last line of each thing in them

	opened map[string][]string // the working directories in which a relative name was opened
}

// A thing is a variable or a path. A path that was read by an absolute name and
// by relative ones is a thing for each: those depend on the working directory.
type thing struct {
	env      bool
	name     string
	relative int // 1 + how many ".." a relative name begins with
}

// cwd stands for the working directory, which os.Getwd and filepath.Abs take
// from a variable.
var cwd = thing{env: true, name: "PWD"}

// A span says at which lines a thing was read.
type span struct {
	first, last int
	own         int // last line outside closed windows that were set aside
	looks       int // getenv lines to come that are our own
	opens       int
}

func (p *parser) read(t thing, opened bool) {
	at := p.span(t)
	if at.looks > 0 {
		at.looks--
		return
	}
	if at.first == 0 {
		at.first = p.seq
		p.order = append(p.order, t)
	}
	at.last = p.seq
	if opened {
		at.opens++
	}
	if n := len(p.inner); n > 0 {
		p.inner[n-1][t] = p.seq
	} else {
		at.own = p.seq
	}
}

func (p *parser) span(t thing) *span {
	if p.seen == nil {
		p.seen = map[thing]*span{}
	}
	if p.seen[t] == nil {
		p.seen[t] = &span{}
	}
	return p.seen[t]
}

// ownLast returns the last line at which t was read, but for those that were set
// aside.
func (p *parser) ownLast(t thing) int {
	last := p.seen[t].own
	for _, window := range p.inner {
		last = max(last, window[t])
	}
	return last
}

// leave closes the innermost window: its reads are set aside, or count as reads of
// the window around it.
func (p *parser) leave(aside bool) {
	n := len(p.inner) - 1
	window := p.inner[n]
	p.inner = p.inner[:n]
	for t, seq := range window {
		switch {
		case aside:
		case n > 0:
			p.inner[n-1][t] = seq
		default:
			p.seen[t].own = seq
		}
	}
}

// line takes one line. An operation that is not known here may have read anything, and
// is an error.
func (p *parser) line(line string) error {
	if strings.HasPrefix(line, "#") {
		return nil // the heading
	}
	op, name, _ := strings.Cut(line, " ")
	p.seq++
	switch op {
	case "getenv":
		p.read(thing{env: true, name: name}, false)
	case "stat", "open":
		if variable, ok := logged.OwnEnv(name); ok {
			p.span(thing{env: true, name: variable}).looks++
		} else if !logged.IsOwn(name) {
			p.path(name, op == "open")
		}
	case "chdir":
		p.dir = name
	default:
		return fmt.Errorf("the log of what this process reads tells of %q, which no Go version known here does", op)
	}
	return nil
}

// path notes a name that was looked at. A file that is opened in an os.Root is logged
// by a name that begins with that of the root, which holds against the working directory
// when the root was opened: so a relative name counts for each directory in which its
// beginning was opened, too.
func (p *parser) path(name string, opened bool) {
	relative := Relative(name)
	p.read(thing{name: unlogged.Join(p.dir, name), relative: relative}, opened)
	if relative == 0 {
		return
	}
	slashed := filepath.ToSlash(name)
	for i, c := range slashed {
		for _, dir := range p.opened[slashed[:i]] {
			if c == '/' && dir != p.dir {
				p.read(thing{name: unlogged.Join(dir, name), relative: relative}, opened)
			}
		}
	}
	if root := strings.TrimRight(slashed, "/"); opened && !slices.Contains(p.opened[root], p.dir) {
		if p.opened == nil {
			p.opened = map[string][]string{}
		}
		p.opened[root] = append(p.opened[root], p.dir)
	}
}

// Relative returns 0 for an absolute name, else 1, and one more for each ".." that it
// begins with.
func Relative(name string) (n int) {
	if filepath.IsAbs(name) {
		return 0
	}
	n = 1
	for element := range strings.SplitSeq(filepath.ToSlash(name), "/") {
		switch element {
		case "..":
			n++
		case ".", "":
		default:
			return n
		}
	}
	return n
}
