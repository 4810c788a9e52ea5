package snapshot

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// parts is what a test keeps of a decoded value.
type parts struct {
	text  string
	inner *int
	tail  []uint32
	word  any
	m     map[string]*hidden
}

type partsSource struct {
	Texts []string
	Nums  []int
	U     []uint32
	Any   []any
	M     map[string]*hidden
	Node  *ring
}

func newPartsSource(n int) *partsSource {
	s := &partsSource{M: map[string]*hidden{}, Node: cycle(1, 2, 3)}
	for i := range n {
		text := fmt.Sprint("text ", i)
		s.Texts = append(s.Texts, text)
		s.Nums = append(s.Nums, i)
		s.U = append(s.U, uint32(i))
		s.Any = append(s.Any, &hidden{i}, text)
		s.M[text] = &hidden{i}
	}
	return s
}

// TestPartsOutliveTheWhole keeps single parts of decoded values through many
// collections, while other goroutines decode, write and drop.
func TestPartsOutliveTheWhole(t *testing.T) {
	data, err := Default().Marshal(newPartsSource(200))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() { keepParts(t, data, rand.New(rand.NewPCG(uint64(g), 1))) })
	}
	wg.Wait()
}

func keepParts(t *testing.T, data []byte, r *rand.Rand) {
	kept := map[int]parts{}
	for range 100 {
		var s partsSource
		if err := Default().Unmarshal(append([]byte(nil), data...), &s); err != nil {
			t.Error(err)
			return
		}
		i := r.IntN(200)
		text := s.Texts[i]
		kept[i] = parts{text, &s.Nums[i], s.U[i:], s.Any[2*i], map[string]*hidden{text: s.M[text]}}
		for j := range s.Nums { // every caller may write to what it gets
			if j != i {
				s.Nums[j], s.Texts[j], s.Any[2*j] = -1, "gone", nil
			}
		}
		if r.IntN(10) == 0 {
			runtime.GC()
		}
		for i, p := range kept {
			want := fmt.Sprint("text ", i)
			if p.text != want || *p.inner != i || p.tail[0] != uint32(i) || p.word.(*hidden).x != i || p.m[want].x != i {
				t.Errorf("part %d has changed: %+v", i, p)
				return
			}
		}
	}
}

// TestWritesStayPrivate decodes one buffer's copies twice and changes one.
func TestWritesStayPrivate(t *testing.T) {
	data, _ := Default().Marshal(newPartsSource(10))
	var a, b partsSource
	if err := Default().Unmarshal(append([]byte(nil), data...), &a); err != nil {
		t.Fatal(err)
	}
	if err := Default().Unmarshal(append([]byte(nil), data...), &b); err != nil {
		t.Fatal(err)
	}
	a.Nums[0], a.U[1], a.Any[0].(*hidden).x = 99, 99, 99
	a.Texts = append(a.Texts, "more")
	if Default().Compare(newPartsSource(10), &b) != nil {
		t.Error("a write to one copy shows in the other")
	}
}

// TestMemoryIsFreed drops a large value but for one pointer into memory with
// pointers, which has its own allocation: the bytes must go.
func TestMemoryIsFreed(t *testing.T) {
	type big struct {
		Blob []byte
		Node *ring
	}
	v := big{[]byte(strings.Repeat("x", 64<<20)), cycle(1)}
	data, err := Default().Marshal(&v)
	if err != nil {
		t.Fatal(err)
	}
	v = big{}
	out := new(big)
	if err := Default().Unmarshal(data, out); err != nil {
		t.Fatal(err)
	}
	node := out.Node
	data, out = nil, nil
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > 48<<20 {
		t.Errorf("%d MB live behind one node", m.HeapAlloc>>20)
	}
	runtime.KeepAlive(node)
}
