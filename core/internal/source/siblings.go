package source

//lint:file-ignore SA1019 see resolve.go

import (
	"go/ast"
	"path/filepath"
	"slices"
)

// siblings returns the facts of the files beside this one, or nil where it
// lies nowhere.
func (r *resolver) siblings() []*fileFacts {
	if r.beside != nil || !filepath.IsAbs(r.path) {
		return r.beside
	}
	r.beside = []*fileFacts{}
	cache := r.cache
	if r.pkg == "" || cache == nil {
		cache = noCache{}
	}
	pk, err := loadPack(r.pkg, filepath.Dir(r.path), cache, wants{})
	if err != nil {
		return nil
	}
	for _, f := range pk.files {
		if f.facts != nil && f.facts.pkg == r.file.Name.Name {
			r.beside = append(r.beside, f.facts)
		}
	}
	return r.beside
}

// isConstant reports whether an identifier that this file does not declare is
// a constant or function of its package: all declarations of the name are.
func (r *resolver) isConstant(name string) bool {
	found := false
	for _, d := range r.declarations(name) {
		if d.kind != kindConst && d.kind != kindFunc {
			return false
		}
		found = true
	}
	return found
}

// plainNamed reports whether a type of this package surely holds no code: no
// interface or function is in it, nor in the types that it names.
func (r *resolver) plainNamed(name string, depth int) bool {
	if basicTypes.has(name) {
		return true
	}
	found := false
	for _, d := range r.declarations(name) {
		if d.kind == kindConst { // the length of an array
			return true
		}
		if d.kind != kindType || d.flags&declCode != 0 || depth > 8 || slices.ContainsFunc(d.quals, func(q qual) bool { return q.x != "time" }) {
			return false
		}
		for _, ref := range d.refs {
			if ref != name && !r.plainNamed(ref, depth+1) {
				return false
			}
		}
		found = true
	}
	return found
}

// neverChanged reports whether no file of the package does anything to a
// package variable of this file but read it. Other packages cannot, if it is
// not exported.
func (r *resolver) neverChanged(obj *ast.Object) bool {
	if ast.IsExported(obj.Name) || r.reassigned(obj) || r.siblings() == nil {
		return false
	}
	for _, f := range r.siblings() {
		for _, d := range f.decls {
			if slices.ContainsFunc(d.does().writes, func(w write) bool {
				return (w.x == "" && w.sel == obj.Name || w.x == obj.Name) && !r.onlyLooks(w)
			}) {
				return false
			}
		}
	}
	return true
}

// onlyLooks reports whether what is done to a part of a variable surely leaves
// it alone: a method that asks, or a function of the package that does not keep
// what it is handed.
func (r *resolver) onlyLooks(w write) bool {
	if w.op == opCall {
		return w.far && leavesAlone(w.method) || !ast.IsExported(w.method) && !r.anyMethod(w.method) // a field
	}
	if w.op != opAlias || w.callee.x != "" || w.callee.sel == "" {
		return false
	}
	found := false
	for _, d := range r.declarations(w.callee.sel) {
		if d.kind != kindFunc || d.flags&declNoBody != 0 || d.does().keeps&(1<<min(w.arg, 63)) != 0 {
			return false
		}
		found = true
	}
	return found
}

// anyMethod reports whether some type of the package has a method of that name.
func (r *resolver) anyMethod(name string) bool {
	return slices.ContainsFunc(r.siblings(), func(f *fileFacts) bool {
		return slices.ContainsFunc(f.decls, func(d declFact) bool { return d.kind == kindMethod && d.name == name })
	})
}

// A declBeside is a declaration of the package, and the file that it is in.
type declBeside struct {
	*declFact
	file string
}

// declarations returns those of a name, methods apart, in the files beside this
// one and in itself.
func (r *resolver) declarations(name string) []declBeside {
	if r.declared == nil {
		r.declared = map[string][]declBeside{}
		for _, f := range r.siblings() {
			for i := range f.decls {
				d := &f.decls[i]
				if d.kind == kindMethod {
					continue
				}
				for j := range d.count() {
					name := d.nameAt(j).name
					r.declared[name] = append(r.declared[name], declBeside{d, f.name})
				}
			}
		}
	}
	return r.declared[name]
}

// declares reports whether the package has a declaration of a name.
func (r *resolver) declares(name string) bool {
	return r.file.Scope != nil && r.file.Scope.Lookup(name) != nil || len(r.declarations(name)) > 0
}

// builtin reports whether a name that is not declared around its mention is
// what the language says, and no declaration of the package's.
func (r *resolver) builtin(name string) bool { return !r.declares(name) }

// lookup returns what a name of the package stands for and the file that
// declares it, if there is one such declaration.
func (r *resolver) lookup(name string) (*ast.Object, *resolver) {
	if r.file.Scope != nil {
		if obj := r.file.Scope.Lookup(name); obj != nil {
			return obj, r
		}
	}
	decls := r.declarations(name)
	if len(decls) != 1 {
		return nil, nil
	}
	in := r.sibling(decls[0].file)
	if in == nil || in.file.Scope == nil {
		return nil, nil
	}
	return in.file.Scope.Lookup(name), in
}

// sibling parses another file of the package.
func (r *resolver) sibling(name string) *resolver {
	if in, ok := r.opened[name]; ok {
		return in
	}
	if r.opened == nil {
		r.opened = map[string]*resolver{}
	}
	var in *resolver
	if p, err := parseFile(filepath.Join(filepath.Dir(r.path), name)); err == nil {
		in = newResolver(p)
		in.beside, in.declared, in.opened = r.beside, r.declared, r.opened
	}
	r.opened[name] = in
	return in
}

// A methodKind is what is known of a method of this package.
type methodKind struct{ found, pointer, alters bool }

// method tells of a method of one of this package's types; of several
// declarations of it, for other systems, the worst.
func (r *resolver) method(typ, name string) (m methodKind) {
	for _, f := range r.siblings() {
		for _, d := range f.decls {
			if d.kind == kindMethod && d.does().recv == typ && d.name == name {
				m.found, m.pointer, m.alters = true, m.pointer || d.flags&declPointer != 0, m.alters || d.flags&declAlters != 0
			}
		}
	}
	if m.found {
		return m
	}
	for _, d := range r.file.Decls { // a file that lies nowhere
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && len(fn.Recv.List) == 1 && fn.Name.Name == name && baseName(fn.Recv.List[0].Type) == typ {
			_, pointer := ast.Unparen(fn.Recv.List[0].Type).(*ast.StarExpr)
			return methodKind{true, pointer, pointer}
		}
	}
	return m
}
