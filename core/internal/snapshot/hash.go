package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
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
	h := newHasher(structural())
	h.dynamic = &typeNames{seen: map[reflect.Type]bool{}}
	root := h.coder.plan(reflect.TypeFor[any]())
	err = h.run(hashItem{plan: root, p: unsafe.Pointer(&v), n: 1})
	return h.out.sum(), h.dynamic.sorted(), err
}

func newHasher(c *coder) *hasher {
	return &hasher{
		names:   globalNames(),
		visited: map[visit]uint64{},
		types:   map[reflect.Type]uint64{},
		coder:   c,
		out:     newSink(),
	}
}

// visit identifies n elements met behind a pointer, slice or map.
type visit struct {
	p    unsafe.Pointer
	plan *plan
	n    int
}

// hasher writes a value breadth first: whatever a pointer leads to is given
// the next number when it is met and is written when its turn comes, so depth
// costs no stack and cycles end.
type hasher struct {
	coder   *coder
	names   map[identity]string
	visited map[visit]uint64
	journal []visit // order of visits, to take them back
	types   map[reflect.Type]uint64
	out     *sink
	queue   []hashItem
	depth   int        // of map keys within map keys
	storing bool       // to find what cannot be stored, not to make a key
	lenient bool       // to put things in order: what is not data is passed over
	dynamic *typeNames // of what interfaces hold, where they are asked for
}

type hashItem struct {
	plan   *plan
	p      unsafe.Pointer
	n      int
	isMap  bool // p is a map word
	slice  bool // p is what a slice leads to: elements have an index
	parent *trail
}

// trail is the way to an item, kept for messages.
type trail struct {
	up   *trail
	step func() string
}

func (h *hasher) run(root hashItem) error {
	outer := h.queue
	h.queue = []hashItem{root}
	defer func() { h.queue = outer }()
	for i := 0; i < len(h.queue); i++ {
		item := h.queue[i]
		h.queue[i] = hashItem{}
		if err := h.item(item); err != nil {
			return err
		}
		if i > 1024 && i > len(h.queue)/2 {
			h.queue = append(h.queue[:0], h.queue[i+1:]...)
			i = -1
		}
	}
	return nil
}

