package source

import "slices"

// State that packages of the standard library keep, which tests may set: fn's
// closure does not hold it, and its key does not tell it.

// A stdSetter says who sets state of a package, and who uses it.
type stdSetter struct {
	name string   // what is set: the variable, if it is one
	sets []string // functions that set it
	uses []string // names of the package that use it, beside its own
}

var stdSetters = map[string][]stdSetter{
	"archive/zip": {{"RegisterCompressor", []string{"RegisterCompressor"}, []string{"NewWriter"}}, {"RegisterDecompressor", []string{"RegisterDecompressor"}, []string{"NewReader", "OpenReader"}}},
	"flag":        {{"CommandLine", []string{"Set"}, []string{"*"}}},
	"image":       {{"RegisterFormat", []string{"RegisterFormat"}, []string{"Decode", "DecodeConfig"}}},
	"log":         {{"Default", []string{"SetPrefix", "SetFlags", "SetOutput"}, []string{"Prefix", "Flags", "Writer", "Default"}}},
	"log/slog":    {{"Default", []string{"SetDefault"}, []string{"Default"}}},
	"math/rand":   {{"Seed", []string{"Seed"}, unsteady["math/rand"]}},
	"mime":        {{"AddExtensionType", []string{"AddExtensionType"}, []string{"TypeByExtension", "ExtensionsByType"}}},
	"net/http": {
		{"DefaultServeMux", []string{"Handle", "HandleFunc"}, []string{"ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS"}},
		{"DefaultTransport", nil, []string{"Get", "Post", "PostForm", "Head", "DefaultClient", "Client"}},
		{"DefaultClient", nil, []string{"Get", "Post", "PostForm", "Head"}},
	},
	"os":   {{"Args", nil, nil}, {"Stdin", nil, nil}},
	"time": {{"Local", nil, []string{"Unix", "UnixMilli", "UnixMicro"}}},
}

// outputs are variables of package os that tests replace to see what is
// printed, and that nothing is read from.
var outputs = words("Stdout Stderr")

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
			for _, set := range stdSetters[x.path] {
				if slices.Contains(set.sets, x.name) {
					s.addStdUse(n, used, set, x)
				}
			}
		}
		for _, w := range n.fact.does().writes {
			path := n.file.names[w.x]
			if w.op != opSet || w.far || path == "" || s.g.packages[path] != nil || inLiteral(s.literals, n, w.line) {
				continue
			}
			x := extRef{path, w.sel, w.line}
			at := slices.IndexFunc(stdSetters[path], func(set stdSetter) bool { return set.name == w.sel })
			if at >= 0 {
				s.addStdUse(n, used, stdSetters[path][at], x)
			} else if !(path == "os" && outputs[w.sel]) {
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
var keepers = words("crypto/tls crypto/x509 mime net/http os/user")

// keepsReads reports whether a mention of something outside may use what it has
// read for somebody else before.
func (g *graph) keepsReads(x extRef) bool {
	return keepers[x.path] && !isPure(x) || g.readsAbroad(x) != ""
}
