package std

import (
	"cmp"
	_ "embed"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// A line holds the entry of the table for a name.
type line struct {
	effects string // letters, one for each parameter
	flags   string
	world   World
	states  []StateUse
	imports []string // state that an import sets; for the name * alone
	typ     string
	free    bool  // it uses none of the state of the name *
	does    World // what WorldOf returns
}

// table holds what TestTable derives from a release of each language version of Go that builds
// this module: the name of the newest one, and a part about each package.
//
//go:embed table.txt
var table string

// packages returns the parts of the table by the paths of their packages.
var packages = sync.OnceValue(func() map[string]*names {
	found := map[string]*names{}
	_, text, _ := strings.Cut(table, "\n\n")
	for part := range strings.SplitSeq(text, "\n\n") {
		head, rest, _ := strings.Cut(strings.TrimSpace(part), "\n")
		path, last, added := strings.Cut(head, " >") // the last version without it: there it is a path as any other
		if !added || newer(runtime.Version(), last) {
			found[path] = &names{path: path, text: rest}
		}
	}
	return found
})

// names is the part of a package, which is taken apart when a name is first looked up.
type names struct {
	once sync.Once
	path string
	text string
	line map[string]*line // "" stands for a name that is not listed

	states []StateUse // the states that some of them use
	world  World      // the World of all that it lists
}

// foreign is the line of a name that is not of the library.
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

// parse reads lines of effects and flags, each with the names that have them:
//
//	rr!= Contains Index
//	@NZ Now
//	#log.Default+ SetFlags
//	:*Regexp MustCompile
//
// The name * stands for the package: its line has what all names together read, state that
// any of them may use but those after -, after + state of other packages that an import of
// the package sets, and ? if the table does not list names.
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

// set adds a line to that of a name.
func (p *names) set(name string, l line) {
	had := cmp.Or(p.line[name], &line{})
	p.states = append(p.states, l.states...)
	p.world |= l.world
	p.line[name] = &line{effects: had.effects + l.effects, flags: had.flags + l.flags, world: had.world | l.world, states: slices.Concat(had.states, l.states), imports: slices.Concat(had.imports, l.imports), typ: had.typ + l.typ, free: had.free || l.free}
}

// join adds the line of * to that of each name. A library that is newer than the table may
// have names that it does not list: these have the states and the World of all names.
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

// Tables of names stand as text. Maps would be made each time a test binary starts, even
// for runs that find everything in the cache.

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

// methods holds what TestMethods derives from the version of Go of the table, a line each:
// the names of the methods of interfaces, those of the methods that hand out methods, and
// the packages that call these, or import one that does.
//
//go:embed methods.txt
var methods string

var methodLines = sync.OnceValue(func() (lines [3]Words) {
	for i, line := range strings.SplitN(methods, "\n", len(lines)) {
		lines[i] = Words(" " + strings.TrimSpace(line) + " ")
	}
	return lines
})

// CallsMethod reports whether the library may call a method of a name of a value that it is
// given, through an interface.
func CallsMethod(name string) bool { return isNewer() || methodLines()[0].Has(name) }

// HandsOutMethods reports whether a method of a name hands out methods whose names stand
// nowhere, as those of package reflect do.
func HandsOutMethods(name string) bool { return methodLines()[1].Has(name) }

// CallsAnyMethod reports whether a package of the library may call any method of a value
// that it is given, as templates do.
func CallsAnyMethod(path string) bool { return methodLines()[2].Has(path) }