func (h *hasher) item(it hashItem) error {
	if it.isMap {
		return h.mapContent(it)
	}
	if it.plan.flat {
		h.out.bytes(it.p, uintptr(it.n)*it.plan.size)
		return nil
	}
	for i := range it.n {
		index := -1
		if it.slice {
			index = i
		}
		if err := h.elem(it.plan, add(it.p, uintptr(i)*it.plan.size), where{it.parent, index, ""}); err != nil {
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
	}
	for i := range pl.ops {
		if err := h.op(&pl.ops[i], p, w); err != nil {
			return err
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
		h.slice(loadSlice(p), o, w)
	case opMap:
		h.mapWord(p, o, w)
	case opIface:
		return h.iface(o, p, w)
	case opArray:
		return h.array(o, p, w)
	case opZero, opNever:
		return h.notData(o, p, w)
	case opTime:
		h.time(p)
	case opCodec:
		return h.codec(o, p, w)
	case opSyncMap:
		return h.syncMap(o, p, w)
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
	h.follow(hashItem{plan: o.elem, p: q, n: 1}, w, o.path)
	return nil
}

func (h *hasher) slice(s sliceHeader, o *op, w where) {
	if s.data == nil || s.len == 0 && o.nilIsEmpty {
		h.out.word(tagNil)
		return
	}
	h.out.word(tagThere)
	h.out.word(uint64(s.len))
	if s.len > 0 {
		h.follow(hashItem{plan: o.elem, p: s.data, n: s.len, slice: true}, w, o.path)
	}
}

// follow numbers what it leads to and, the first time, puts it in the queue.
// Things of no size have no address of their own and get no number.
func (h *hasher) follow(it hashItem, w where, path string) {
	if it.plan.size == 0 && !it.isMap {
		it.n = min(it.n, 1) // all elements are alike
	} else {
		key := visit{it.p, it.plan, it.n}
		n, seen := h.visited[key]
		if !seen {
			n = uint64(len(h.visited))
			h.visited[key] = n
			h.journal = append(h.journal, key)
		}
		h.out.word(n)
		if seen {
			return
		}
	}
	it.parent = &trail{up: w.up, step: w.step(path)}
	h.queue = append(h.queue, it)
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
	case h.lenient || o.kind == opZero && isZero(p, o.size):
		return nil
	case h.storing:
		return h.refuse(o, w, o.not.stored())
	case o.not.advice == adviceLock:
		return nil
	}
	return h.refuse(o, w, o.not.keyed())
}

func (h *hasher) array(o *op, p unsafe.Pointer, w where) error {
	for i := range o.n {
		in := w
		in.path = fmt.Sprintf("%s%s[%d]", w.path, o.path, i)
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
	if dyn.direct {
		cell := new(unsafe.Pointer)
		*cell = word
		w.path += o.path
		return h.elem(dyn, unsafe.Pointer(cell), w)
	}
	if dyn.plain() || dyn.t.Kind() == reflect.String {
		w.path += o.path
		return h.elem(dyn, word, w)
	}
	h.follow(hashItem{plan: dyn, p: word, n: 1}, w, o.path)
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
	if seen {
		h.out.word(n)
		return
	}
	n = uint64(len(h.types))
	h.types[p.t] = n
	h.out.word(n)
	d := p.digest()
	h.out.write(d[:])
}

func (h *hasher) time(p unsafe.Pointer) {
	wall, ext := timeWords(p)
	h.out.word(wall)
	h.out.word(ext)
}

func (h *hasher) codec(o *op, p unsafe.Pointer, w where) error {
	if o.own != nil && !h.storing {
		// What its marshalling leaves out, a key would not see.
		return h.elem(o.own, p, where{w.up, w.index, w.path + o.path})
	}
	data, err := o.codec.encode(p)
	if err != nil {
		return h.refuse(o, w, fmt.Sprintf("codec %s: %v", o.codec.name(), err))
	}
	h.out.string(o.codec.name())
	h.out.word(uint64(len(data)))
	h.out.write(data)
	return nil
}

func (h *hasher) syncMap(o *op, p unsafe.Pointer, w where) error {
	m := map[any]any{}
	(*sync.Map)(p).Range(func(k, v any) bool { m[k] = v; return true })
	cell := new(map[any]any)
	*cell = m
	w.path += o.path
	return h.mapContent(hashItem{plan: o.elem, p: unsafe.Pointer(cell), n: 1, isMap: true, parent: &trail{up: w.up, step: w.step("")}})
}

// sink collects what is hashed.
type sink struct {
	h   hash.Hash
	buf []byte
}

func newSink() *sink { return &sink{h: sha256.New(), buf: make([]byte, 0, 4096)} }

func (s *sink) word(n uint64) { s.room(8); s.buf = binary.LittleEndian.AppendUint64(s.buf, n) }

func (s *sink) string(str string) {
	s.word(uint64(len(str)))
	s.write(unsafe.Slice(unsafe.StringData(str), len(str)))
}

func (s *sink) bytes(p unsafe.Pointer, n uintptr) { s.write(bytesAt(p, n)) }

func (s *sink) write(data []byte) {
	if len(data) > cap(s.buf)/2 {
		s.flush()
		s.h.Write(data)
		return
	}
	s.room(len(data))
	s.buf = append(s.buf, data...)
}

func (s *sink) room(n int) {
	if len(s.buf)+n > cap(s.buf) {
		s.flush()
	}
}

func (s *sink) flush() {
	s.h.Write(s.buf)
	s.buf = s.buf[:0]
}

func (s *sink) sum() (d Digest) {
	s.flush()
	s.h.Sum(d[:0])
	return d
}
