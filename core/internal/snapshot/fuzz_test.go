package snapshot

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/typeid"

	"github.com/cespare/xxhash/v2"
)

// hostile is a type with a part of every kind.
type hostile struct {
	P    *hostile
	S    []hostile
	M    map[string]*hostile
	K    map[any]any
	E    any
	Err  error
	Str  string
	Strs []string
	B    []byte
	F    [3]float64
	A    [12]*int
	T    time.Time
	L    *time.Location
	N    *[4]int
	U    []uint16
	Deep map[string]map[int][]string
	Many []column16
}

// column16 is a type whose elements are packed.
type column16 struct {
	P *hostile
	S string
	I int32
	B bool
	E any
	T time.Time
	L []uint16
	M map[int16]string
	Q *column16
}

var hostileType = reflect.TypeFor[hostile]()

func hostileSeed() *hostile {
	h := &hostile{Str: "s", Strs: []string{"a", "b"}, B: []byte("bytes"), U: []uint16{1, 2, 3, 4}, T: time.Unix(1, 2)}
	h.P = h
	h.S = []hostile{{Str: "x"}, {Str: "y"}}
	h.M = map[string]*hostile{"me": h, "one": &h.S[1]}
	h.K = map[any]any{1: "a", "b": h, int8(3): []any{1, nil}}
	h.E = []any{h, 1, "x", &h.U[1]}
	h.N = &[4]int{1, 2, 3, 4}
	h.A[3] = &h.N[2]
	h.L = time.FixedZone("X", 60)
	h.Deep = map[string]map[int][]string{"a": {1: {"x"}}}
	h.Many = make([]column16, 32)
	for i := range h.Many {
		h.Many[i] = column16{S: strings.Repeat("s", i%5), I: int32(-i), B: i%3 == 0, E: i, T: time.Unix(int64(i), 0), L: h.U[i%3:], M: map[int16]string{int16(i): "m"}, Q: &h.Many[i/2]}
		if i%7 == 0 {
			h.Many[i].P, h.Many[i].E, h.Many[i].Q = h, &h.Many[i], nil
		}
	}
	return h
}

// reseal makes the checksums of damaged bytes right, so that what lies behind
// them is tested.
func reseal(data []byte) {
	if len(data) < headSize {
		return
	}
	resum(data)
	if d := typeid.Of(hostileType); len(data) >= headSize+len(d) {
		copy(data[headSize:], d[:])
		resum(data)
	}
}

// resum makes the checksums right and nothing else.
func resum(data []byte) {
	copy(data, magic)
	binary.LittleEndian.PutUint64(data[8:], uint64(len(data)))
	end := binary.LittleEndian.Uint64(data[24:])
	if end < headSize || end > uint64(len(data)) {
		end = uint64(len(data))
		binary.LittleEndian.PutUint64(data[24:], end)
	}
	binary.LittleEndian.PutUint64(data[16:], xxhash.Sum64(data[headSize:end]))
}

// attack decodes bytes that may be anything, and walks over what comes back.
func attack(t *testing.T, data []byte) {
	var before, after runtime.MemStats
	measure := len(data) < 1<<16
	if measure {
		runtime.ReadMemStats(&before)
	}
	var h hostile
	err := Default().Unmarshal(data, &h)
	if measure {
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 64*uint64(len(data))+1<<20 {
			t.Errorf("%d bytes made for %d", got, len(data))
		}
	}
	switch {
	case err == nil:
		if _, err := Default().Marshal(&h); err != nil {
			var refused *RefusedError
			if !errors.As(err, &refused) {
				t.Errorf("decoded, but: %v", err)
			}
		}
		runtime.GC()
	case !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrOtherType) && !errors.Is(err, ErrUnknownType):
		t.Errorf("unexpected error: %v", err)
	}
}

func FuzzUnmarshal(f *testing.F) {
	seed, err := Default().Marshal(hostileSeed())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		attack(t, append([]byte(nil), data...))
		reseal(data)
		attack(t, data)
	})
}

