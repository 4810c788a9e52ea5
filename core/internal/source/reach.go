package source

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// A reach is what can be reached from some declarations, each with the one
// that it was first reached through.
type reach struct {
	g     *graph
	order []*node // as found: nearest first
	from  []int32 // for each of order, the place of what it was first reached through, 0 for a root
	place []int32 // of a node in order, counted from 1, by its id
	next  int
	back  []bool // what leads to a live package variable, by id
	whole map[*pkg]bool
	flags bool // units that define flags count
}

func (g *graph) reachFrom(roots ...*node) *reach {
	r := &reach{g: g, place: make([]int32, g.ids.Load()), whole: map[*pkg]bool{}}
	for _, n := range roots {
		r.add(n, nil)
	}
	r.follow()
	return r
}

func (r *reach) add(n, via *node) {
	if r.has(n) {
		return
	}
	r.order = append(r.order, n)
	from := int32(0)
	if via != nil {
		from = r.place[via.id]
	}
	r.from = append(r.from, from)
	for int(n.id) >= len(r.place) { // a literal, made since
		r.place = append(r.place, 0)
	}
	r.place[n.id] = int32(len(r.order))
}

func (r *reach) has(n *node) bool {
	return int(n.id) < len(r.place) && r.place[n.id] > 0
}

// via returns what a node was first reached through, nil for a root.
func (r *reach) via(n *node) *node {
	if !r.has(n) || r.from[r.place[n.id]-1] == 0 {
		return nil
	}
	return r.order[r.from[r.place[n.id]-1]-1]
}

// literals returns the function literals that are reached.
func (r *reach) literals() (list []*node) {
	for _, n := range r.order {
		if n.literal {
			list = append(list, n)
		}
	}
	return list
}

// follow takes the edges of all that is new.
func (r *reach) follow() {
	for ; r.next < len(r.order); r.next++ {
		n := r.order[r.next]
		for _, to := range n.edges {
			r.add(to, n)
		}
		if p := n.pkg; p != nil && p.whole != "" && !r.whole[p] {
			r.whole[p] = true
			for _, m := range p.nodes {
				r.add(m, n)
			}
		}
	}
}

// addUnits adds the initialisation code that matters to what is reached, until
// there is no more of it: code that touches a live package variable, or that
// calls into packages which are not known to keep to themselves. All packages
// of the binary count, for a registry is filled by whoever imports it.
//
// Without eager, the latter are left out: what such code does to the world
// happens before any test, and only that which fills variables in reach can
// come back to fn.
func (r *reach) addUnits(eager bool) {
	r.g.prepareUnits()
	if eager {
		for _, u := range r.g.eager {
			r.add(u, nil)
		}
	}
	r.follow()
	if r.back == nil {
		r.back = make([]bool, r.g.ids.Load())
	}
	for done := 0; done < len(r.order); done++ {
		n := r.order[done]
		if n.fact == nil || n.fact.kind != kindVar {
			continue
		}
		r.walkBack(n)
		r.follow()
	}
	if eager && !r.flags && len(r.g.flagUnits) > 0 && slices.ContainsFunc(r.order, r.g.readsFlags) {
		r.flags = true
		for _, u := range r.g.flagUnits {
			r.add(u, nil)
		}
		r.addUnits(eager)
	}
}

// readsFlags reports whether a declaration looks at flags that it need not
// name: then all that define some count.
func (g *graph) readsFlags(n *node) bool {
	return slices.ContainsFunc(n.ext, func(x extRef) bool {
		return ambient.has(x) && (x.path == "os" || x.path == "flag" && !isPure(x)) ||
			slices.ContainsFunc(g.outside(x).asks, func(ask string) bool { return ask == "arguments" || ask == AsksArguments })
	})
}

// setsOutside reports whether a declaration assigns to a variable of another
// package than ours, such as time.Local or os.Args, or hands a pointer that is
// kept in one to code that may assign through it.
func (n *node) setsOutside(g *graph) bool {
	return slices.ContainsFunc(n.fact.does().accesses, func(a access) bool {
		if a.param != 0 {
			return false
		}
		name := a.sel
		paths := n.meanings(a.x)
		if a.x == "" || len(paths) == 0 {
			if name = cmp.Or(a.x, a.sel); !n.mayBeDotted(name) {
				return false
			}
			paths = n.file.dots
		}
		return slices.ContainsFunc(paths, func(path string) bool {
			switch {
			case a.kind >= accessFill:
				return g.packages[path] == nil
			case a.kind == accessRead || a.kind == accessArgument:
				x := extRef{path: path, name: name}
				return pointerVariables.has(x) && !std.IsPackage(n.file.names[a.callee.x]) || path == "os" && name == "Args" && a.path != stepElem
			}
			return false
		})
	})
}

// walkBack adds each unit that leads to a variable.
func (r *reach) walkBack(v *node) {
	stack := []*node{v}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if r.back[n.id] {
			continue
		}
		r.back[n.id] = true
		if n.fact.flags&declUnit != 0 {
			r.add(n, v)
		}
		stack = append(stack, r.g.leadingTo(n)...)
	}
}

// prepareUnits finds the units that count for any
// root, once for a graph.
func (g *graph) prepareUnits() {
	if g.prepared {
		return
	}
	g.prepared = true
	var impure, flags []*node
	for _, p := range g.order {
		for _, n := range p.nodes {
			if p.whole != "" || n.fact.flags&declAlways != 0 || n.setsOutside(g) || len(g.links[n].outside) > 0 || slices.ContainsFunc(n.ext, func(x extRef) bool { return !isPure(x) }) {
				impure = append(impure, n)
			}
			if slices.ContainsFunc(n.ext, func(x extRef) bool { return x.path == "flag" }) {
				flags = append(flags, n)
			}
		}
	}
	g.eager = g.unitsTo(impure)
	g.flagUnits = g.unitsTo(flags)
}

