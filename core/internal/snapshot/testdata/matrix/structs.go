package matrix

import (
	"sync"
	"sync/atomic"
)

type (
	Padded struct {
		A byte
		B int64
		C byte
		D int16
		E [3]byte
		F string
		G bool
	}
	Blank struct {
		A int8
		_ int64
		B int8
	}
	Base     struct{ id int }
	Embedded struct {
		Base
		*Key
		Name string
	}
	EmbeddedIface struct {
		Shape
		N int
	}
	Tagged struct {
		A int `json:"-"`
		B int `json:"b,omitempty"`
	}
	AllKinds struct {
		b   bool
		i8  int8
		u16 uint16
		i32 int32
		f32 float32
		i   int
		f   float64
		c   complex128
		s   string
		p   *string
		sl  []string
		m   map[string]int
		e   any
		a   [2]Key
	}
	Locked struct {
		mu sync.Mutex
		rw sync.RWMutex
		wg sync.WaitGroup
		n  int
	}
	Once struct {
		once sync.Once
		v    string
	}
	Pooled struct {
		Pool sync.Pool
		v    int
	}
	Atomics struct {
		b atomic.Bool
		i atomic.Int64
		u atomic.Uint32
		p atomic.Pointer[Key]
		v atomic.Value
	}
	Syncs struct {
		m sync.Map
		v int
	}
	Funcs struct {
		F func()
		C chan int
		V int
	}
	Trailing struct {
		A int64
		E struct{}
	}
	NoCopyArr struct{ A [2]struct{ mu sync.Mutex } }
)

func structs() []Row {
	return []Row{
		is("padded struct", "padding is not part of the value", Padded{1, 2, 3, 4, [3]byte{5, 6, 7}, "x", true}),
		is("slice of padded", "padding between elements", []Padded{{A: 1}, {B: 2}, {F: "y"}}),
		is("blank fields", "cannot be read", Blank{A: 1, B: 2}),
		row("embedded", "promoted fields", func() Embedded { return Embedded{Base{5}, &Key{"a", "b"}, "n"} }),
		row("embedded nil", "promoted through nil", func() Embedded { return Embedded{Name: "n"} }),
		row("embedded interface", "promoted methods", func() EmbeddedIface { return EmbeddedIface{Square{2}, 3} }),
		is("tags", "JSON leaves fields out", Tagged{1, 0}),
		is("anonymous struct", "no name", struct {
			A int
			b string
		}{1, "x"}),
		is("anonymous nested", "no names", struct{ X struct{ Y []struct{ z int } } }{struct{ Y []struct{ z int } }{[]struct{ z int }{{1}, {2}}}}),
		row("all kinds, unexported", "gob drops them", func() AllKinds {
			return AllKinds{true, -1, 2, 3, 4.5, -6, 7.5, 8i, "s", ptr(""), []string{""}, map[string]int{"": 0}, nil, [2]Key{{"a", ""}, {"", "b"}}}
		}),
		is("all kinds, zero", "nothing", AllKinds{}),
		row("pointer to locks", "free locks are data", func() *Locked { return &Locked{n: 3} }),
		row("used locks", "free again", func() *Locked {
			l := &Locked{n: 3}
			l.mu.Lock()
			l.rw.RLock()
			l.n = 4
			l.rw.RUnlock()
			l.mu.Unlock()
			l.wg.Add(1)
			l.wg.Done()
			return l
		}),
		row("sync.Once done", "stays done", func() *Once { o := &Once{v: "x"}; o.once.Do(func() {}); return o }),
		row("sync.Once not done", "stays so", func() *Once { return &Once{v: "x"} }),
		row("sync.Pool empty", "a pool is no value", func() *Pooled { return &Pooled{v: 1} }),
		row("atomics", "typed pointer behind unsafe.Pointer", func() *Atomics {
			a := &Atomics{}
			a.b.Store(true)
			a.i.Store(-1)
			a.u.Store(7)
			a.p.Store(&Key{"a", "b"})
			a.v.Store([]string{"x"})
			return a
		}),
		row("atomics zero", "nil inside", func() *Atomics { return &Atomics{} }),
		row("sync.Map", "hash trie with seeds", func() *Syncs {
			s := &Syncs{v: 2}
			for i := range 50 {
				s.m.Store(i, Key{"a", "b"})
			}
			s.m.Store("k", &Key{"c", "d"})
			s.m.Delete(3)
			return s
		}),
		row("sync.Map empty", "nothing stored", func() *Syncs { return &Syncs{v: 2} }),
		is("nil funcs and chans", "nil is data", Funcs{V: 3}),
		is("struct ending in size 0", "Go pads it", []Trailing{{A: 1}, {A: 2}}),
		row("array of locks", "dropped parts only", func() *NoCopyArr { return &NoCopyArr{} }),
		row("shared atomic pointer", "identity behind atomic.Pointer", func() Iface {
			k := &Key{"a", "b"}
			p := new(atomic.Pointer[Key])
			p.Store(k)
			return Iface{p, k}
		}),
	}
}
