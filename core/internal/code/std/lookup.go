package std

import (
	"cmp"
	_ "embed"
	"runtime"
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
	free    bool  // of what is said of all it uses no state
	does    World // what WorldOf returns
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
		path = strings.TrimSpace(path)
		found[path] = &names{path: path, text: rest}
	}
	return found
})

// The names of a package are taken apart when one of them is first asked for.
type names struct {
	once sync.Once
	path string
	text string
	line map[string]*line // "" is what is known of a name that is not listed

	states []StateUse // that some of them use
	world  World      // of those that it lists
}

// foreign is what lookup returns for a name that is not of the library.
var foreign = &line{does: 1<<len(worldLetters) - 1}

func lookup(path, name string) *line {
	p := packages()[path]
	if p == nil {
		return foreign
	}
	p.once.Do(p.parse)
	if l := p.line[name]; l != nil {
		return l
	}
	return p.line[""]
}

// parse reads lines of effects, flags and the names that they are said of:
//
//	rr!= Contains Index
//	@NZ Now
//	#log.Default+ SetFlags
//	:*Regexp MustCompile
//
// What is said of * is said of the package: what all of its names together read, state
// that any of them may use but those after -, after + state of other packages that an import
// of it sets, and ? that the table does not list names.
//
// Where names are methods, they follow their type: Builder.Len,Cap.
func (p *names) parse() {
	p.line = map[string]*line{"": {}, "*": {}}
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
	p.join()
}

func parseLine(word string) line {
	switch word[0] {
	case '@':
		return line{world: worldOf(word[1:])}
	case '#':
		name := strings.TrimRight(word[1:], "+~")
		return line{states: []StateUse{{name, strings.HasSuffix(word, "+"), strings.HasSuffix(word, "~")}}}
	case '+':
		return line{imports: []string{word[1:]}}
	case ':':
		return line{typ: word[1:]}
	case '-':
		return line{free: true}
	}
	at := len(word) - len(strings.TrimLeft(word, effectLetters))
	return line{effects: word[:at], flags: word[at:]}
}

// set adds to what is known of a name.
func (p *names) set(name string, l line) {
	had := cmp.Or(p.line[name], &line{})
	p.states = append(p.states, l.states...)
	p.world |= l.world
	p.line[name] = &line{effects: had.effects + l.effects, flags: had.flags + l.flags, world: had.world | l.world, states: slices.Concat(had.states, l.states), imports: slices.Concat(had.imports, l.imports), typ: had.typ + l.typ, free: had.free || l.free}
}

// join adds to what is known of each name what is said of all. A library that is newer
// than the table may have names that it did not see: of these it is that of all names.
func (p *names) join() {
	all, rest := *p.line["*"], World(0) // all names that do more are listed
	switch {
	case isNewer():
		rest, p.line[""].states = p.world, p.states
	case strings.Contains(all.flags, "?"), p.path == "syscall" && !strings.Contains(" linux darwin freebsd windows ", " "+runtime.GOOS+" "):
		rest = all.world
	}
	for _, l := range p.line {
		if l.does = cmp.Or(l.world, rest); !l.free {
			l.states = slices.Concat(all.states, l.states)
		}
		if l.does&Zone != 0 {
			l.states = append(l.states, StateUse{Name: "time.Local"})
		}
	}
}

// What is known by name stands as text. Maps would be made each time a test binary
// starts, for runs that find everything in the cache too.

// A Words is a set of words, with a space before and after each.
type Words string

// Has reports whether the set holds a word.
func (s Words) Has(word string) bool { return strings.Contains(string(s), " "+word+" ") }

// A Names holds names by package. Each line of its text is a path and names.
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
func (t *Names) Has(path, name string) bool { return slices.Contains(t.Of(path), name) }

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
