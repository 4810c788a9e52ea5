package std

import (
	"go/types"
	"maps"
	"slices"
	"strings"
)

// subjects are the packages of which the table says something by name: those
// that package variables and initialization commonly meet.
var subjects = strings.Fields(`bufio bytes cmp compress/flate compress/gzip container/heap container/list container/ring context
	crypto/hmac crypto/md5 crypto/rand crypto/sha1 crypto/sha256 crypto/sha512 crypto/subtle
	embed encoding/base32 encoding/base64 encoding/binary encoding/csv encoding/hex encoding/json encoding/pem encoding/xml
	errors flag fmt go/ast go/format go/parser go/token hash/adler32 hash/crc32 hash/crc64 hash/fnv hash/maphash
	html html/template io io/fs iter log log/slog maps math math/big math/bits math/cmplx math/rand math/rand/v2 mime net/netip net/textproto net/url
	os os/exec path path/filepath reflect regexp regexp/syntax slices sort strconv strings sync sync/atomic
	testing/fstest text/tabwriter text/template text/template/parse time unicode unicode/utf16 unicode/utf8 unique`)

// worldly are more packages of which the table says by name what they read and
// which state they use. Of all others it says what all of their names do.
var worldly = strings.Fields(`database/sql encoding/gob expvar image image/color image/png log/syslog net net/http net/http/httptest
	os/signal os/user plugin runtime runtime/debug syscall testing`)

// level is the one whose findings the table holds. The one below must have
// found the same, for each level takes for fixed what the one below has found.
const level = 3

// derive writes the part of the table about a package.
//
// Where a package is another on other systems, others are their libraries: a
// function is left out that is not the same there, and reads what it reads on
// any.
func (l *library) derive(g *graph, path string, others ...*graph) (string, error) {
	p, err := l.Import(path)
	if err != nil {
		return "", err
	}
	lines := map[string][]string{}
	add := func(key, name string) {
		if key != "" {
			lines[key] = append(lines[key], name)
		}
	}
	all, letters, named := slices.Contains(subjects, path), "", 0
	used := map[string][]string{} // states, by the names that are no methods
	each := func(obj types.Object, name string) {
		if fn, ok := obj.(*types.Func); ok && all {
			what := l.describe(fn)
			if !slices.ContainsFunc(others, func(o *graph) bool { return o.l.describeName(path, name) != what }) {
				add(what, name)
			}
		}
		world, states := union(g.worldOf(obj)+g.readsOf(obj)), g.sortedStates(obj)
		for _, o := range others {
			world = union(world + o.worldOfName(path, name))
		}
		letters += world
		if world != "" {
			add("@"+world, name)
		}
		for _, state := range states {
			if state == "time.Local" && strings.Contains(world, "Z") {
				continue // see StateOf
			}
			add("#"+state, name)
		}
		if !strings.Contains(name, ".") {
			used[name] = states
		}
		named++
	}
	byName, oneState := all || slices.Contains(worldly, path), g.isOneState(p)
	scope := p.Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		if !obj.Exported() {
			continue
		}
		switch obj := obj.(type) {
		case *types.Func:
			if all {
				add(l.typeOf(obj), name)
			}
			each(obj, name)
		case *types.Var:
			// Functions that assign it are listed, if it is state.
			if !l.use0(obj).atInit && (l.candidate(obj) && l.immutableValue(level, obj) || g.stateOfVar(obj) != "" && l.immutableAtFirst(level, obj)) {
				add("v", name)
			}
			if all {
				add(l.typeOf(obj), name)
			}
			each(obj, name)
		case *types.Const:
			if path != "syscall" { // a number of an error writes its text with a call on Windows
				each(obj, name)
			}
			if byName && path != "syscall" { // which has 3,000 of them
				add("n", name)
			}
		case *types.TypeName:
			if byName && oneState {
				add("n", name)
			}
			if path != "syscall" {
				each(obj, name)
			}
			l.deriveType(obj, all, add, each)
		}
	}
	if path == "io/fs" {
		l.addMethods(g, add)
	}
	for name, world := range elsewhere(path, scope, others) {
		letters += world
		add("@"+world, name)
	}
	for _, state := range g.registers(p) {
		lines["+"+state+" *"] = nil
	}
	if !byName { // what reads by names is listed
		letters = strings.Map(func(c rune) rune {
			if isRead(c) {
				return -1
			}
			return c
		}, letters)
	}
	if letters != "" {
		lines["@"+union(letters)+" *"] = nil
	}
	var ofAll []string
	for key, names := range maps.Clone(lines) {
		if state, ok := strings.CutPrefix(key, "#"); ok && !strings.HasSuffix(state, "+") && (!byName || isMany(names, named)) {
			delete(lines, key)
			lines["#"+state+" *"] = nil // said of all of the package
			ofAll = append(ofAll, state)
		}
	}
	for name, states := range used { // but for names that use fewer
		uses := func(state string) bool { return slices.Contains(states, state) }
		if byName && slices.ContainsFunc(ofAll, func(state string) bool { return !uses(state) }) {
			add("-", name)
			for _, state := range ofAll {
				if uses(state) {
					add("#"+state, name)
				}
			}
		}
	}
	for _, state := range g.inertStates(p) {
		add("i", strings.TrimPrefix(state, path+"."))
	}
	if !byName {
		maps.DeleteFunc(lines, func(key string, names []string) bool {
			return names != nil && key[0] != '#' && key != "i" && !(key[0] == '@' && strings.ContainsFunc(key, isRead))
		})
		lines["? *"] = nil
	}
	return format(path, lines), nil
}

