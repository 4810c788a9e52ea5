package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code"
)

// ask is Value for a process.
func ask[T any](p *testProcess, s Spec, fn func() (T, error)) (v T, err error) {
	if s.Key == "" {
		s.Key = "key"
	}
	s.Package, s.Func, s.DeclaredOnly = "m", value, true
	s.Notify = func(e Event) { p.events = append(p.events, e) }
	err = p.Value(context.Background(), s, &v, func(_ context.Context, p any) (err error) { *p.(*T), err = fn(); return err })
	return v, err
}

type number struct{ n int }

// A numberCodec writes numbers as text, which other numbers lose a digit by.
type numberCodec struct{ name string }

func (c numberCodec) Name() string                       { return c.name }
func (c numberCodec) Encode(w io.Writer, n number) error { _, err := fmt.Fprint(w, n.n); return err }
func (c numberCodec) Decode(r io.Reader) (number, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return number{}, err
	}
	n, err := strconv.Atoi(string(text))
	return number{n}, err
}

func TestValue(t *testing.T) {
	p := newProcess(t)
	large := bytes.Repeat([]byte("large"), 1<<20)
	for range 2 {
		n, err := ask(p, Spec{}, func() (*number, error) { return &number{7}, nil })
		if err != nil || n.n != 7 {
			t.Errorf("%v, %v", n, err)
		}
		b, err := ask(p, Spec{Key: "large"}, func() ([]byte, error) { return bytes.Clone(large), nil })
		if err != nil || !bytes.Equal(b, large) {
			t.Errorf("%d bytes, %v", len(b), err)
		}
		b[0] = 'X' // the caller's own
	}
	p.want("hit", "hit")
	if _, err := ask(p, Spec{}, func() (string, error) { return "", nil }); err == nil || !strings.Contains(err.Error(), "one key for two types") {
		t.Errorf("another type: %v", err)
	}
	p = p.again(On)
	ask(p, Spec{}, func() (string, error) { return "", nil })
	p.want("type ")
	p.want()
	ch, err := ask(p, Spec{Key: "chan"}, func() (chan int, error) { return make(chan int), nil })
	if err != nil || ch == nil {
		t.Errorf("what cannot be stored: %v, %v", ch, err)
	}
	p.want(`built "chan" in`, "not stored")
	calls := 0
	ask(p, Spec{Key: "twice", CheckDeterministic: true}, func() ([]int, error) { calls++; return []int{1, calls}, nil })
	p.want("the build function made two different values at [1]: take out what varies, or drop CheckDeterministic()")
	if n, err := ask(p, Spec{Key: "equal", CheckDeterministic: true}, func() (int, error) { return 1, nil }); n != 1 || err != nil {
		t.Errorf("%v, %v", n, err)
	}
	if _, err := ask(p, Spec{Key: "fails"}, func() (int, error) { return 0, io.EOF }); err != io.EOF {
		t.Errorf("an error: %v", err)
	}
	off := p.again(Off)
	if n, err := ask(off, Spec{}, func() (int, error) { return 5, nil }); n != 5 || err != nil {
		t.Errorf("off: %v, %v", n, err)
	}
}

func TestSharedValue(t *testing.T) {
	p := newProcess(t)
	one, _ := ask(p, Spec{Shared: true}, func() (*number, error) { return &number{1}, nil })
	two, _ := ask(p, Spec{Shared: true}, func() (*number, error) { return &number{1}, nil })
	three, _ := ask(p, Spec{Shared: true}, func() (*number, error) { return &number{1}, nil })
	if one != two || two != three || one.n != 1 {
		t.Errorf("%p, %p, %p", one, two, three)
	}
	copied, err := ask(p, Spec{}, func() (*number, error) { return &number{1}, nil })
	if err != nil || copied == two {
		t.Errorf("a copy: %p, %v", copied, err)
	}
}

