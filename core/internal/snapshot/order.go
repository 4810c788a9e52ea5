package snapshot

import (
	"bytes"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/cespare/xxhash/v2"
)

// entries are the entries of one map after another of a type, copied where they
// can be pointed at.
type entries struct {
	op         *op
	key, val   *plan
	fast       *fastMap
	n, room    int
	keys, vals unsafe.Pointer
	rkeys      reflect.Value // the memory of keys
	rvals      reflect.Value
	order      []ranked
}

func newEntries(pl *plan) *entries {
	o := &pl.ops[0]
	return &entries{op: o, key: o.key, val: o.elem, fast: o.fastMap()}
}

// read copies the entries of m.
func (m *entries) read(word unsafe.Pointer) {
	n := mapLen(word)
	if n > m.room {
		m.room = n
		m.rkeys = reflect.MakeSlice(reflect.SliceOf(m.key.t), n, n)
		m.rvals = reflect.MakeSlice(reflect.SliceOf(m.val.t), n, n)
		m.keys, m.vals = m.rkeys.UnsafePointer(), m.rvals.UnsafePointer()
		m.order = make([]ranked, n)
	}
	m.n = n
	switch {
	case n == 0:
	case m.fast != nil:
		m.fast.collect(word, m.keys, m.vals)
	default:
		m.n = 0
		for it := reflect.NewAt(m.op.t, unsafe.Pointer(&word)).Elem().MapRange(); it.Next() && m.n < n; m.n++ {
			m.rkeys.Index(m.n).SetIterKey(it)
			m.rvals.Index(m.n).SetIterValue(it)
		}
	}
}

func (m *entries) keyAt(i uint32) unsafe.Pointer { return add(m.keys, uintptr(i)*m.key.size) }
func (m *entries) valAt(i uint32) unsafe.Pointer { return add(m.vals, uintptr(i)*m.val.size) }

// keyBytes are the bytes by which a sortable key is ordered.
func (m *entries) keyBytes(i uint32) []byte {
	if m.key.flat {
		return bytesAt(m.keyAt(i), m.key.size)
	}
	return stringBytes(*(*string)(m.keyAt(i)))
}

// firstOf returns the first bytes of what key i points to. In their order things
// that were made in a row lie in a row in memory.
func (m *entries) firstOf(i uint32) (word uint64) {
	if len(m.key.ops) != 1 || m.key.ops[0].kind != opPtr || len(m.key.ops[0].elem.runs) == 0 {
		return 0
	}
	p := loadPtr(add(m.keyAt(i), m.key.ops[0].off))
	if p == nil {
		return 0
	}
	r := m.key.ops[0].elem.runs[0]
	copy(bytesAt(unsafe.Pointer(&word), 8), bytesAt(add(p, r.off), r.end-r.off))
	return word
}

// path names entry i for a message.
func (m *entries) path(i int) string {
	switch k := m.rkeys.Index(i); k.Kind() {
	case reflect.String:
		return fmt.Sprintf("[%q]", k.String())
	case reflect.Pointer, reflect.Interface, reflect.Struct, reflect.Array, reflect.Chan, reflect.UnsafePointer:
		return "[" + k.Type().String() + "]"
	default:
		return fmt.Sprintf("[%v]", k)
	}
}

// sortable reports whether the keys of an opMap are ordered by their own bytes.
func (o *op) sortable() bool {
	return o.key.flat || len(o.key.ops) == 1 && o.key.ops[0].kind == opString && o.key.t.Kind() == reflect.String
}

// An orderer puts the entries of maps in canonical order: strings and plain keys
// by their bytes, others by what is known of them and what they reach. It looks
// at a few things of each first and goes on only where entries look alike, keys
// and values by turns, so that the time it takes is proportional to the number
// of entries. What still looks alike when it gives up has no certain order:
// equal values may have different bytes then, which costs a miss.
type orderer struct {
	look  *hasher
	spent int
	cut   bool // something was not looked at to its end
}

const (
	firstLook = 2  // a key and what it leads to
	nextLook  = 4  // times as many, where entries look alike
	maxLooks  = 64 // things for each entry, in all
	someLooks = 1 << 16
)

// newOrderer returns an orderer for what known gives a number.
func newOrderer(c *coder, names map[identity]string, known func(visit) (uint64, bool)) *orderer {
	p := &probe{known: known, local: map[visit]uint64{}}
	return &orderer{look: &hasher{coder: c, names: names, out: newSink(xxhash.New()), probe: p}}
}

// order returns the places of the entries in their order.
func (o *orderer) order(m *entries, meter *meter) ([]ranked, error) {
	order := m.order[:m.n]
	for i := range order {
		order[i] = ranked{at: uint32(i)}
	}
	if !m.op.sortable() {
		for i := range order {
			order[i].word = m.firstOf(uint32(i))
		}
		order = sortRanked(order, nil)
		return order, o.refine(m, order, runs(nil, order, 0, sameWord), meter)
	}
	order = rankTexts(order, m.keyBytes)
	var alike []span
	if m.key.flat {
		alike = runs(nil, order, 0, func(a, b ranked) bool { // NaNs
			return a.word == b.word && bytes.Equal(m.keyBytes(a.at), m.keyBytes(b.at))
		})
	}
	return order, o.refine(m, order, alike, meter)
}