// typeOf writes the type of a variable, or of the first result of a function, where
// it is one of the same package of which a method only reads, but for what a
// sync.Once of its own fills; and that of a pure result that is a slice of a basic type.
func (l *library) typeOf(obj types.Object) string {
	t := obj.Type()
	if fn, ok := obj.(*types.Func); ok {
		if fn.Signature().Results().Len() == 0 {
			return ""
		}
		t = fn.Signature().Results().At(0).Type()
		if s, ok := t.(*types.Slice); ok && isBasic(s.Elem()) && l.pure(l.verdict(level, fn, false)) {
			return ":" + t.String()
		}
	}
	p, isPtr := types.Unalias(t).(*types.Pointer)
	if isPtr {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() != obj.Pkg() || n.TypeParams().Len() > 0 {
		return ""
	}
	reads := l.immutable(level, n)
	for m := range n.Methods() {
		reads = reads || m.Exported() && !types.IsInterface(n) && l.verdict(level, m, false).effect(0) <= Calls
	}
	if s, ok := n.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			reads = reads || f.Type().String() == "sync.Once" // it may fill itself
		}
	}
	if !reads {
		return ""
	}
	if isPtr {
		return ":*" + n.Obj().Name()
	}
	return ":" + n.Obj().Name()
}

func isBasic(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Kind() != types.UnsafePointer
}

// isMany reports whether so many names use some state that it is said of all of
// their package: it makes the table short.
func isMany(names []string, of int) bool {
	plain := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return strings.Contains(name, ".") })
	return len(plain) > 12 || len(names) > 12 && 3*len(names) > of
}

func isConst(obj types.Object) bool {
	_, ok := obj.(*types.Const)
	return ok
}

// elsewhere returns the functions that a package has on other systems alone, and
// what they read.
func elsewhere(path string, scope *types.Scope, others []*graph) map[string]string {
	found := map[string]string{}
	for _, o := range others {
		there, err := o.l.Import(path)
		if err != nil {
			continue
		}
		for _, name := range there.Scope().Names() {
			obj := there.Scope().Lookup(name)
			if _, isType := obj.(*types.TypeName); obj.Exported() && scope.Lookup(name) == nil && !isType && !isConst(obj) {
				if world := union(found[name] + o.worldOf(obj) + o.readsOf(obj)); world != "" {
					found[name] = world
				}
			}
		}
	}
	return found
}

// addMethods adds what the methods that go by their names alone read, and set.
func (l *library) addMethods(g *graph, add func(key, name string)) {
	said := map[string]bool{}
	each := func(key, name string) {
		if key != "@" && !said[key+name] {
			said[key+name] = true
			add(key, name)
		}
	}
	for _, fn := range l.methodsOfWorld() {
		each("@"+g.readsOf(fn), fn.Name())
		for state, sets := range g.statesOf(fn) {
			if sets {
				each("#"+state+"+", fn.Name())
			}
		}
	}
}

// methodsOfWorld returns the methods that go by their names alone.
func (l *library) methodsOfWorld() (list []*types.Func) {
	for _, path := range publicPackages(l.context.GOROOT) {
		p := l.packages[path]
		if p == nil {
			continue
		}
		for _, name := range p.Scope().Names() {
			n, ok := p.Scope().Lookup(name).Type().(*types.Named)
			if obj, isType := p.Scope().Lookup(name).(*types.TypeName); !ok || !isType || obj.IsAlias() || !obj.Exported() {
				continue
			}
			for i := range n.NumMethods() {
				if IsWorldMethod(n.Method(i).Name()) {
					list = append(list, n.Method(i))
				}
			}
		}
	}
	return list
}

