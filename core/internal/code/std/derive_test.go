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

// An entry is what is derived of a package of one version of the library.
type entry struct {
	path     string
	last     string              // the last language version without it, if there is one
	foreign  bool                // this system has no files of it: it may do anything
	byName   bool                // the table says something by name
	oneState bool                // its variables are one state
	exists   map[string]bool     // the names that it has: T.M for a method, * for the package
	claims   map[claim]string    // what the table may say of names that is good
	worlds   map[string]string   // what names read, by name
	states   map[string][]string // the states that names use, by name; those that are not looked at lack
	more     map[string]bool     // lines about the package, or about names by which methods go
	letters  string              // what all names read
}

// A claim goes by its kind and a name. The kinds are those of the letters of the flags, d
// for effects with the flags beside them, and : for a type.
type claim struct {
	kind byte
	name string
}

// derive finds the part of the table about a package.
//
// Where a package is another on other systems, others are their libraries: a
// function is left out that is not the same there, and reads what it reads on
// any.
func (l *library) derive(g *graph, path string, others ...*graph) (*entry, error) {
	p, err := l.Import(path)
	if err != nil {
		return nil, err
	}
	all := slices.Contains(subjects, path)
	d := &entry{path: path, byName: all || slices.Contains(worldly, path), oneState: g.isOneState(p),
		exists: map[string]bool{"*": true}, claims: map[claim]string{}, worlds: map[string]string{}, states: map[string][]string{}, more: map[string]bool{}}
	each := func(obj types.Object, name string) {
		if fn, ok := obj.(*types.Func); ok && all {
			what := l.describe(fn)
			if !slices.ContainsFunc(others, func(o *graph) bool { return o.l.describeName(path, name) != what }) {
				d.note('d', name, what)
			}
		}
		d.states[name] = g.sortedStates(obj)
		d.worlds[name] = union(g.worldOf(obj) + g.readsOf(obj))
		for _, o := range others {
			d.worlds[name] = union(d.worlds[name] + o.worldOfName(path, name))
		}
		d.letters += d.worlds[name]
	}
	scope := p.Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		if !obj.Exported() {
			continue
		}
		d.exists[name] = true
		switch obj := obj.(type) {
		case *types.Func:
			if all {
				d.note(':', name, l.typeOf(obj))
			}
			each(obj, name)
		case *types.Var:
			// Functions that assign it are listed, if it is state.
			if !l.use0(obj).lost && (l.candidate(obj) && l.immutableValue(level, obj) || g.stateOfVar(obj) != "" && l.immutableAtFirst(level, obj)) {
				d.note('v', name, "v")
			}
			if all {
				d.note(':', name, l.typeOf(obj))
			}
			each(obj, name)
		case *types.Const:
			if path != "syscall" { // a number of an error writes its text with a call on Windows
				each(obj, name)
				d.note('n', name, "n")
			}
		case *types.TypeName:
			d.note('n', name, "type")
			if path != "syscall" {
				each(obj, name)
			}
			l.deriveType(obj, all, d, each)
			for m := range types.NewMethodSet(types.NewPointer(obj.Type())).Methods() { // those too that come by an alias, or are promoted
				d.exists[name+"."+m.Obj().Name()] = true
			}
		}
	}
	if path == "io/fs" {
		l.addMethods(g, d)
	}
	for name, world := range elsewhere(path, scope, others) {
		d.worlds[name] = world
		d.letters += world
	}
	for _, state := range g.registers(p) {
		d.more["+"+state+" *"] = true
	}
	for _, state := range g.inertStates(p) {
		d.note('i', strings.TrimPrefix(state, path+"."), "i")
	}
	return d, nil
}

// note adds a claim, if there is something good to say.
func (d *entry) note(kind byte, name, text string) {
	if text != "" {
		d.claims[claim{kind, name}] = text
	}
}

// join keeps of what is good what two versions of a package have in common, and of what is
// not all that either has. Of a name that one of them lacks it keeps what the other has.
func (d *entry) join(o *entry) {
	if d.foreign {
		return
	}
	d.byName, d.oneState, d.letters = d.byName && o.byName, d.oneState || o.oneState, d.letters+o.letters
	for c, text := range o.claims {
		if !d.exists[c.name] {
			d.claims[c] = text
		}
	}
	for c, text := range d.claims {
		if o.exists[c.name] {
			d.claims[c] = meetClaims(c.kind, text, o.claims[c])
		}
	}
	maps.Copy(d.exists, o.exists)
	maps.Copy(d.more, o.more)
	for name, world := range o.worlds {
		d.worlds[name] = union(d.worlds[name] + world)
	}
	for name, states := range o.states {
		d.states[name] = joinStates(d.states[name], states)
	}
}