// TestHostileBytes changes a few bytes at a time, with the checksums made right
// again. CACHETEST_LONG makes it run for a minute.
func TestHostileBytes(t *testing.T) {
	seed, err := Default().Marshal(hostileSeed())
	if err != nil {
		t.Fatal(err)
	}
	rounds := 1000
	if os.Getenv("CACHETEST_LONG") != "" {
		rounds = 50_000
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		data := append([]byte(nil), seed...)
		for range 1 + r.IntN(4) {
			i := headSize + 32 + r.IntN(len(data)-headSize-32)
			switch r.IntN(4) {
			case 0:
				data[i] ^= 1 << r.IntN(8)
			case 1:
				data[i] = byte(r.Uint32())
			case 2:
				data[i] = data[headSize+32+r.IntN(len(data)-headSize-32)]
			default:
				i &^= 7
				if i+16 <= len(data) {
					copy(data[i:], data[headSize+40+8*r.IntN((len(data)-headSize-48)/8):][:8])
				}
			}
		}
		reseal(data)
		attack(t, data)
	}
}

// TestDamageIsSeen flips every bit in turn, but for those of plain bytes, which the
// store vouches for: nothing but an error may come out.
func TestDamageIsSeen(t *testing.T) {
	seed, err := Default().Marshal(hostileSeed())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8 * binary.LittleEndian.Uint64(seed[24:]) {
		data := append([]byte(nil), seed...)
		data[i/8] ^= 1 << (i % 8)
		var h hostile
		if err := Default().Unmarshal(data, &h); err == nil {
			t.Fatalf("bit %d may be flipped", i)
		}
	}
	for i := range seed {
		var h hostile
		if err := Default().Unmarshal(append([]byte(nil), seed[:i]...), &h); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut to %d bytes: %v", i, err)
		}
	}
}

// A reference to elements of another type leads to no map: what lies there is none.
func TestHostileMap(t *testing.T) {
	type held struct{ M map[string]int }
	data, err := Default().Marshal(&held{})
	if err != nil {
		t.Fatal(err)
	}
	end := binary.LittleEndian.Uint64(data[24:])
	if data[end-1] != refNil {
		t.Fatalf("the stream ends in %d", data[end-1])
	}
	away := slices.Concat(data[:end-1], []byte{refAway, 0, 0, 0, 0}, data[end:])
	binary.LittleEndian.PutUint64(away[24:], end+4)
	resum(away)
	var h held
	if err := Default().Unmarshal(away, &h); !errors.Is(err, ErrDamaged) || h.M != nil {
		t.Errorf("%v", err)
	}
}

type nested struct{ X any }

// Interfaces lie within one another in a key as deep as there is stack for, and no deeper.
func TestDeepKeys(t *testing.T) {
	deep := func(n int) map[any]int {
		var key any
		for range n {
			key = nested{key}
		}
		return map[any]int{key: 2}
	}
	if err := roundTrip(deep(1000)); err != nil {
		t.Error(err)
	}
	var refused *RefusedError
	if err := roundTrip(deep(maxDeep + 10)); !errors.As(err, &refused) {
		t.Errorf("%v", err)
	}
	m := deep(2)
	data, err := Default().Marshal(&m)
	if err != nil {
		t.Fatal(err)
	}
	var hostile map[any]int
	value := bytes.LastIndexByte(data[:binary.LittleEndian.Uint64(data[24:])], 2) // of the entry, with what is in its key before it
	for at := value - 1; at > value-3; at-- {                                     // 1 is the number of the type
		data := slices.Concat(data[:at], bytes.Repeat([]byte{1}, 1<<22), data[at:])
		binary.LittleEndian.PutUint64(data[24:], binary.LittleEndian.Uint64(data[24:])+1<<22)
		resum(data)
		if err := Default().Unmarshal(data, &hostile); !errors.Is(err, ErrDamaged) {
			t.Errorf("%d bytes before the value: %v", value-at, err)
		}
	}
}

func roundTrip(m map[any]int) error {
	data, err := Default().Marshal(&m)
	if err != nil {
		return err
	}
	var back map[any]int
	return Default().Unmarshal(data, &back)
}

// What is large in a map is written before the memory that it was copied to holds the
// next map.
func TestLargeInMaps(t *testing.T) {
	var one, two [40000]byte
	one[7], two[7] = 1, 2
	want := []map[string][40000]byte{{"a": one}, {"b": two}}
	data, err := Default().Marshal(&want)
	if err != nil {
		t.Fatal(err)
	}
	var got []map[string][40000]byte
	if err := Default().Unmarshal(data, &got); err != nil || got[0]["a"] != one || got[1]["b"] != two {
		t.Errorf("%v: %d %d", err, got[0]["a"][7], got[1]["b"][7])
	}
}
