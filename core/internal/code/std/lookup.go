package std

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// A line is what the table says about a name.
type line struct {
	effects string // letters, one for each parameter
	flags   string
	world   World
	states  []StateUse
	imports []string // state that an import sets, of * alone
	typ     string
}

// table is what TestTable derives: the version of Go that it is of, and a part
// about each package.
//
//go:embed table.txt
var table string

// packages takes the table apart when it is first asked: by path, where the
// part about a package begins.
var packages = sync.OnceValue(func() map[string]*names {
	found := map[string]*names{}
	for _, text, _ := strings.Cut(table, "\n\n"); text != ""; {
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

	states []StateUse // that some of them use
	world  World      // of those that it lists
}

// namesOf returns what is known of a package, nil if it is not of the library.
func namesOf(path string) *names {
	p := packages()[path]
	if p != nil {
		p.once.Do(p.parse)
	}
	return p
}

func lookup(path, name string) (found line, ok bool) {
	if p := namesOf(path); p != nil {
		found, ok = p.line[name]
	}
	return found, ok
}

// parse reads lines of effects, flags and the names that they are said of:
//
//	rr!= Contains Index
//	@NZ Now
//	#log.Default+ SetFlags
//	:*Regexp MustCompile
//
// What is said of * is said of the package: what all of its names together read, state
// that any of them may use, after + state of other packages that an import of it sets,
// and ? that the table does not list names.
//
// Where names are methods, they follow their type: Builder.Len,Cap.
func (p *names) parse() {
	p.line = map[string]line{}
	for text := range strings.Lines(p.text) {
		words := strings.Fields(text)
		l := parseLine(words[0])
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

func parseLine(word string) line {
	switch word[0] {
	case '@':
		return line{world: worldOf(word[1:])}
	case '#':
		name, sets := strings.CutSuffix(word[1:], "+")
		return line{states: []StateUse{{name, sets}}}
	case '+':
		return line{imports: []string{word[1:]}}
	case ':':
		return line{typ: word[1:]}
	}
	at := len(word) - len(strings.TrimLeft(word, effectLetters))
	return line{effects: word[:at], flags: word[at:]}
}

// set adds to what is known of a name.
func (p *names) set(name string, l line) {
	had := p.line[name]
	p.states = append(p.states, l.states...)
	p.world |= l.world
	p.line[name] = line{had.effects + l.effects, had.flags + l.flags, had.world | l.world, slices.Concat(had.states, l.states), slices.Concat(had.imports, l.imports), had.typ + l.typ}
}

// What is known by name stands as text. Maps would be made each time a test binary
// starts, for runs that find everything in the cache too.

// A Words is a set of words, with a space before and after each.
type Words string

// Has reports whether the set holds a word.
func (s Words) Has(word string) bool { return strings.Contains(string(s), " "+word+" ") }

// A Names holds names by package. Each line of its text is a path and
// names; "*" stands for all of a package.
type Names struct {
	Text  string
	once  sync.Once
	names map[string][]string
}

// Of returns the names of a package.
func (t *Names) Of(path string) []string {
	t.once.Do(func() {
		t.names = map[string][]string{}
		for line := range strings.Lines(t.Text) {
			if words := strings.Fields(line); len(words) > 0 {
				t.names[words[0]] = append(t.names[words[0]], words[1:]...)
			}
		}
	})
	return t.names[path]
}

// Has reports whether the table holds a name of a package.
func (t *Names) Has(path, name string) bool {
	list := t.Of(path)
	return slices.Contains(list, name) || slices.Contains(list, "*")
}

// methods is what TestMethods derives of the version of Go that the table is of, a
// line each: the names of the methods of interfaces, those of the methods that hand
// out methods, and the packages that call these, or import one that does.
//
//go:embed methods.txt
var methods string

var methodLines = sync.OnceValue(func() (lines [3]Words) {
	for i, line := range strings.SplitN(methods, "\n", len(lines)) {
		lines[i] = Words(" " + strings.TrimSpace(line) + " ")
	}
	return lines
})

// CallsMethod reports whether the library may call a method of a name of what it is
// given, through an interface.
func CallsMethod(name string) bool { return isNewer() || methodLines()[0].Has(name) }

// HandsOutMethods reports whether a method of a name hands out methods of which the
// name stands nowhere: those of package reflect do.
func HandsOutMethods(name string) bool { return methodLines()[1].Has(name) }

// CallsAnyMethod reports whether a package of the library may call any method of
// what it is given, as templates do.
func CallsAnyMethod(path string) bool { return methodLines()[2].Has(path) }
