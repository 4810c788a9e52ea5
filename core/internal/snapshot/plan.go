package snapshot

import (
	"reflect"
	"slices"
	"sync"
	"unsafe"

	"github.com/fixturecache/fixturecache/core/internal/rules"
)

// plan says how values of one type are walked; it is compiled once per type.
// Memory that is neither in runs nor under an op is not part of the value: padding,
// blank fields, caches.
type plan struct {
	id     int // in its coder
	t      reflect.Type
	size   uintptr
	runs   []run // plain bytes, ascending, not adjacent
	ops    []op  // the other parts, ascending
	flat   bool  // one run over everything: n elements are one block of bytes
	direct bool  // an interface holds it in its data word, not behind it
	opaque bool  // contents of maps, or values of codecs: no pointer leads into them
	filled bool

	key, val *plan // of the contents of maps, else nil
}

// run is a range of plain bytes in an element.
type run struct{ off, end uintptr }

type opKind uint8

const (
	opPtr     opKind = iota // *elem
	opString                //
	opSlice                 // []elem
	opMap                   // a map with contents elem
	opIface                 // any interface type
	opArray                 // n × elem, elem not flat
	opZero                  // size bytes that must be zero
	opNever                 // refused even when zero
	opTime                  // time.Time's wall and ext; its loc is an opPtr
	opZone                  // the cache of a time.Location: no bytes
	opCodec                 // bytes by codec; an elem if values have an identity
	opSyncMap               // sync.Map, stored as a map
)

// op is one part of an element that is more than bytes.
type op struct {
	kind       opKind
	nilIsEmpty bool
	off        uintptr
	size       uintptr
	n          int
	path       string // from the element: ".Profile.done", "[1].x"
	t          reflect.Type
	elem       *plan
	not        rules.NotData
	codec      Codec
}

// coder holds the plans compiled under one set of user codecs.
type coder struct {
	codecs map[reflect.Type]Codec
	mu     sync.RWMutex
	plans  map[reflect.Type]*plan // each with all that it reaches
	made   int                    // the number of plans, with those that are not in plans
	todo   []*plan                // to be filled, while one is compiled
}

func newCoder(codecs map[reflect.Type]Codec) *coder {
	return &coder{codecs: codecs, plans: map[reflect.Type]*plan{}}
}

