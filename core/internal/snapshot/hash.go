package snapshot

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"unsafe"
)

// structural is the coder without user codecs: what a value is made of.
var structural = sync.OnceValue(func() *coder { return newCoder(nil) })

// Hash returns the canonical hash of v and of all it reaches. It is the same
// in every process for values that differ neither in type nor in any part:
// nil and empty, -0 and 0, the bits of NaN, unexported fields, zones and
// sharing count; capacity, padding, blank fields, monotonic readings and locks
// do not; that two slices overlap without being the same does not either. What is
// not data is refused with a [*RefusedError]. Pointers to
// registered globals count by name, pointers to other variables by content.
func Hash(v any) (Digest, error) {
	d, _, err := HashTypes(v)
	return d, err
}

// HashTypes is Hash, and names the declared types whose methods v brings with
// it, as NamedTypes does: that of v, those that interfaces in it hold, and what
// they are made of.
func HashTypes(v any) (d Digest, types []string, err error) {
	if v == nil {
		return sha256.Sum256([]byte("snapshot nil")), nil, nil
	}
	root := visit{structural().plan(reflect.TypeFor[any]()), unsafe.Pointer(&v), 1}
	h := newHasher(structural(), newSink(sha256.New()))
	h.dynamic = &typeNames{seen: map[reflect.Type]bool{}}
	if err := h.run(root); err != nil {
		again := newHasher(structural(), newSink(sha256.New()))
		again.traced = true
		return d, nil, again.run(root)
	}
	h.out.digest().Sum(d[:0])
	return d, h.dynamic.sorted(), nil
}

func newHasher(c *coder, out *sink) *hasher {
	return &hasher{coder: c, names: globalNames(), out: out}
}

// hasher writes a value breadth first: whatever a pointer leads to is given
// the next number when it is met and is written when its turn comes, so depth
// costs no stack and cycles end.
type hasher struct {
	coder    *coder
	names    map[identity]string
	met      *addrTable // what has a number
	types    map[reflect.Type]uint64
	out      *sink
	next     uint32   // the number of what is to be written next
	late     []uint32 // numbers of maps whose keys are told by what has a number
	keep     []any    // made on the way; addresses must stay theirs
	queue    []visit  // what is to be looked at, in a probe
	maps     map[*plan]*entries
	ranking  *orderer
	probe    *probe // not nil: a look at a part of a value, to put the entries of a map in order
	meter    *meter
	traced   bool       // keep the way, for messages
	places   []place    // if traced: where what has a number was met, from number 1
	storing  bool       // to find what cannot be stored, not to make a key
	compared bool       // to tell a difference: what is not data counts by its bits
	within   bool       // a type's own marshalling, if compared: what is not data counts by its nil-ness
	dynamic  *typeNames // of what interfaces hold, where they are asked for
}

// visit identifies n elements met behind a pointer or slice; no element at all
// is the map p.
type visit struct {
	plan *plan
	p    unsafe.Pointer
	n    int
}

// trail is the way to an item, kept for messages.
type trail struct {
	up    *trail
	step  func() string
	slice bool // elements have an index
}

// place is where something was met.
type place struct {
	w     where
	path  string
	slice bool
}

// run writes root and then what it leads to, in the order of the numbers.
func (h *hasher) run(root visit) error {
	if h.met == nil {
		h.met, h.next = newAddrTable(), 1
	}
	if h.next == h.met.n {
		if err := h.item(root, nil); err != nil {
			return err
		}
	}
	for ; ; h.next++ {
		id := h.next
		if id == h.met.n {
			if len(h.late) == 0 {
				return nil
			}
			id, h.late = h.late[0], h.late[1:]
			h.next--
		} else if m := h.met.at(id); m.n == 0 && !m.plan.ops[0].sortable() {
			h.late = append(h.late, id)
			continue
		}
		var parent *trail
		if h.traced {
			at := h.places[id-1]
			parent = &trail{at.w.up, at.w.step(at.path), at.slice}
		}
		m := h.met.at(id)
		if err := h.item(visit{m.plan, m.p, m.n}, parent); err != nil {
			return err
		}
	}
}

func (h *hasher) item(it visit, parent *trail) error {
	if err := h.meter.spend(it.plan, it.n+1); err != nil {
		return err
	}
	if it.n == 0 {
		return h.mapContent(it, parent)
	}
	if it.plan.flat && !h.traced {
		h.out.bytes(it.p, uintptr(it.n)*it.plan.size)
		return nil
	}
	w := where{parent, -1, ""}
	for i := range it.n {
		if parent != nil && parent.slice {
			w.index = i
		}
		if err := h.elem(it.plan, add(it.p, uintptr(i)*it.plan.size), w); err != nil {
			return err
		}
	}
	return nil
}

// where is a place for messages: element index of the item that up leads to,
// then path.
type where struct {
	up    *trail
	index int
	path  string
}