func TestCodec(t *testing.T) {
	p := newProcess(t)
	build := func() (number, error) { return number{7}, nil }
	spec := func(name string) Spec { return Spec{Codec: Box[number](numberCodec{name})} }
	for range 2 {
		if n, err := ask(p, spec("n1"), build); n.n != 7 || err != nil {
			t.Errorf("%v, %v", n, err)
		}
	}
	p.want("first run", "hit")
	p = p.again(On)
	ask(p, spec("n2"), build)
	p.want("codec n2 with fields ", " added, codec n1 with fields ", " removed")
	if _, err := ask(p, Spec{Key: "int", Codec: Box[number](numberCodec{"n"})}, func() (int, error) { return 1, nil }); err == nil || !strings.Contains(err.Error(), "is no codec for values of type int") {
		t.Errorf("another type: %v", err)
	}
	RegisterCodec(Box[channel](registeredCodec[channel]{}))
	if v, err := ask(p, Spec{Key: "registered"}, func() ([]channel, error) { return []channel{{make(chan int)}}, nil }); err != nil || len(v) != 1 || v[0].ch != nil {
		t.Errorf("%v, %v", v, err)
	}
	ask(p, Spec{Key: "registered"}, func() ([]channel, error) { return nil, nil })
	p.want("hit")
	RegisterGlobal("m.ErrX", &errX, false)
	if got, err := ask(p, Spec{Key: "global"}, func() (error, error) { return errX, nil }); got != errX || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

var errX = errors.New("x")

type channel struct{ ch chan int }

// A registeredCodec keeps nothing of a value.
type registeredCodec[T any] struct{}

func (registeredCodec[T]) Name() string                    { return "nothing" }
func (registeredCodec[T]) Encode(io.Writer, T) error       { return nil }
func (registeredCodec[T]) Decode(io.Reader) (v T, _ error) { return v, nil }

// fill fills a directory.
func fill(files map[string]string) func(context.Context, string) error {
	return func(_ context.Context, dir string) error {
		for name, text := range files {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				return err
			}
		}
		return nil
	}
}

// tree asks for a directory or a file.
func (p *testProcess) tree(s Spec, w Want, fn func(context.Context, string) error) (string, error) {
	dir := p.t.TempDir()
	n := 0
	s.Package, s.DeclaredOnly, s.Notify = "m", true, func(e Event) { p.events = append(p.events, e) }
	if s.Func == nil {
		s.Func = value
	}
	if s.Key == "" {
		s.Key = w.Name
	}
	w.Dest = func(name string) (string, error) {
		n++
		return filepath.Join(dir, fmt.Sprint(n)+name), nil
	}
	return p.GetPath(context.Background(), s, w, fn)
}

func TestDir(t *testing.T) {
	p := newProcess(t)
	build := fill(map[string]string{"a": "1", "b/c": strings.Repeat("2", 100_000)})
	if _, err := p.tree(Spec{}, Want{Name: "d", Probe: true}, build); err != ErrNotReady {
		t.Errorf("a probe: %v", err)
	}
	for i := range 3 {
		got, err := p.tree(Spec{}, Want{Name: "d"}, build)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(filepath.Join(got, "b/c")); len(data) != 100_000 || err != nil {
			t.Errorf("%d: %d bytes, %v", i, len(data), err)
		}
		if err := os.WriteFile(filepath.Join(got, "a"), nil, 0o644); err != nil {
			t.Error(err)
		}
		if i == 1 {
			p = p.again(On)
		}
	}
	p.want("hit")
	if _, err := p.tree(Spec{}, Want{Name: "d", Probe: true}, build); err != nil {
		t.Errorf("a probe: %v", err)
	}
	p = p.again(Verify)
	if _, err := p.tree(Spec{}, Want{Name: "d"}, build); err != nil {
		t.Error(err)
	}
	p.want("verified")
	if _, err := p.tree(Spec{}, Want{Name: "d"}, fill(map[string]string{"a": "3"})); err == nil || !strings.Contains(err.Error(), "is another tree (") {
		t.Errorf("another tree: %v", err)
	}
	p = p.again(On)
	one, err1 := p.tree(Spec{}, Want{Name: "d", InPlace: true}, build)
	two, err2 := p.tree(Spec{}, Want{Name: "d", InPlace: true}, build)
	if one != two || !strings.HasPrefix(one, p.Cache.Dir()) || err1 != nil || err2 != nil {
		t.Errorf("in place: %s, %s, %v, %v", one, two, err1, err2)
	}
	off := p.again(Off)
	if got, err := off.tree(Spec{}, Want{Name: "d"}, build); err != nil || got == "" {
		t.Errorf("off: %s, %v", got, err)
	}
}

