package facts

import (
	"cmp"
	"go/ast"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/scope"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// byName are functions of the standard library that look at something by its
// name: a variable, a file, a time zone. The names are the first argument, or
// those from a number to another.
var byName = std.Names{Text: `
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

// NamedArgsOf returns the numbers of the arguments that are names, and whether
// the function is one of byName.
func NamedArgsOf(path, name string) (first, last int, ok bool) {
	for _, entry := range byName.Of(path) {
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

// A NamedArg is a name that a function of byName is given. The name "" stands
// for one that the source does not tell.
type NamedArg struct {
	Func Mention
	Name string
}

// lookedUp notes a mention of a function of byName. A call whose names are
// constants takes it back: what is left are uses with other names.
func (w *walker) lookedUp(s *ast.SelectorExpr, x *ast.Ident) {
	if _, _, ok := NamedArgsOf(w.importedPath(x), s.Sel.Name); ok {
		if w.looks == nil {
			w.looks = map[Mention]int{}
		}
		w.looks[Mention{x.Name, s.Sel.Name}]++
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
	first, last, ok := NamedArgsOf(w.importedPath(x), s.Sel.Name)
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
	fn := Mention{x.Name, s.Sel.Name}
	for _, name := range names {
		w.addNamed(NamedArg{fn, name})
	}
	if w.looks == nil {
		w.looks = map[Mention]int{}
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

func (w *walker) addNamed(f NamedArg) {
	if list := w.f.Rare().NamedArgs; !slices.Contains(list, f) {
		w.f.more().NamedArgs = append(list, f)
	}
}

// unnamed notes which functions of byName are used with other names as well.
func (w *walker) unnamed() {
	for fn, n := range w.looks {
		if n > 0 {
			w.addNamed(NamedArg{Func: fn})
		}
	}
	if w.looks != nil {
		list := w.f.more().NamedArgs
		sort.Slice(list, func(i, j int) bool { // SortFunc weighs 15 kB for each type
			a, b := &list[i], &list[j]
			return cmp.Or(strings.Compare(a.Func.X, b.Func.X), strings.Compare(a.Func.Sel, b.Func.Sel), strings.Compare(a.Name, b.Name)) < 0
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
var timeMethods = std.Words{Text: `ModTime Deadline Local FormatFileInfo`}

// IsTimeMethod reports whether methods of a name return times.
func IsTimeMethod(name string) bool { return timeMethods.Has(name) }

// IsReadingMethod reports whether methods of a name read files, whatever they
// are methods of: facts take them for names of io/fs.
func IsReadingMethod(name string) bool { return name == "ParseFiles" || name == "ParseGlob" }
