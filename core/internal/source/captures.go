package source

//lint:file-ignore SA1019 see resolve.go

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A Capture is a value that fn uses and that its source does not determine.
type Capture struct {
	Name    string // as a user would write it: n, tc.name, t.Name()
	File    string // base name
	Line    int
	Covered bool // the key, a With, Call's argument or IgnoreCapture tells it
	Code    bool // its static type may hold code: an interface or a function, or it cannot be told
	Type    bool // it is a type parameter
	Func    bool // it is visibly a function, which no value of With can tell
}

func (c Capture) String() string { return fmt.Sprintf("%s (%s:%d)", c.Name, c.File, c.Line) }

// Captured is what Captures found.
type Captured struct {
	Values []Capture // in the order of the source

	// Undecided says why it cannot be known what fn captures, "" where it is:
	// Values may then lack some.
	Undecided string

	// Determined are the places of fn's file, as byte ranges, of statements
	// around the literal that give the values it captures: constants, tables,
	// variables set from literals. They are part of fn's code.
	Determined [][2]int

	// Several says that more than one function begins in fn's line: then its
	// source does not tell it from the others.
	Several bool

	// TypeArgs says that fn has type arguments, which its result mentions: the
	// methods of those types are part of its code.
	TypeArgs bool

	// Sets are variables that fn only sets, and that are read after the call:
	// a hit leaves them as they were.
	Sets []Capture

	relied []telling // what only the text of the key tells: see Ambiguous

	// Enclosing says that fn captures something that is neither a testing
	// handle nor determined: the declaration around it is part of its code.
	Enclosing bool
}

// Uncovered returns the values that nothing tells, but for those whose name,
// or a value they are a field of, is among the ignored names.
func (c Captured) Uncovered(ignored ...string) []Capture {
	var list []Capture
	for _, v := range c.Values {
		if !v.Covered && !slices.ContainsFunc(ignored, func(name string) bool { return inSelection(v.Name, name) }) {
			list = append(list, v)
		}
	}
	return list
}

// inSelection reports whether name is whole or a field of it.
func inSelection(name, whole string) bool {
	return name == whole || strings.HasPrefix(name, whole+".")
}

// Captures lists what fn uses of the values around it, given the place of the
// call that it was handed to and the name of the function called there ("Memo",
// "Call", "Dir", "File"). It parses fn's file and the file of the call; the facts of those beside them
// come from the cache.
func Captures(fn Func, call Site, callee string, cache Cache) Captured {
	return Running().captures(fn, call, callee, cache)
}

func (b *Build) captures(fn Func, call Site, callee string, cache Cache) Captured {
	site, why := b.resolveFile(call.File, cache)
	if why != "" {
		return Captured{Undecided: why}
	}
	if fn.MethodValue {
		return methodValue(fn, site, call, callee)
	}
	if fn.Wrapper {
		return Captured{Undecided: fmt.Sprintf("fn is %s, which the compiler made and which has no source", fn.Symbol)}
	}
	code := site
	if fn.File != call.File {
		if code, why = b.resolveFile(fn.File, cache); why != "" {
			return Captured{Undecided: why}
		}
	}
	return capturesAt(code, fn, site, call.Line, callee)
}

// resolveFile reads a compiled file, or says why that cannot be done.
func (b *Build) resolveFile(file string, cache Cache) (*resolver, string) {
	path, err := b.OnDisk(file)
	if err != nil {
		return nil, err.Error()
	}
	p, err := parseFile(path)
	if err == nil {
		err = b.CheckFresh(path) // after the reading: a change before it shows in the times
	}
	if err != nil {
		return nil, err.Error()
	}
	if p.moved() {
		return nil, fmt.Sprintf("%s has //line directives", filepath.Base(path))
	}
	r := newResolver(p)
	r.cache = cache
	if mods, err := b.mods(); err == nil {
		r.pkg = mods.importPath(filepath.Dir(path))
	}
	return r, ""
}

