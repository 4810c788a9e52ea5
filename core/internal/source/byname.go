package source

import (
	"cmp"
	"go/ast"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
)

// byName are functions of the standard library that look at something by its
// name: a variable, a file, a time zone. The names are the first argument, or
// those from a number to another.
var byName = nameTable{text: `
	os Getenv LookupEnv ExpandEnv
	os Open OpenFile OpenRoot ReadFile ReadDir Stat Lstat Readlink
	io/ioutil ReadFile ReadDir
	archive/zip OpenReader
	crypto/tls LoadX509KeyPair:0-1
	debug/buildinfo ReadFile
	debug/elf Open
	debug/macho Open
	debug/pe Open
	go/parser ParseFile:1-1
	html/template ParseFiles:0-99
	syscall Getenv
	text/template ParseFiles:0-99
	time LoadLocation
`}

// namesOf returns the numbers of the arguments that are names, and whether the
// function is one of byName.
func namesOf(path, name string) (first, last int, ok bool) {
	for _, entry := range byName.of(path) {
		fn, args, ranged := strings.Cut(entry, ":")
		if fn != name {
			continue
		}
		if ranged {
			from, to, _ := strings.Cut(args, "-")
			first, _ = strconv.Atoi(from)
			last, _ = strconv.Atoi(to)
		}
		return first, last, true
	}
	return 0, 0, false
}

// A namedFact is a name that a function of byName is given. The name "" stands
// for one that the source does not tell.
type namedFact struct {
	fn   mention
	name string
}

// lookedUp notes a mention of a function of byName. A call whose names are
// constants takes it back: what is left are uses with other names.
func (w *walker) lookedUp(s *ast.SelectorExpr, x *ast.Ident) {
	if _, _, ok := namesOf(w.importedPath(x), s.Sel.Name); ok {
		if w.looks == nil {
			w.looks = map[mention]int{}
		}
		w.looks[mention{x.Name, s.Sel.Name}]++
	}
}

// namedIn notes the names in a call of a function of byName.
func (w *walker) namedIn(c *ast.CallExpr) {
	s, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	x, ok := s.X.(*ast.Ident)
	if !ok || scope.Of(x) != nil {
		return
	}
	first, last, ok := namesOf(w.importedPath(x), s.Sel.Name)
	if !ok || len(c.Args) <= first || c.Ellipsis.IsValid() {
		return
	}
	var names []string
	for _, arg := range c.Args[first:min(last+1, len(c.Args))] {
		name, ok := w.constant(arg)
		if !ok || name == "" || !isFixed(arg) {
			return
		}
		names = append(names, name)
	}
	fn := mention{x.Name, s.Sel.Name}
	for _, name := range names {
		w.addNamed(namedFact{fn, name})
	}
	if w.looks == nil {
		w.looks = map[mention]int{}
	}
	w.looks[fn]--
}

// isFixed reports whether an expression that constant has a value for is one
// whatever runs before: it mentions no variable.
func isFixed(e ast.Expr) bool {
	fixed := true
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && scope.Of(id) != nil && scope.Of(id).Kind != scope.Const {
			fixed = false
		}
		return fixed
	})
	return fixed
}

func (w *walker) addNamed(f namedFact) {
	if list := w.f.rare().named; !slices.Contains(list, f) {
		w.f.more().named = append(list, f)
	}
}

// unnamed notes which functions of byName are used with other names as well.
func (w *walker) unnamed() {
	for fn, n := range w.looks {
		if n > 0 {
			w.addNamed(namedFact{fn: fn})
		}
	}
	if w.looks != nil {
		list := w.f.more().named
		sort.Slice(list, func(i, j int) bool { // SortFunc weighs 15 kB for each type
			a, b := &list[i], &list[j]
			return cmp.Or(strings.Compare(a.fn.x, b.fn.x), strings.Compare(a.fn.sel, b.fn.sel), strings.Compare(a.name, b.name)) < 0
		})
	}
}

// isCallForFile recognises _, file, _, ok := runtime.Caller(0).
func (w *walker) isCallForFile(s *ast.AssignStmt) bool {
	if len(s.Lhs) != 4 || len(s.Rhs) != 1 {
		return false
	}
	call, ok := s.Rhs[0].(*ast.CallExpr)
	if !ok {
		return false
	}
	blank := func(e ast.Expr) bool { id, ok := e.(*ast.Ident); return ok && id.Name == "_" }
	path, name := w.qualified(call.Fun)
	return path == "runtime" && name == "Caller" && blank(s.Lhs[0]) && blank(s.Lhs[2])
}

// timeMethods return times, whatever they are methods of; FormatFileInfo prints
// one. Facts take them for names of io/fs.
var timeMethods = wordSet{text: `ModTime Deadline Local FormatFileInfo`}

// isTimeMethod reports whether methods of a name return times.
func isTimeMethod(name string) bool { return timeMethods.has(name) }

// isWorldMethod reports whether facts note a method of a name, whatever it is a
// method of.
func isWorldMethod(name string) bool {
	return timeMethods.has(name) || linkMethods.has(name) || name == "Environ" || name == "Chdir" || name == "Sys" || name == "Setenv" || isReadingMethod(name)
}

// linkMethods return where a symbolic link leads (of os.Root, and of what
// io/fs.ReadLink is handed), which go test does not log.
var linkMethods = wordSet{text: "ReadLink Readlink"}

// isReadingMethod reports whether methods of a name read files, whatever they
// are methods of: facts take them for names of io/fs.
func isReadingMethod(name string) bool { return name == "ParseFiles" || name == "ParseGlob" }