// meetClaims returns what holds where either of two claims of a kind does.
func meetClaims(kind byte, a, b string) string {
	if kind == ':' || kind == 'n' {
		if a != b {
			return ""
		}
		return a
	}
	flags := func(s string) string { return strings.TrimLeft(s, effectLetters) }
	effects, good := "", false
	x, y := strings.TrimSuffix(a, flags(a)), strings.TrimSuffix(b, flags(b))
	for i := 0; len(x) == len(y) && i < len(x); i++ {
		e := max(strings.IndexByte(effectLetters, x[i]), strings.IndexByte(effectLetters, y[i]))
		effects += effectLetters[e : e+1]
		good = good || Effect(e) != Writes
	}
	if !good {
		effects = ""
	}
	return effects + strings.Map(func(c rune) rune {
		if strings.ContainsRune(flags(b), c) {
			return c
		}
		return -1
	}, flags(a))
}

// joinStates returns the states of two lists, sorted, each with the worse mark: + where it
// is set, ~ where nothing is told of it.
func joinStates(a, b []string) (list []string) {
	marks := map[string]string{}
	for _, state := range slices.Concat(a, b) {
		name := strings.TrimRight(state, "+~")
		mark := state[len(name):]
		if had, known := marks[name]; !known || had != "+" && mark != "~" {
			marks[name] = mark
		}
	}
	for _, name := range slices.Sorted(maps.Keys(marks)) {
		list = append(list, name+marks[name])
	}
	return list
}

// text writes the part as it stands in the table.
func (d *entry) text() string {
	head := d.path
	if d.last != "" {
		head += " >" + d.last
	}
	if d.foreign {
		return head + "\n+ *\n? *\n@" + ofOtherSystems + " *\n"
	}
	lines := map[string][]string{}
	add := func(key, name string) { lines[key] = append(lines[key], name) }
	for c, text := range d.claims {
		switch {
		case text == "": // two versions have nothing in common
		case c.kind != 'n':
			add(text, c.name)
		case d.byName && (text != "type" || d.oneState):
			add("n", c.name)
		}
	}
	for name, world := range d.worlds {
		if world != "" {
			add("@"+world, name)
		}
	}
	for name, states := range d.states {
		for _, state := range states {
			if state == "time.Local" && strings.Contains(d.worlds[name], "Z") {
				continue // see StateOf
			}
			add("#"+state, name)
		}
	}
	for line := range d.more {
		if key, name, _ := strings.Cut(line, " "); name == "*" {
			lines[line] = nil
		} else {
			add(key, name)
		}
	}
	letters := d.letters
	if !d.byName { // what reads by names is listed
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
		if state, ok := strings.CutPrefix(key, "#"); ok && !strings.HasSuffix(state, "+") && (!d.byName || isMany(names, len(d.states))) {
			delete(lines, key)
			lines["#"+state+" *"] = nil // said of all of the package
			ofAll = append(ofAll, state)
		}
	}
	for name, states := range d.states { // but for names that use fewer
		uses := func(state string) bool { return slices.Contains(states, state) }
		if d.byName && !strings.Contains(name, ".") && slices.ContainsFunc(ofAll, func(state string) bool { return !uses(state) }) {
			add("-", name)
			for _, state := range ofAll {
				if uses(state) {
					add("#"+state, name)
				}
			}
		}
	}
	if !d.byName {
		maps.DeleteFunc(lines, func(key string, names []string) bool {
			return names != nil && key[0] != '#' && key != "i" && !(key[0] == '@' && strings.ContainsFunc(key, isRead))
		})
		lines["? *"] = nil
	}
	return format(head, lines)
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
func (l *library) addMethods(g *graph, d *entry) {
	for _, fn := range l.methodsOfWorld() {
		if world := g.readsOf(fn); world != "" {
			d.more["@"+world+" "+fn.Name()] = true
		}
		for state, sets := range g.statesOf(fn) {
			if sets {
				d.more["#"+state+"+ "+fn.Name()] = true
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

func (l *library) deriveType(obj *types.TypeName, all bool, d *entry, each func(types.Object, string)) {
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
		d.note('T', obj.Name(), flags)
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
func format(head string, lines map[string][]string) string {
	var b strings.Builder
	b.WriteString(head + "\n")
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