func (h *hasher) elem(pl *plan, p unsafe.Pointer, w where) error {
	for _, r := range pl.runs {
		h.out.bytes(add(p, r.off), r.end-r.off)
		if at, differs := h.out.difference(); differs {
			w.path += partAt(pl.t, r.off+at)
			return &RefusedError{Path: w.String()}
		}
	}
	for i := range pl.ops {
		o := &pl.ops[i]
		if err := h.op(o, p, w); err != nil {
			return err
		}
		if _, differs := h.out.difference(); differs {
			return h.refuse(o, w, "")
		}
	}
	return nil
}

func (h *hasher) op(o *op, base unsafe.Pointer, w where) error {
	p := add(base, o.off)
	switch o.kind {
	case opPtr:
		return h.pointer(loadPtr(p), o, w)
	case opString:
		h.out.string(loadString(p))
	case opSlice:
		return h.slice(loadSlice(p), o, w)
	case opMap:
		h.mapWord(loadPtr(p), o, w)
	case opIface:
		return h.iface(o, p, w)
	case opArray:
		return h.array(o, p, w)
	case opZero, opNever:
		return h.notData(o, p, w)
	case opTime:
		wall, ext := timeWords(p)
		h.out.word(wall)
		h.out.word(ext)
	case opCodec:
		return h.codec(o, p, w)
	case opSyncMap:
		h.syncMap(o, p, w)
	}
	return nil
}

// Tags in front of what may be nil or a global.
const (
	tagNil    = 0
	tagThere  = 1
	tagGlobal = 2
)

func (h *hasher) pointer(q unsafe.Pointer, o *op, w where) error {
	if q == nil {
		h.out.word(tagNil)
		return nil
	}
	if name, ok := h.names[identity{q, o.elem.t}]; ok {
		h.out.word(tagGlobal)
		h.out.string(name)
		return nil
	}
	if h.storing && isVariable(q, o.elem) {
		return h.refuse(o, w, staticReason(o.elem.t))
	}
	h.out.word(tagThere)
	h.follow(visit{o.elem, q, 1}, place{w, o.path, false})
	return nil
}

func (h *hasher) slice(s sliceHeader, o *op, w where) error {
	if s.data == nil || s.len == 0 && o.nilIsEmpty {
		h.out.word(tagNil)
		return nil
	}
	h.out.word(tagThere)
	if least, differs := h.out.length(s.len); differs && least > 0 {
		w.path += o.path + fmt.Sprintf("[%d]", least)
		return &RefusedError{Path: w.String()}
	}
	if s.len > 0 {
		h.follow(visit{o.elem, s.data, s.len}, place{w, o.path, true})
	}
	return nil
}

func (h *hasher) mapWord(m unsafe.Pointer, o *op, w where) {
	if m == nil {
		h.out.word(tagNil)
		return
	}
	if name, ok := h.names[identity{m, o.t}]; ok {
		h.out.word(tagGlobal)
		h.out.string(name)
		return
	}
	h.out.word(tagThere)
	h.follow(visit{o.self, m, 0}, place{w, o.path, false})
}

// follow writes the number of what it leads to, which is written in its turn.
// Things of no size have no address of their own, get no number, and hold
// nothing.
func (h *hasher) follow(it visit, at place) {
	if it.plan.size == 0 {
		return
	}
	if h.probe != nil {
		h.peekLater(it)
		return
	}
	m, id, isNew := h.met.find(it.p, it.plan, it.n)
	h.out.word(uint64(id))
	if isNew {
		m.cap = it.n
		if h.traced {
			h.places = append(h.places, at)
		}
	}
}

func (w where) step(path string) func() string {
	return func() string {
		if w.index >= 0 {
			return fmt.Sprintf("[%d]%s%s", w.index, w.path, path)
		}
		return w.path + path
	}
}

func (w where) String() string {
	steps := []string{w.step("")()}
	for t := w.up; t != nil; t = t.up {
		steps = append(steps, t.step())
	}
	slices.Reverse(steps)
	var b bytes.Buffer
	for _, s := range steps {
		b.WriteString(s)
	}
	return b.String()
}

func (h *hasher) refuse(o *op, w where, reason string) error {
	w.path += o.path
	return &RefusedError{Path: w.String(), Reason: reason}
}