// runs appends the runs of two and more that are the same to list. The first of
// order has the index base.
func runs(list []span, order []ranked, base int, same func(a, b ranked) bool) []span {
	for lo := 0; lo < len(order); {
		hi := lo + 1
		for hi < len(order) && same(order[lo], order[hi]) {
			hi++
		}
		if hi-lo > 1 {
			list = append(list, span{base + lo, base + hi})
		}
		lo = hi
	}
	return list
}

func sameWord(a, b ranked) bool { return a.word == b.word }

// refine orders each run of entries that look alike, the longer they look alike
// the further it looks.
func (o *orderer) refine(m *entries, order []ranked, alike []span, meter *meter) error {
	o.spent = 0
	for far := firstLook; len(alike) > 0; far *= nextLook {
		o.cut = false
		for _, values := range []bool{false, true} {
			var next []span
			for _, run := range alike {
				part := order[run.from:run.to]
				for i := range part {
					before := o.spent
					part[i].word = o.sign(m, part[i].at, values, far)
					if err := meter.spend(m.op.self, o.spent-before); err != nil {
						return err
					}
				}
				copy(part, sortRanked(part, nil))
				next = runs(next, part, run.from, sameWord)
			}
			alike = next
		}
		if !o.cut || o.spent > maxLooks*m.n+someLooks {
			return nil
		}
	}
	return nil
}

// sign returns a number that is the same for keys, or values, that reach the
// same things, as far as it looks.
func (o *orderer) sign(m *entries, at uint32, values bool, far int) uint64 {
	pl, p := m.key, m.keyAt(at)
	if values {
		pl, p = m.val, m.valAt(at)
	}
	probe := o.look.probe
	clear(probe.local)
	probe.left, probe.cut = far, false
	o.look.peek(visit{pl, p, 1})
	o.spent += far - probe.left
	o.cut = o.cut || probe.cut
	return o.look.out.sum64()
}

// probe is a look at a part of a value.
type probe struct {
	known func(visit) (uint64, bool) // what has a number outside
	local map[visit]uint64
	left  int  // things to be looked at
	cut   bool // there was more
}

// peek writes it and what it leads to, as far as the probe can afford. There are
// no errors.
func (h *hasher) peek(it visit) {
	h.queue = append(h.queue[:0], it)
	for i := 0; i < len(h.queue); i++ {
		if it := h.queue[i]; h.probe.afford(&it) {
			h.item(it, nil)
		}
	}
}

// peekLater is follow for a probe.
func (h *hasher) peekLater(it visit) {
	if h.probe.left <= 0 {
		h.probe.cut = true
		return
	}
	n, isNew := h.probe.number(it)
	h.out.word(n)
	if isNew {
		h.queue = append(h.queue, it)
	}
}

func (p *probe) find(v visit) (uint64, bool) {
	if n, ok := p.known(v); ok {
		return 2 * n, true
	}
	n, ok := p.local[v]
	return 2*n + 1, ok
}

func (p *probe) number(v visit) (n uint64, isNew bool) {
	n, ok := p.find(v)
	if !ok {
		n = 2*uint64(len(p.local)) + 1
		p.local[v] = n / 2
	}
	return n, !ok
}

// afford reports whether something is to be looked at, and cuts off what is too
// much of it.
func (p *probe) afford(it *visit) bool {
	const bytesPerThing = 64
	n := it.n
	if it.n == 0 {
		n = mapLen(it.p)
	} else if it.plan.flat {
		n = int(uintptr(n)*it.plan.size+bytesPerThing-1) / bytesPerThing
	}
	if n = max(n, 1); n <= p.left {
		p.left -= n
		return true
	}
	p.cut = true
	if it.n == 0 || it.plan.flat && it.plan.size > bytesPerThing || p.left <= 0 {
		p.left = 0
		return false
	}
	if it.n = p.left; it.plan.flat {
		it.n = p.left * bytesPerThing / int(it.plan.size)
	}
	p.left = 0
	return true
}

// unordered returns a number for the entries of a map in any order, each looked
// at by itself.
func (h *hasher) unordered(m *entries) (sum uint64) {
	outer := h.probe
	o := newOrderer(h.coder, h.names, outer.find)
	for i := range uint32(m.n) {
		far := outer.left/m.n + 1
		sum += xxhashWords(o.sign(m, i, false, far), o.sign(m, i, true, far))
	}
	outer.left = max(0, outer.left-o.spent)
	outer.cut = outer.cut || o.cut
	return sum
}

func xxhashWords(a, b uint64) uint64 {
	words := [2]uint64{a, b}
	return xxhash.Sum64(bytesAt(unsafe.Pointer(&words), unsafe.Sizeof(words)))
}