func TestFile(t *testing.T) {
	p := newProcess(t)
	w := Want{Name: "f.db", File: true}
	build := func(_ context.Context, path string) error { return os.WriteFile(path, []byte("data"), 0o644) }
	for range 2 {
		got, err := p.tree(Spec{}, w, build)
		if data, rerr := os.ReadFile(got); string(data) != "data" || err != nil {
			t.Errorf("%q, %v, %v", data, err, rerr)
		}
	}
	p.want("first run", "hit")
	inPlace := w
	inPlace.InPlace = true
	if got, err := p.tree(Spec{}, inPlace, build); err != nil || filepath.Base(got) != "f.db" {
		t.Errorf("%s, %v", got, err)
	}
	for _, tt := range []struct {
		want  Want
		build func(path string) error
		err   string
	}{
		{w, func(string) error { return nil }, "the build function made no file f.db"},
		{w, func(path string) error { return os.Mkdir(path, 0o755) }, "something else than a file: use Dir"},
		{w, func(path string) error { os.WriteFile(path+"-wal", nil, 0o644); return os.WriteFile(path, nil, 0o644) }, "the build function left f.db-wal beside f.db"},
		{Want{Name: "d"}, os.RemoveAll, "the build function removed its directory d"},
		{Want{Name: "d"}, func(path string) error { os.Remove(path); return os.WriteFile(path, nil, 0o644) }, "something else than a directory"},
		{Want{Name: "a/b"}, os.RemoveAll, `"a/b" is no name of a file`},
		{w, func(string) error { return io.EOF }, "EOF"},
	} {
		p = p.again(On)
		_, err := p.tree(Spec{Refresh: true, Key: "k"}, tt.want, func(_ context.Context, path string) error { return tt.build(path) })
		if err == nil || !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%v, want %s", err, tt.err)
		}
	}
	p = p.again(On)
	p.told()
	p.tree(Spec{Key: "own"}, w, func(_ context.Context, path string) error { return os.WriteFile(path, []byte(path), 0o644) })
	p.want("not stored: its file f.db holds the temporary path")
}

func TestTrack(t *testing.T) {
	p := newProcess(t)
	p.write("in.txt", "1")
	p.write("dir/a", "a")
	build := func(ctx context.Context) (Output, error) {
		err := errors.Join(p.Track(ctx, p.path("in.txt"), false), p.Track(ctx, p.path("dir"), false), p.Track(ctx, p.path("open"), true), p.Track(ctx, p.path("dir"), true))
		return Output{Data: []byte("v")}, err
	}
	for _, step := range []struct {
		change func()
		want   string
	}{
		{func() {}, "first run"},
		{func() {}, "hit"},
		{func() { p.write("in.txt", "two") }, "file in.txt modified"},
		{func() { p.write("dir/b", "b") }, "file dir/b added"},
		{func() { p.write("open", "") }, "file open added"},
	} {
		step.change()
		p = p.again(On)
		if _, err := p.do(Spec{DeclaredOnly: true}, build); err != nil {
			t.Fatal(err)
		}
		p.want(step.want)
	}
	if err := p.Track(context.Background(), "in.txt", false); err == nil || !strings.Contains(err.Error(), "no fixture is being built here") {
		t.Errorf("outside of a build: %v", err)
	}
}

// memo asks as package cachetest does: with the place of the call.
func memo(p *testProcess, key string, fn func() (string, error), opts ...func(*Spec)) (v string, err error) {
	site, err := code.Caller(0)
	if err != nil {
		return "", err
	}
	s := Spec{Key: key, Package: site.Package, Func: fn, Call: site, Callee: "memo", Test: p.t.Name(), Notify: func(e Event) { p.events = append(p.events, e) }}
	for _, opt := range opts {
		opt(&s)
	}
	err = p.Value(context.Background(), s, &v, func(_ context.Context, p any) (err error) { *p.(*string), err = fn(); return err })
	return v, err
}