func (l *library) use0(v *types.Var) *varUse {
	if u := l.uses[v]; u != nil {
		return u
	}
	return &varUse{}
}

func (l *library) deriveType(obj *types.TypeName, all bool, add func(key, name string), each func(types.Object, string)) {
	n, ok := obj.Type().(*types.Named)
	if !ok || obj.IsAlias() {
		return
	}
	if all && n.TypeParams().Len() == 0 {
		flags := ""
		if l.immutable(level, n) {
			flags += "T"
		}
		if l.immutablePointer(level, n, map[string]bool{}) {
			flags += "P"
		}
		add(flags, obj.Name())
	}
	for m := range n.Methods() {
		if m.Exported() {
			each(m, obj.Name()+"."+m.Name())
		}
	}
}

// describe returns the effects and flags of a function, none if there is
// nothing good to say.
func (l *library) describe(fn *types.Func) string {
	sig := fn.Type().(*types.Signature)
	if types.IsInterface(recvType(sig)) {
		return ""
	}
	d := l.verdict(level, fn, false)
	effects, good := "", false
	each := func(i int, v *types.Var) {
		e := d.effect(i)
		effects += effectLetters[e : e+1]
		good = good || e != Writes
	}
	if sig.Recv() != nil {
		each(0, sig.Recv())
	}
	for i, v := range seq(sig.Params()) {
		each(i+1, v)
	}
	flags := ""
	if l.pure(d) && sig.Results().Len() > 0 {
		flags += "!"
	}
	if l.immutableResult(level, fn) {
		flags += "="
	}
	if !good {
		effects = ""
	}
	return effects + flags
}

// describeName is describe of a function or method by name.
func (l *library) describeName(path, name string) string {
	fn, ok := l.find(path, name).(*types.Func)
	if !ok {
		return ""
	}
	return l.describe(fn)
}

// find returns what a package declares by a name, nil if it does not.
func (l *library) find(path, name string) types.Object {
	p, err := l.Import(path)
	if err != nil {
		return nil
	}
	typ, method, isMethod := strings.Cut(name, ".")
	obj := p.Scope().Lookup(typ)
	if isMethod && obj != nil {
		obj, _, _ = types.LookupFieldOrMethod(obj.Type(), true, p, method)
	}
	return obj
}

// worldOfName is worldOf by name.
func (g *graph) worldOfName(path, name string) string {
	obj := g.l.find(path, name)
	if obj == nil {
		return ""
	}
	return g.worldOf(obj) + g.readsOf(obj)
}

// union sorts letters and leaves out what stands twice.
func union(letters string) string {
	sorted := []rune(letters)
	slices.Sort(sorted)
	return string(slices.Compact(sorted))
}

func recvType(sig *types.Signature) types.Type {
	if sig.Recv() == nil {
		return types.Typ[types.Int]
	}
	return sig.Recv().Type()
}

// pure reports whether a run found nothing that a function depends on or
// changes, its arguments apart.
func (l *library) pure(d *verdict) bool {
	if d.failed != "" || d.literals || len(d.impure) > 0 || len(d.writes) > 0 {
		return false
	}
	for _, p := range d.params {
		if p.topWritten || p.deepWritten || p.kept {
			return false
		}
	}
	for v := range d.reads {
		if !l.fixed(level, v) {
			return false
		}
	}
	return true
}

// format writes the lines of a package, the methods of a type together. What a
// method reads and uses is said with the type: code mentions that, or what
// returns it.
func format(path string, lines map[string][]string) string {
	var b strings.Builder
	b.WriteString(path + "\n")
	for _, key := range slices.Sorted(maps.Keys(lines)) {
		if key[0] == '@' || key[0] == '#' {
			lines[key] = slices.DeleteFunc(lines[key], func(name string) bool { return strings.Contains(name, ".") })
			if len(lines[key]) == 0 && !strings.HasSuffix(key, " *") {
				continue
			}
		}
		b.WriteString(key)
		last := ""
		for _, name := range slices.Sorted(slices.Values(lines[key])) {
			typ, method, ok := strings.Cut(name, ".")
			if ok && typ == last {
				b.WriteString("," + method)
				continue
			}
			b.WriteString(" " + name)
			last = ""
			if ok {
				last = typ
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// system is the one that the table is derived for. What it says must hold on the
// others too.
const system = "linux/amd64"

// systems are those whose package syscall the table knows.
var systems = []string{system, "darwin/arm64", "freebsd/amd64", "windows/amd64"}
