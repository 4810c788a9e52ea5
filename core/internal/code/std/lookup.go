package std

import (
	"strings"
	"sync"
)

// A line is what the table says about a name.
type line struct {
	effects string // letters, one for each parameter
	flags   string
}

// packages takes the table apart when it is first asked: by path, where the
// part about a package begins.
var packages = sync.OnceValue(func() map[string]*names {
	found := map[string]*names{}
	for text := table; text != ""; {
		var part string
		part, text, _ = strings.Cut(text, "\n\n")
		path, rest, _ := strings.Cut(part, "\n")
		found[strings.TrimSpace(path)] = &names{text: rest}
	}
	return found
})

// The names of a package are taken apart when one of them is first asked for.
type names struct {
	once sync.Once
	text string
	line map[string]line
}

func lookup(path, name string) (line, bool) {
	p := packages()[path]
	if p == nil {
		return line{}, false
	}
	p.once.Do(p.parse)
	found, ok := p.line[name]
	return found, ok
}

// parse reads lines of effects, flags and the names that they are said of:
//
//	rr!= Contains Index
//
// Where names are methods, they follow their type: Builder.Len,Cap.
func (p *names) parse() {
	p.line = map[string]line{}
	for text := range strings.Lines(p.text) {
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		at := len(words[0]) - len(strings.TrimLeft(words[0], effectLetters))
		l := line{effects: words[0][:at], flags: words[0][at:]}
		for _, word := range words[1:] {
			typ, methods, ok := strings.Cut(word, ".")
			if !ok {
				p.set(typ, l)
				continue
			}
			for m := range strings.SplitSeq(methods, ",") {
				p.set(typ+"."+m, l)
			}
		}
	}
}

func (p *names) set(name string, l line) {
	had := p.line[name]
	p.line[name] = line{had.effects + l.effects, had.flags + l.flags}
}
