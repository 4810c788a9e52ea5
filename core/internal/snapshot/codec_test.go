package snapshot

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/global"
	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// conn is not data; its codec stores the address.
type conn struct {
	addr string
	done chan int
}

type connCodec struct{ version string }

func (c connCodec) Name() string { return "conn" + c.version }

func (connCodec) Encode(w io.Writer, v any) error {
	c := *v.(**conn)
	if c.addr == "bad" {
		return errors.New("bad address")
	}
	_, err := io.WriteString(w, c.addr)
	return err
}

func (connCodec) Decode(r io.Reader, v any) error {
	b, err := io.ReadAll(r)
	*v.(**conn) = &conn{string(b), make(chan int)}
	return err
}

// level is smaller than a word, and its codec loses nothing.
type level uint8

type levelCodec struct{}

func (levelCodec) Name() string                    { return "level" }
func (levelCodec) Encode(w io.Writer, v any) error { _, err := fmt.Fprint(w, *v.(*level)); return err }
func (levelCodec) Decode(r io.Reader, v any) error {
	_, err := fmt.Fscan(r, (*uint8)(v.(*level)))
	return err
}

type service struct {
	Name   string
	Main   *conn
	Backup *conn
	Others []*conn
	ByName map[string]*conn
	Any    any
	Level  level
	Levels [3]level
	ByLvl  map[level]level
}

func TestUserCodec(t *testing.T) {
	c := NewCoder(map[reflect.Type]Codec{reflect.TypeFor[*conn](): connCodec{}, reflect.TypeFor[level](): levelCodec{}})
	main := &conn{"a:1", make(chan int)}
	v := service{"s", main, main, []*conn{nil, {"b:2", nil}, main}, map[string]*conn{"m": main}, main, 7, [3]level{1, 2, 3}, map[level]level{1: 2, 3: 4}}
	var out service
	data, err := c.RoundTrip(&v, &out)
	if err != nil {
		t.Fatal(err)
	}
	if out.Main != out.Backup || out.Others[2] != out.Main || out.ByName["m"] != out.Main || out.Any != any(out.Main) {
		t.Error("one connection has become several")
	}
	if out.Others[0] != nil || out.Main.addr != "a:1" || out.Main.done == nil || out.Levels != v.Levels || out.ByLvl[3] != 4 {
		t.Errorf("%+v", out)
	}
	other := NewCoder(map[reflect.Type]Codec{reflect.TypeFor[*conn](): connCodec{"2"}, reflect.TypeFor[level](): levelCodec{}})
	if err := other.Unmarshal(append([]byte(nil), data...), &out); !errors.Is(err, ErrOtherType) {
		t.Errorf("another codec reads it: %v", err)
	}
	if err := Default().Unmarshal(data, &out); err == nil {
		t.Error("no codec reads it")
	}
	v.Main = &conn{addr: "bad"}
	if _, err := c.Marshal(&v); err == nil || !strings.Contains(err.Error(), "Main: codec conn: bad address") {
		t.Error(err)
	}
}

// gauge has a func, which is not data, whatever marshalling it brings along.
type gauge struct {
	N    int
	hook func()
}

func (g *gauge) MarshalBinary() ([]byte, error) { return []byte{byte(g.N)}, nil }
func (g *gauge) UnmarshalBinary(b []byte) error { g.N, g.hook = int(b[0]), func() {}; return nil }

type gaugeCodec struct{}

func (gaugeCodec) Name() string { return "gauge" }
func (gaugeCodec) Encode(w io.Writer, v any) error {
	b, err := v.(*gauge).MarshalBinary()
	w.Write(b)
	return err
}
func (gaugeCodec) Decode(r io.Reader, v any) error {
	b, err := io.ReadAll(r)
	if err == nil {
		err = v.(*gauge).UnmarshalBinary(b)
	}
	return err
}

// What several codecs write for each of many elements comes back in its place.
func TestManyCodecParts(t *testing.T) {
	type row struct {
		First any
		G     gauge
		Addrs [12]netip.Addr
		Rest  any
		H     gauge
	}
	rows := make([]row, 300)
	for i := range rows {
		hook := func() {}
		rows[i] = row{gauge{1, hook}, gauge{i % 200, hook}, [12]netip.Addr{11: netip.AddrFrom4([4]byte{1, 2, 3, byte(i)})}, gauge{2, hook}, gauge{i % 100, hook}}
	}
	var out []row
	_, err := Default().RoundTrip(&rows, &out)
	if want := "[0].G.hook: a func cannot be stored"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	coder := NewCoder(map[reflect.Type]Codec{reflect.TypeFor[gauge](): gaugeCodec{}})
	if _, err := coder.RoundTrip(&rows, &out); err != nil {
		t.Fatal(err)
	}
	for i, r := range out {
		if r.G.N != i%200 || r.H.N != i%100 || r.Addrs[11].As4()[3] != byte(i) || r.First.(gauge).N != 1 || r.First.(gauge).hook == nil {
			t.Fatalf("row %d: %+v", i, r)
		}
	}
}

var (
	errRegistered = fmt.Errorf("registered %d", 1)
	sharedConfig  = map[string]int{"a": 1}
	defaultRing   ring
	registerOnce  sync.Once
)

func TestRegisterGlobal(t *testing.T) {
	registerOnce.Do(func() {
		if _, err := Default().Marshal(ptrTo(any(errRegistered))); err == nil {
			t.Error("an error that a variable holds is stored unregistered")
		}
		global.Register("snapshot.errRegistered", &errRegistered, false)
		global.Register("snapshot.sharedConfig", &sharedConfig, false)
		global.Register("snapshot.defaultRing", &defaultRing, false)
	})
	type all struct {
		Err  error
		Cfg  map[string]int
		Ring *ring
		Wrap error
	}
	v := all{errRegistered, sharedConfig, &defaultRing, nil}
	out := again(t, &v)
	if out.Err != errRegistered || out.Ring != &defaultRing {
		t.Error("identity lost")
	}
	if out.Cfg["b"] = 2; sharedConfig["b"] != 2 {
		t.Error("the map is a copy")
	}
	was, _ := Hash(&v)
	delete(sharedConfig, "b")
	if is, _ := Hash(&v); is == was {
		t.Error("what a registered variable holds does not count in a key")
	}
}

func TestUnknownType(t *testing.T) {
	v := any(hidden{3})
	data, err := Default().Marshal(&v)
	if err != nil {
		t.Fatal(err)
	}
	name := []byte("snapshot.hidden")
	at := strings.Index(string(data), string(name))
	for i := 0; at >= 0 && i < 2; i++ { // its name and how it prints
		copy(data[at:], "snapshot.hiddex")
		at = strings.Index(string(data), string(name))
	}
	digest := typeid.Of(reflect.TypeFor[hidden]())
	data[strings.Index(string(data), string(digest[:]))]++
	resum(data)
	if err := Default().Unmarshal(data, &v); !errors.Is(err, ErrUnknownType) || !strings.Contains(err.Error(), "snapshot.hiddex is not known") {
		t.Errorf("%v", err)
	}
}

func sameNameA() any { type Twin struct{ x int }; return Twin{1} }
func sameNameB() any { type Twin struct{ x int }; return Twin{1} }

// Two local types of one name, built alike: a reader could not tell them apart.
func TestTwins(t *testing.T) {
	v := []any{sameNameA(), sameNameB()}
	_, err := Default().Marshal(&v)
	if err == nil || !strings.Contains(err.Error(), "two types are called") {
		t.Error(err)
	}
}