func helper() string { return "help" }

func TestClosure(t *testing.T) {
	p := newProcess(t)
	for i := range 3 {
		got, err := memo(p, "closure", func() (string, error) { return helper() + " me", nil })
		if got != "help me" || err != nil {
			t.Fatalf("%q, %v", got, err)
		}
		if i == 1 {
			p = p.again(On)
		}
	}
	told := p.told()
	if strings.Contains(told, "built without the cache") {
		t.Skip("the source has been edited since the test was compiled")
	}
	if strings.Contains(told, "no source") {
		t.Skip("this test binary was built by another go test, or for another machine") // as in Wine
	}
	if !strings.Contains(told, "hit") {
		t.Errorf("%s", told)
	}
	captured := t.Name()
	memo(p, "captures", func() (string, error) { return captured, nil })
	p.want("not stored:", "captured")
	memo(p, "captures2", func() (string, error) { return captured, nil }, func(s *Spec) { s.Ignore.Captures = []string{"captured"} })
	if told := p.told(); strings.Contains(told, "is not part of the key") {
		t.Errorf("what is ignored counts: %s", told)
	}
	inPackage := func(s *Spec) { s.Code = CodePackage } // in a line of its own: it reaches all of this package
	inBinary := func(s *Spec) { s.Code = CodeBinary }
	memo(p, "modes", func() (string, error) { return helper(), nil }, inPackage)
	memo(p, "modes2", func() (string, error) { return helper(), nil }, inBinary)
	p.want("first run")
}

type step interface{ do() }

type (
	first  struct{}
	second struct{}
	third  struct{}
	fourth struct{}
)

func (first) do()  {}
func (second) do() {}
func (third) do()  {}

// A stepCodec is one of which parts that are interfaces work.
type stepCodec struct {
	numberCodec
	one   step
	array [1]step
	slice []struct{ step }
	self  []any
}

// TestFieldsOfCodec: what a codec holds itself counts as its name does, wherever it lies.
// What others may write to while it is looked at does not.
func TestFieldsOfCodec(t *testing.T) {
	type fields struct {
		numberCodec
		level int
		keys  [2]string
		a, b  any
		named reflect.Kind // fmt would call its String
		p     *int
		slice []byte
		m     map[string]int
		f     func()
	}
	name := func(c Codec[number]) string { name, _ := Box(c).parts(); return name }
	seen := map[string]int{}
	for i, c := range []Codec[number]{
		numberCodec{}, fields{}, fields{level: 1}, fields{keys: [2]string{"x"}}, fields{keys: [2]string{"", "x"}},
		fields{a: 1}, fields{b: 1}, fields{a: "1"}, fields{named: 1}, fields{a: fields{level: 1}},
	} {
		if before, ok := seen[name(c)]; ok {
			t.Errorf("%d and %d are both %q", before, i, name(c))
		}
		seen[name(c)] = i
	}
	unseen := fields{p: new(int), slice: []byte("x"), m: map[string]int{"x": 1}, f: func() {}}
	if a, b := name(fields{}), name(unseen); a != b {
		t.Errorf("%q is not %q", b, a)
	}
	if got := name(&fields{level: 1}); got != "" {
		t.Errorf("%q is not its Name alone", got)
	}
}

// TestMethodsOfCodec finds the types of what interfaces in a codec hold.
func TestMethodsOfCodec(t *testing.T) {
	self := []any{nil, fourth{}}
	self[0] = self
	c := Box[number](stepCodec{one: first{}, array: [1]step{second{}}, slice: []struct{ step }{{third{}}}, self: self})
	_, types := c.parts()
	got := strings.Join(types, " ")
	for _, name := range []string{"stepCodec", "first", "second", "third", "fourth"} {
		if !strings.Contains(got, "engine."+name) {
			t.Errorf("%s is not among %s", name, got)
		}
	}
}