func (h *hasher) notData(o *op, p unsafe.Pointer, w where) error {
	switch {
	case h.within:
		h.out.word(uint64(b2i(isZero(p, o.size))))
		return nil
	case h.compared:
		h.out.bytes(p, o.size)
		return nil
	case h.probe != nil || o.kind == opZero && isZero(p, o.size):
		return nil
	case h.storing:
		return h.refuse(o, w, o.not.stored())
	case o.not.advice == adviceLock:
		return nil
	}
	return h.refuse(o, w, o.not.keyed())
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (h *hasher) array(o *op, p unsafe.Pointer, w where) error {
	for i := range o.n {
		in := w
		if h.traced {
			in.path = fmt.Sprintf("%s%s[%d]", w.path, o.path, i)
		}
		if err := h.elem(o.elem, add(p, uintptr(i)*o.elem.size), in); err != nil {
			return err
		}
	}
	return nil
}

func (h *hasher) iface(o *op, p unsafe.Pointer, w where) error {
	if ifaceIsNil(p) {
		h.out.word(tagNil)
		return nil
	}
	t := ifaceType(o.t, p)
	h.out.word(tagThere)
	if t == rtypeType {
		h.out.string("reflect.Type")
		named := reflect.NewAt(o.t, p).Elem().Elem().Interface().(reflect.Type)
		d := TypeDigest(named)
		h.out.write(d[:])
		h.dynamic.add(named)
		return nil
	}
	h.dynamic.add(t)
	dyn := h.coder.plan(t)
	h.typeOf(dyn)
	word := ifaceWord(p)
	if h.storing {
		if reason := h.refusesDynamic(dyn, word); reason != "" {
			return h.refuse(o, w, reason)
		}
	}
	if _, differs := h.out.difference(); differs {
		return nil
	}
	if dyn.direct {
		w.path += o.path
		cell := new(unsafe.Pointer)
		*cell = word
		return h.elem(dyn, unsafe.Pointer(cell), w)
	}
	if dyn.plain() || dyn.t.Kind() == reflect.String {
		w.path += o.path
		return h.elem(dyn, word, w)
	}
	h.follow(visit{dyn, word, 1}, place{w, o.path, false})
	return nil
}

// refusesDynamic says why what an interface holds cannot be stored in one.
func (h *hasher) refusesDynamic(dyn *plan, word unsafe.Pointer) string {
	if noteType(dyn.t) != nil {
		return ambiguousReason(dyn.t)
	}
	if dyn.t.Kind() == reflect.Pointer && dyn.ops[0].kind == opPtr {
		if _, known := h.names[identity{word, dyn.ops[0].elem.t}]; !known && isSentinel(dyn, word) {
			return sentinelReason
		}
	}
	return ""
}

var rtypeType = reflect.TypeOf(reflect.TypeOf(0))

// typeOf writes the type's digest the first time and its number afterwards.
func (h *hasher) typeOf(p *plan) {
	n, seen := h.types[p.t]
	if h.probe != nil {
		n = 0
	} else if seen {
		h.out.word(n)
		return
	}
	if h.types == nil {
		h.types = map[reflect.Type]uint64{}
	}
	if h.probe == nil {
		n = uint64(len(h.types))
		h.types[p.t] = n
	}
	h.out.word(n)
	d := p.digest()
	h.out.write(d[:])
}

func (h *hasher) codec(o *op, p unsafe.Pointer, w where) error {
	if o.own != nil && !h.storing {
		// What its marshalling leaves out, a key would not see.
		outer := h.within
		h.within = h.compared
		defer func() { h.within = outer }()
		w.path += o.path
		return h.elem(o.own, p, w)
	}
	if hasIdentity(o.t) && isZero(p, o.size) {
		h.out.word(tagNil)
		return nil
	}
	data, err := o.codec.encode(p)
	if err != nil && h.probe == nil {
		return h.refuse(o, w, fmt.Sprintf("codec %s: %v", o.codec.name(), err))
	}
	h.out.string(o.codec.name())
	h.out.word(uint64(len(data)))
	h.out.write(data)
	return nil
}

func (h *hasher) syncMap(o *op, p unsafe.Pointer, w where) {
	m := map[any]any{}
	(*sync.Map)(p).Range(func(k, v any) bool { m[k] = v; return true })
	h.keep = append(h.keep, m)
	h.follow(visit{o.elem, reflect.ValueOf(m).UnsafePointer(), 0}, place{w, o.path, false})
}

// mapContent writes the entries in canonical order, and then how many there are,
// so that a difference is found at a key.
func (h *hasher) mapContent(it visit, parent *trail) error {
	m := h.maps[it.plan]
	if m == nil {
		m = newEntries(it.plan)
		if h.maps == nil {
			h.maps = map[*plan]*entries{}
		}
		h.maps[it.plan] = m
	}
	m.read(it.p)
	if h.probe != nil && !m.op.sortable() {
		h.out.word(h.unordered(m))
	} else if err := h.inOrder(m, parent); err != nil {
		return err
	}
	h.out.word(uint64(m.n))
	return nil
}

func (h *hasher) inOrder(m *entries, up *trail) error {
	if h.ranking == nil {
		h.ranking = newOrderer(h.coder, h.names, h.known)
	}
	order, err := h.ranking.order(m, h.meter)
	if err != nil {
		return err
	}
	w := where{up, -1, ""}
	for _, r := range order {
		if h.traced {
			w.path = m.path(int(r.at))
		}
		if err := h.elem(m.key, m.keyAt(r.at), w); err != nil {
			return err
		}
		if err := h.elem(m.val, m.valAt(r.at), w); err != nil {
			return err
		}
	}
	return nil
}

// known returns the number of what was met before.
func (h *hasher) known(v visit) (uint64, bool) {
	if h.probe != nil {
		return h.probe.find(v)
	}
	id := h.met.lookup(v.p, v.plan, v.n)
	return uint64(id), id != 0
}
