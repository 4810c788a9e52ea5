package trace

import (
	"cmp"
	"path/filepath"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/look"
)

// A parser takes the log apart, line by line: an operation, a space, a name.
type parser struct {
	seq      int            // lines so far
	dir      string         // working directory, for relative names
	env      map[string]int // readings by name, less those by our looks
	envOrder []string
	seen     map[string]span // paths
	paths    []string        // their order
	cwd      span            // askings for the working directory
}

// A span says at which lines a thing was first and last read.
type span struct {
	first, last int
	opened      bool
}

func (p *parser) path(name string, opened bool) {
	if p.seen == nil {
		p.seen = map[string]span{}
	}
	at, ok := p.seen[name]
	if !ok {
		at.first = p.seq
		p.paths = append(p.paths, name)
	}
	at.last, at.opened = p.seq, at.opened || opened
	p.seen[name] = at
}

func (p *parser) line(line string) {
	op, name, ok := strings.Cut(line, " ")
	if !ok || strings.HasPrefix(line, "#") {
		return // the heading
	}
	p.seq++
	switch op {
	case "getenv":
		p.getenvs(name, 1)
	case "stat", "open":
		if variable, ok := look.OwnEnv(name); ok {
			p.getenvs(variable, -1) // the getenv that follows is not the test's
			return
		}
		if look.IsOwn(name) {
			return
		}
		p.path(p.abs(name), op == "open")
	case "chdir":
		p.dir = name
	}
}

// getenvs counts readings of a variable by the test.
func (p *parser) getenvs(name string, n int) {
	if name == "PWD" && n > 0 {
		p.cwd.first, p.cwd.last = cmp.Or(p.cwd.first, p.seq), p.seq // os.Getwd, filepath.Abs
		return
	}
	if p.env == nil {
		p.env = map[string]int{}
	}
	if _, ok := p.env[name]; !ok {
		p.envOrder = append(p.envOrder, name)
	}
	p.env[name] += n
}

// abs makes a logged name absolute. A ".." behind a name is left alone, since
// that name may be a symbolic link.
func (p *parser) abs(name string) string {
	dir := p.dir
	if filepath.IsAbs(name) {
		dir = ""
	}
	rest := filepath.ToSlash(name)
	for dir != "" {
		if next, ok := strings.CutPrefix(rest, "./"); ok {
			rest = strings.TrimLeft(next, "/")
		} else if next, ok := strings.CutPrefix(rest, "../"); ok {
			dir, rest = filepath.Dir(dir), strings.TrimLeft(next, "/")
		} else if rest == ".." {
			return filepath.Dir(dir)
		} else {
			break
		}
	}
	path := filepath.FromSlash(rest)
	if dir != "" {
		path = strings.TrimSuffix(dir, string(filepath.Separator)) + string(filepath.Separator) + path
	}
	if strings.Contains(rest, "..") {
		return path
	}
	return filepath.Clean(path)
}
