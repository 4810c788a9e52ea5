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
	pk, err := loadPack(filepath.Dir(r.path), noCache{}, wants{}, newCrew())
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
	for _, f := range r.siblings() {
		for _, d := range f.decls {
			if d.kind == kindMethod || !slices.ContainsFunc(d.names, func(n nameFact) bool { return n.name == name }) {
				continue
			}
			if d.kind != kindConst && d.kind != kindFunc {
				return false
			}
			found = true
		}
	}
	return found
}

// isStruct reports whether a name that this file does not declare is a struct
// type of its package.
func (r *resolver) isStruct(name string) bool {
	found := false
	for _, f := range r.siblings() {
		for _, d := range f.decls {
			if d.kind == kindMethod || !slices.ContainsFunc(d.names, func(n nameFact) bool { return n.name == name }) {
				continue
			}
			if d.kind != kindType || d.typ != "struct" {
				return false
			}
			found = true
		}
	}
	return found
}

// plainNamed reports whether a type of this package surely holds no code: no
// interface or function is in it, nor in the types that it names.
func (r *resolver) plainNamed(name string, depth int) bool {
	if basicTypes[name] {
		return true
	}
	found := false
	for _, f := range r.siblings() {
		for _, d := range f.decls {
			if d.kind == kindMethod || !slices.ContainsFunc(d.names, func(n nameFact) bool { return n.name == name }) {
				continue
			}
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
			if slices.ContainsFunc(d.writes, func(w write) bool {
				asks := w.far && w.op == opCall && leavesAlone(w.method)
				return !asks && (w.x == "" && w.sel == obj.Name || w.x == obj.Name)
			}) {
				return false
			}
		}
	}
	return true
}
