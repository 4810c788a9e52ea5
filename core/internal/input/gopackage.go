package input

import (
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/gomod"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// goSources are the files that go build looks at in a package's directory (go/build,
// Package), but for those that it passes over.
const goSources = "*.{go,c,cc,cpp,cxx,m,h,hh,hpp,hxx,f,F,for,f90,s,S,sx,swig,swigcxx,syso}"

var noGoSources = []string{"_*", ".*", "*_test.go"}

// ModuleAt tells which version of a module a go.mod asks for. Its name is the
// module's path, a space and the name of the go.mod, which is an input itself:
// this one is there to explain.
func (w *World) ModuleAt(name string) Input {
	in := Input{Kind: Module, Flags: Declared, Name: name}
	path, file, _ := strings.Cut(name, " ")
	data, err := unlogged.ReadFile(w.Path(file))
	if err != nil {
		return in
	}
	f, err := gomod.Parse(data)
	if err != nil {
		return in
	}
	for _, r := range f.Require {
		if r.Path == path {
			in.Detail = r.Version.Version
		}
	}
	for _, r := range f.Replace {
		if r.Old.Path == path && (r.Old.Version == "" || r.Old.Version == in.Detail) {
			in.Detail = strings.TrimSpace(in.Detail + " => " + r.New.Path + " " + r.New.Version)
		}
	}
	in.Digest = w.Algorithm.DigestOf(in.Detail)
	return in
}

func moduleReason(old, new *Input) []Reason {
	path, _, _ := strings.Cut(new.Name, " ")
	return []Reason{{Code: "module.changed", Subject: path, Old: old.Detail, New: new.Detail,
		Text: "module " + path + " " + orNone(old.Detail) + " -> " + orNone(new.Detail)}}
}