// plan returns the plan of t, with all plans it reaches filled.
func (c *coder) plan(t reflect.Type) *plan {
	c.mu.RLock()
	p := c.plans[t]
	c.mu.RUnlock()
	if p != nil {
		return p
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	root := c.filled(t)
	for i := 0; i < len(c.todo); i++ {
		c.fill(c.todo[i])
	}
	c.todo = nil
	return root
}

// ref returns the plan of t for use behind a pointer: it is filled later, so
// that recursive types end.
func (c *coder) ref(t reflect.Type) *plan {
	p, ok := c.plans[t]
	if !ok {
		p = c.newPlan(t)
		c.plans[t] = p
		c.todo = append(c.todo, p)
	}
	return p
}

func (c *coder) newPlan(t reflect.Type) *plan {
	c.made++
	return &plan{id: c.made, t: t, size: t.Size()}
}

// contents returns a plan of the contents of maps.
func (c *coder) contents(t reflect.Type) *plan {
	p := c.newPlan(t)
	p.opaque, p.key, p.val = true, c.ref(t.Key()), c.ref(t.Elem())
	return p
}

// filled returns the plan of t for use as a part of another; types cannot
// contain themselves, so this ends.
func (c *coder) filled(t reflect.Type) *plan {
	p := c.ref(t)
	c.fill(p)
	return p
}

func (c *coder) fill(p *plan) {
	if p.filled {
		return
	}
	p.filled = true
	if cd, ok := c.codecs[p.t]; ok {
		o := op{kind: opCodec, t: p.t, size: p.size, codec: cd}
		if hasIdentity(p.t) {
			o.elem = c.newPlan(p.t)
			o.elem.opaque = true
		}
		p.ops = []op{o}
	} else if r := rules.For(p.t); !c.fillByRule(p, r) {
		c.fillByKind(p, r)
	}
	p.flat = len(p.ops) == 0 && (p.size == 0 || len(p.runs) == 1 && p.runs[0] == run{0, p.size})
	p.direct = isDirect(p.t)
}

// fillByRule reports whether the rule alone says how p is walked.
func (c *coder) fillByRule(p *plan, r rules.Rule) bool {
	o := op{t: p.t, size: p.size, not: r.Not}
	switch r.Treatment {
	case rules.Dropped:
		return true
	case rules.ZeroOnly:
		o.kind = opZero
	case rules.NeverData:
		o.kind = opNever
	case rules.AsBinary:
		o.kind, o.codec = opCodec, binaryCodec{}
	case rules.AsSyncMap:
		o.kind = opSyncMap
		o.elem = c.contents(reflect.TypeFor[map[any]any]())
	case rules.AsTime:
		o.kind = opTime
		loc := fieldNamed(p.t, "loc")
		locOp := op{kind: opPtr, off: loc.Offset, path: ".loc", t: loc.Type, size: loc.Type.Size(), elem: c.ref(loc.Type.Elem())}
		p.ops = []op{o, locOp}
		return true
	case rules.AsAtomicPointer:
		v := fieldNamed(p.t, "v")
		o.kind, o.off, o.size = opPtr, v.Offset, v.Type.Size()
		o.t = p.t.Field(0).Type.Elem() // _ [0]*T
		o.elem = c.ref(o.t.Elem())
	default:
		return false
	}
	p.ops = []op{o}
	return true
}

// fieldNamed is t.FieldByName without what that does for embedded fields, which
// weighs 9 kB.
func fieldNamed(t reflect.Type, name string) reflect.StructField {
	for i := range t.NumField() {
		if f := t.Field(i); f.Name == name {
			return f
		}
	}
	return reflect.StructField{}
}

func (c *coder) fillByKind(p *plan, r rules.Rule) {
	t := p.t
	o := op{t: t, size: p.size, nilIsEmpty: r.NilIsEmpty}
	switch t.Kind() {
	case reflect.Struct:
		c.fillStruct(p, r)
		return
	case reflect.Array:
		c.fillArray(p)
		return
	case reflect.Pointer:
		o.kind, o.elem = opPtr, c.ref(t.Elem())
	case reflect.String:
		o.kind = opString
	case reflect.Slice:
		o.kind, o.elem = opSlice, c.ref(t.Elem())
	case reflect.Map:
		o.kind, o.elem = opMap, c.contents(t)
	case reflect.Interface:
		o.kind = opIface
	default:
		p.runs = []run{{0, p.size}}
		return
	}
	p.ops = []op{o}
}

func (c *coder) fillStruct(p *plan, r rules.Rule) {
	for i := range p.t.NumField() {
		f := p.t.Field(i)
		if f.Name == "_" || slices.Contains(r.Drop, f.Name) {
			continue
		}
		p.include(c.filled(f.Type), f.Offset, "."+f.Name)
	}
	if r.Treatment == rules.AsLocation && isLike(p.t, reflect.TypeFor[location]()) {
		p.ops = append(p.ops, op{kind: opZone, t: p.t})
	}
}

func (c *coder) fillArray(p *plan) {
	elem, n := c.filled(p.t.Elem()), p.t.Len()
	switch {
	case n == 0 || p.size == 0 && len(elem.ops) == 0:
	case elem.flat:
		p.runs = []run{{0, p.size}}
	default:
		p.ops = []op{{kind: opArray, t: p.t, elem: elem, n: n, size: p.size}}
	}
}

// include adds the parts of a component at off.
func (p *plan) include(part *plan, off uintptr, path string) {
	for _, r := range part.runs {
		p.addRun(run{r.off + off, r.end + off})
	}
	for _, o := range part.ops {
		o.off += off
		o.path = path + o.path
		p.ops = append(p.ops, o)
	}
}

func (p *plan) addRun(r run) {
	if r.off == r.end {
		return
	}
	if n := len(p.runs); n > 0 && p.runs[n-1].end == r.off {
		p.runs[n-1].end = r.end
		return
	}
	p.runs = append(p.runs, r)
}

// plain reports whether elements hold no references: nothing to follow.
func (p *plan) plain() bool { return len(p.ops) == 0 }

// isString reports whether elements are strings and nothing else.
func (p *plan) isString() bool {
	return p.t.Kind() == reflect.String && len(p.ops) == 1 && p.ops[0].kind == opString
}

// isDirect reports whether the compiler stores a t in an interface's data word, by storing the
// zero value: the rule has changed between Go releases.
func isDirect(t reflect.Type) bool {
	if t.Kind() == reflect.Interface {
		return false
	}
	zero := reflect.Zero(t).Interface()
	return ifaceWord(unsafe.Pointer(&zero)) == nil
}
