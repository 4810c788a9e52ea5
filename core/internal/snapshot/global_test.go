package snapshot

import (
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/global"
	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

type settings struct {
	Rows int
	Own  *settings
	Any  any
	Mu   sync.Mutex
}

type hook struct {
	Rows int
	Hook func()
}

var (
	conf  = settings{Rows: 1}
	other = &settings{Rows: 1}
	table = map[string]int{"a": 1}

	hooked = &hook{Rows: 1}
	errEnd = io.EOF
)

// A registered variable counts in a key by its name and by what it holds, which may
// lead to itself and to others.
func TestHashOfGlobals(t *testing.T) {
	global.Register("conf", &conf, false)
	global.Register("other", &other, false)
	global.Register("table", &table, false)
	global.Register("hook", &hooked, false)
	global.Register("the end", &errEnd, false)
	var before typeid.Digest
	for _, step := range []struct {
		name   string
		change func()
		value  any
		same   bool
	}{
		{"the value", func() {}, &conf, false},
		{"the value again", func() {}, &conf, true},
		{"what it holds", func() { conf.Rows = 2 }, &conf, false},
		{"itself", func() { conf.Own = &conf }, &conf, false},
		{"another", func() { conf.Own = other }, &conf, false},
		{"one that leads back", func() { other.Own = &conf }, &conf, false},
		{"what another holds", func() { other.Rows = 2 }, &conf, false},
		{"of equal content", func() { *other = settings{} }, []*settings{other, new(settings)}, false},
		{"of equal content, the other way", func() {}, []*settings{new(settings), other}, false},
		{"a map", func() {}, table, false},
		{"what a map holds", func() { table["a"] = 2 }, table, false},
		{"in an interface", func() {}, []any{table}, false},
		{"what an interface holds", func() { table["a"] = 3 }, []any{table}, false},
		{"one that may have a function", func() {}, hooked, false},
		{"what that holds", func() { hooked.Rows = 2 }, hooked, false},
		{"a variable of the library that has a second name", func() {}, []error{io.EOF}, false},
		{"what the second name means", func() { errEnd = io.ErrUnexpectedEOF }, []error{io.EOF}, true},
	} {
		step.change()
		now := mustHash(t, step.value)
		if (now == before) != step.same {
			t.Errorf("%s: the hash is the same: %v", step.name, !step.same)
		}
		before = now
	}
	conf.Any = make(chan int)
	hooked.Hook = func() {}
	for value, want := range map[any]string{&conf: "Any: a chan cannot be part of a key", hooked: "Hook: a func"} {
		if _, err := Hash(value); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
}

// TestLocalIsUTC: a time in time.UTC is one in UTC, also where time.Local is that.
func TestLocalIsUTC(t *testing.T) {
	local := time.Local
	defer func() { time.Local = local }()
	time.Local = time.FixedZone("", 3600)
	was, err := Hash(time.Unix(0, 0))
	time.Local = time.UTC
	is, err2 := Hash(time.Unix(0, 0))
	if err != nil || err2 != nil || was == is {
		t.Error(err, err2, "times of two zones have one hash")
	}
}
