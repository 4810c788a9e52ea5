package source

import (
	"slices"
	"strings"
)

// State that packages of the standard library keep, which tests may set: fn's
// closure does not hold it, and its key does not tell it.

// stdSetters are what is set, by package; who sets it, who uses it beside its
// own name: the variable, if it is one.
var stdSetters = nameTable{text: `
	archive/zip RegisterCompressor;RegisterCompressor;NewWriter RegisterDecompressor;RegisterDecompressor;NewReader,OpenReader
	flag CommandLine;Set;*
	image RegisterFormat;RegisterFormat;Decode,DecodeConfig
	log Default;SetPrefix,SetFlags,SetOutput;Prefix,Flags,Writer,Default
	log/slog Default;SetDefault;Default
	math/rand Seed;Seed;Int,Intn,Int31,Int31n,Int63,Int63n,Float64,Float32,Perm,Shuffle,Uint32,Uint64,Read,NormFloat64,ExpFloat64
	mime AddExtensionType;AddExtensionType;TypeByExtension,ExtensionsByType
	net/http DefaultServeMux;Handle,HandleFunc;ListenAndServe,ListenAndServeTLS,Serve,ServeTLS DefaultTransport;;Get,Post,PostForm,Head,DefaultClient,Client
	net/http DefaultClient;;Get,Post,PostForm,Head
	os Args;; Stdin;;
	time Local;;Unix,UnixMilli,UnixMicro
`}

// A stdSetter says who sets state of a package, and who uses it.
type stdSetter struct {
	name string
	sets []string // functions that set it
	uses []string // names of the package that use it
}

// stdSettersOf returns those of a package.
func stdSettersOf(path string) (list []stdSetter) {
	names := func(list string) []string { return strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) }
	for _, entry := range stdSetters.of(path) {
		parts := strings.Split(entry, ";")
		list = append(list, stdSetter{parts[0], names(parts[1]), names(parts[2])})
	}
	return list
}

// outputs are variables of package os that tests replace to see what is
// printed, and that nothing is read from.
var outputs = wordSet{text: "Stdout Stderr"}

// addStdState notes what code that fn cannot reach sets in packages of the
// standard library, where fn uses it.
func (s *stateOfReach) addStdState() {
	used := map[string]map[string]*node{}
	for _, n := range s.r.order {
		for _, x := range n.ext {
			if used[x.path] == nil {
				used[x.path] = map[string]*node{}
			}
			used[x.path][x.name] = n
		}
	}
	for _, n := range s.executed.order {
		if s.r.has(n) || n.fact.flags&declUnit != 0 || n.fact.kind == kindVar {
			continue
		}
		for _, x := range n.ext {
			for _, set := range stdSettersOf(x.path) {
				if slices.Contains(set.sets, x.name) {
					s.addStdUse(n, used, set, x)
				}
			}
		}
		for _, w := range n.fact.does().writes {
			if w.op != opSet || w.far || w.x == "" {
				continue
			}
			path := n.file.names[w.x]
			if path == "" || s.g.packages[path] != nil || inLiteral(s.literals, n, w.line) {
				continue
			}
			x := extRef{path, w.sel, w.line}
			setters := stdSettersOf(path)
			if at := slices.IndexFunc(setters, func(set stdSetter) bool { return set.name == w.sel }); at >= 0 {
				s.addStdUse(n, used, setters[at], x)
			} else if !(path == "os" && outputs.has(w.sel)) {
				s.addStdUse(n, used, stdSetter{name: w.sel}, x)
			}
		}
	}
}

// addStdUse notes that n sets something, if it is used.
func (s *stateOfReach) addStdUse(n *node, used map[string]map[string]*node, set stdSetter, x extRef) {
	for name, by := range used[x.path] {
		if name != set.name && !slices.Contains(set.uses, name) && !slices.Contains(set.uses, "*") {
			continue
		}
		what := x.path + "." + set.name
		if x.path == "flag" {
			if by.fact.kind != kindVar {
				continue // what it defines, or asks of the arguments
			}
			what = by.name()
		}
		s.State = true
		s.Written = append(s.Written, Use{What: what, By: n.name(), File: s.relative(n.file.path), Line: x.line})
	}
}

// keepers are packages of the standard library that read the world when they
// are first asked, and keep it.
var keepers = wordSet{text: "crypto/tls crypto/x509 mime net/http os/user"}

// keepsReads reports whether a mention of something outside may use what it has
// read for somebody else before.
func (g *graph) keepsReads(x extRef) bool {
	return keepers.has(x.path) && !isPure(x) || len(g.readsOutside(x)) > 0
}