// unitsTo returns the units that lead to any of some declarations, in order.
func (g *graph) unitsTo(stack []*node) []*node {
	seen := make([]bool, g.ids.Load())
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !seen[n.id] {
			seen[n.id] = true
			stack = append(stack, g.leadingTo(n)...)
		}
	}
	var units []*node
	for _, p := range g.order {
		for _, n := range p.nodes {
			if n.fact.flags&declUnit != 0 && seen[n.id] {
				units = append(units, n)
			}
		}
	}
	return units
}

// purePackages of the standard library leave nothing behind that other code
// could see, whatever is called in them. Notably not: flag, os, net/http,
// image, encoding/gob, database/sql, expvar, log, mime, math/rand, testing.
var purePackages = wordSet{text: `archive/tar archive/zip bufio bytes cmp compress/bzip2 compress/flate compress/gzip compress/lzw compress/zlib
	container/heap container/list container/ring context crypto/aes crypto/cipher crypto/ecdsa crypto/ed25519 crypto/elliptic crypto/hmac
	crypto/md5 crypto/rand crypto/rsa crypto/sha1 crypto/sha256 crypto/sha512 crypto/subtle crypto/x509/pkix
	embed encoding encoding/asn1 encoding/base32 encoding/base64 encoding/binary encoding/csv encoding/hex encoding/json encoding/pem encoding/xml
	errors fmt go/ast go/constant go/format go/parser go/printer go/scanner go/token
	hash hash/adler32 hash/crc32 hash/crc64 hash/fnv hash/maphash html html/template io io/fs iter maps math math/big math/bits math/cmplx
	net/mail net/netip net/textproto net/url path path/filepath reflect regexp regexp/syntax slices sort strconv strings
	sync sync/atomic testing/fstest testing/iotest text/scanner text/tabwriter text/template text/template/parse time
	unicode unicode/utf16 unicode/utf8 unique unsafe`}

// pureNames are such names of packages that are not pure as a whole: types, and
// what only looks or only makes. Functions that package std knows as pure are
// not among them.
var pureNames = nameTable{text: `
	flag Bool BoolVar Duration DurationVar Float64 Float64Var Func Int IntVar Int64 Int64Var String StringVar Uint UintVar Uint64 Uint64Var TextVar Var NewFlagSet ContinueOnError ExitOnError
	os Args ErrExist ErrNotExist Exit Executable File FileInfo FileMode Getenv Getpid Getwd Hostname IsExist IsNotExist LookupEnv Lstat ModePerm O_CREATE O_RDONLY O_WRONLY Open PathError PathSeparator ReadDir ReadFile Readlink Signal Stat Stderr Stdin Stdout TempDir UserCacheDir UserConfigDir UserHomeDir
	log Logger LstdFlags Lshortfile Lmsgprefix Ldate Ltime Fatal Fatalf
	math/rand Rand Source
	runtime Caller GOARCH GOOS NumCPU Version Callers CallersFrames FuncForPC KeepAlive
	net/http Handler HandlerFunc Header Request Response ResponseWriter RoundTripper StatusText CanonicalHeaderKey
	testing T B F M TB Short Verbose
`}

// impureNames are such of packages that are pure otherwise: what registers, and
// variables that hold what anybody may change. A test holds the variables
// against the source of Go.
var impureNames = nameTable{text: `
	archive/zip RegisterCompressor RegisterDecompressor
	encoding/asn1 NullBytes NullRawValue
	encoding/xml HTMLAutoClose HTMLEntity
	hash/crc32 IEEETable
`}

// pointerVariables of pure packages lead to what can be changed by an assignment
// through the pointer alone.
var pointerVariables = nameTable{text: `
	encoding/base32 HexEncoding StdEncoding
	encoding/base64 RawStdEncoding RawURLEncoding StdEncoding URLEncoding
	time Local UTC
`}

// isUnicodeTable reports whether a name is a variable of package unicode: all of
// them are maps, or pointers to tables.
func isUnicodeTable(x extRef) bool { return x.path == "unicode" && !unicodeOthers.has(x.name) }

// unicodeOthers are the constants, functions and types of package unicode.
var unicodeOthers = wordSet{text: `MaxRune ReplacementChar MaxASCII MaxLatin1 UpperCase LowerCase TitleCase MaxCase UpperLower Version
	In Is IsControl IsDigit IsGraphic IsLetter IsLower IsMark IsNumber IsOneOf IsPrint IsPunct IsSpace IsSymbol IsTitle IsUpper SimpleFold To ToLower ToTitle ToUpper
	CaseRange Range16 Range32 RangeTable SpecialCase`}

// isPure reports whether a mention of something outside has no effect that fn
// could notice. What only defines a flag counts as pure here: readsFlags.
func isPure(x extRef) bool {
	return purePackages.has(x.path) && !impureNames.has(x) && !isUnicodeTable(x) || build.IsLibrary(x.path) || pureNames.has(x) || std.Pure(x.path, x.name) ||
		x.path == "net/http" && (strings.HasPrefix(x.name, "Status") || strings.HasPrefix(x.name, "Method"))
}

// path returns the declarations from the root to n, nearest to n last.
func (r *reach) path(n *node) []*node {
	var list []*node
	for ; n != nil && len(list) < 1000; n = r.via(n) {
		list = append(list, n)
	}
	slices.Reverse(list)
	return list
}