// capturesAt is Captures on files that are read.
func capturesAt(code *resolver, fn Func, site *resolver, line int, callee string) Captured {
	lits, decls := candidates(code, fn)
	if len(lits)+len(decls) == 0 {
		return Captured{Undecided: fmt.Sprintf("no function begins at %s:%d", filepath.Base(code.path), fn.Line)}
	}
	several := len(lits)+len(decls) > 1
	c := &checker{resolver: code, lits: lits, cover: coverageAt(site, line, callee, lits)}
	c.cover.tables(c)
	for _, lit := range lits {
		c.fns = append(c.fns, lit.Type)
	}
	for i := 0; i < len(c.lits); i++ { // determined adds literals that fn's variables hold
		c.scan(c.lits[i])
	}
	for _, d := range decls {
		c.typeArguments(d)
	}
	found := c.result()
	found.Several, found.relied = several, c.cover.relied
	return found
}

// candidates returns the functions that fn may be: those of its line, and of a
// literal and the one function around it the one that fn's name speaks of.
func candidates(r *resolver, fn Func) ([]*ast.FuncLit, []*ast.FuncDecl) {
	lits, decls := functionsAt(r, fn.Line)
	if len(decls) != 1 || len(lits) == 0 || fn.Symbol == "" || numbered().MatchString("."+decls[0].Name.Name) {
		return lits, decls
	}
	if numbered().MatchString(fn.Symbol) {
		return lits, nil
	}
	return nil, decls
}

// numbered matches what the compiler calls a literal: TestX.func1, and
// TestX.func1.2 for one inside it.
var numbered = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\.func\d+(\.\d+)*(-range\d+)?$`) })

// functionsAt returns the functions whose func keyword stands in a line.
func functionsAt(r *resolver, line int) (lits []*ast.FuncLit, decls []*ast.FuncDecl) {
	ast.Inspect(r.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			if r.line(n.Type.Func) == line {
				lits = append(lits, n)
			}
		case *ast.FuncDecl:
			if r.line(n.Type.Func) == line {
				decls = append(decls, n)
			}
		}
		return true
	})
	if len(lits) > 0 {
		// Which of them it is cannot be told: all of them, but the ones inside
		// others come with those.
		lits = slices.DeleteFunc(lits, func(l *ast.FuncLit) bool {
			return slices.ContainsFunc(lits, func(o *ast.FuncLit) bool { return o != l && within(l.Pos(), o) && r.line(l.Pos()) == r.line(o.Pos()) })
		})
	}
	return lits, decls
}

// methodValue answers for x.M: the receiver is a captured value. Of several that
// it may be, all must be told.
func methodValue(fn Func, site *resolver, call Site, callee string) Captured {
	method := strings.TrimSuffix(fn.Symbol, "-fm")
	out := Captured{Enclosing: true}
	for _, e := range callsAt(site, call.Line, callee) {
		c := &checker{resolver: site, cover: coverageOf(site, e, callee)}
		for _, arg := range e.Args {
			sel, ok := ast.Unparen(arg).(*ast.SelectorExpr)
			if !ok || !strings.HasSuffix(method, "."+sel.Sel.Name) {
				continue
			}
			// The running test is part of the code, so a receiver that its source
			// determines is told.
			x, isRef := site.refOf(sel.X)
			covered := isRef && c.cover.covers(x) || c.determine(sel.X) != unknown
			name := string(site.src[site.offset(sel.X.Pos()):site.offset(sel.X.End())])
			out.Values = append(out.Values, Capture{Name: name, File: filepath.Base(site.path), Line: site.line(sel.Pos()), Covered: covered, Code: true})
		}
		out.relied = append(out.relied, c.cover.relied...)
	}
	if out.Values == nil {
		name := "the receiver of " + method[strings.LastIndexByte(method, '/')+1:]
		out.Values = []Capture{{Name: name, File: filepath.Base(site.path), Line: call.Line, Code: true}}
	}
	return out
}
