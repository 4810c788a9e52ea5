package snapshot

import (
	"encoding/binary"
	"reflect"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/global"
	"github.com/fixturecache/fixturecache/core/internal/typeid"

	"github.com/cespare/xxhash/v2"
)

// visit identifies n elements met behind a pointer or slice; no element at all
// is the map p.
type visit struct {
	plan *plan
	p    unsafe.Pointer
	n    int
}

// look hashes a part of a value as far as it can afford to, for a number by which
// things are told apart that have no order of their own. There are no errors.
type look struct {
	coder *coder
	names global.Names
	known func(visit) (uint64, bool) // what has a number outside
	local map[visit]uint64
	queue []visit
	left  int  // things that may be looked at
	cut   bool // there was more
	out   []byte
}

// sign returns a number that is the same for values that reach the same things,
// as far as it looks.
func (l *look) sign(v visit, far int) uint64 {
	clear(l.local)
	l.left, l.cut, l.out = far, false, l.out[:0]
	l.queue = append(l.queue[:0], v)
	for i := 0; i < len(l.queue); i++ {
		if v := l.queue[i]; l.afford(&v) {
			l.items(v)
		}
	}
	return xxhash.Sum64(l.out)
}

// afford reports whether something is to be looked at, and cuts off what is too
// much of it.
func (l *look) afford(v *visit) bool {
	const bytesPerThing = 64
	n := v.n
	if v.n == 0 {
		n = mapLen(v.p)
	} else if v.plan.flat {
		n = int(uintptr(n)*v.plan.size+bytesPerThing-1) / bytesPerThing
	}
	if n = max(n, 1); n <= l.left {
		l.left -= n
		return true
	}
	l.cut = true
	left := l.left
	if l.left = 0; v.n == 0 || v.plan.flat && v.plan.size > bytesPerThing || left <= 0 {
		return false
	}
	if v.n = left; v.plan.flat {
		v.n = left * bytesPerThing / int(v.plan.size)
	}
	return true
}

func (l *look) word(n uint64)    { l.out = binary.LittleEndian.AppendUint64(l.out, n) }
func (l *look) data(data []byte) { l.out = append(l.out, data...) }

func (l *look) items(v visit) {
	switch {
	case v.n == 0:
		l.word(l.entries(v))
	case v.plan.flat:
		l.data(bytesAt(v.p, uintptr(v.n)*v.plan.size))
	default:
		for i := range v.n {
			l.elem(v.plan, add(v.p, uintptr(i)*v.plan.size))
		}
	}
}

func (l *look) elem(pl *plan, p unsafe.Pointer) {
	for _, r := range pl.runs {
		l.data(bytesAt(add(p, r.off), r.end-r.off))
	}
	for i := range pl.ops {
		l.part(&pl.ops[i], add(p, pl.ops[i].off))
	}
}

func (l *look) part(o *op, p unsafe.Pointer) {
	switch o.kind {
	case opPtr:
		l.reference(loadPtr(p), o.elem.t, visit{o.elem, loadPtr(p), 1})
	case opMap:
		l.reference(loadPtr(p), o.t, visit{o.self, loadPtr(p), 0})
	case opString:
		s := loadString(p)
		l.word(uint64(len(s)))
		l.word(xxhash.Sum64String(s))
	case opSlice:
		s := loadSlice(p)
		if l.word(uint64(s.len)); s.len > 0 {
			l.follow(visit{o.elem, s.data, s.len})
		}
	case opIface:
		l.iface(o, p)
	case opArray:
		for i := range o.n {
			l.elem(o.elem, add(p, uintptr(i)*o.elem.size))
		}
	case opTime:
		wall, ext := timeWords(p)
		l.word(wall)
		l.word(ext)
	case opCodec:
		if o.own != nil {
			l.elem(o.own, p)
		} else if data, err := o.codec.encode(o.t, p); err == nil {
			l.data(data)
		}
	}
}

// reference follows a pointer or map, or tells its global.
func (l *look) reference(p unsafe.Pointer, t reflect.Type, v visit) {
	if p == nil {
		l.word(0)
		return
	}
	if name, ok := l.names.Of(p, t); ok {
		l.data([]byte(name))
		return
	}
	l.follow(v)
}

func (l *look) iface(o *op, p unsafe.Pointer) {
	if ifaceIsNil(p) {
		l.word(0)
		return
	}
	t, word := ifaceType(o.t, p), ifaceWord(p)
	pl := l.coder.plan(t)
	d := typeid.Of(pl.t)
	l.data(d[:])
	switch {
	case t == typeid.Rtype:
		d = typeid.Of(reflect.NewAt(o.t, p).Elem().Elem().Interface().(reflect.Type))
		l.data(d[:])
	case pl.direct:
		l.elem(pl, unsafe.Pointer(&word))
	case pl.plain() || t.Kind() == reflect.String:
		l.elem(pl, word)
	default:
		l.follow(visit{pl, word, 1})
	}
}

// follow writes the number of v, which is looked at in its turn.
func (l *look) follow(v visit) {
	if v.plan.size == 0 {
		return
	}
	if l.left <= 0 {
		l.cut = true
		return
	}
	n, known := l.find(v)
	if !known {
		n = 2*uint64(len(l.local)) + 1
		l.local[v] = n / 2
		l.queue = append(l.queue, v)
	}
	l.word(n)
}

func (l *look) find(v visit) (uint64, bool) {
	if n, ok := l.known(v); ok {
		return 2 * n, true
	}
	n, ok := l.local[v]
	return 2*n + 1, ok
}

// entries returns a number for the entries of a map in any order, each looked at
// by itself.
func (l *look) entries(v visit) (sum uint64) {
	m := newEntries(v.plan)
	m.read(v.p)
	each := &look{coder: l.coder, names: l.names, known: l.find, local: map[visit]uint64{}}
	spent := 0
	for i := range uint32(m.n) {
		far := l.left/m.n + 1
		words := [2]uint64{each.sign(visit{m.key, m.keyAt(i), 1}, far)}
		spent += far - each.left
		words[1] = each.sign(visit{m.val, m.valAt(i), 1}, far)
		spent += far - each.left
		l.cut = l.cut || each.cut
		sum += xxhash.Sum64(bytesAt(unsafe.Pointer(&words), unsafe.Sizeof(words)))
	}
	l.left = max(0, l.left-spent)
	return sum + uint64(m.n)
}
