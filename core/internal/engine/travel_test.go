package engine

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/remote"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

func travelRecord(names ...string) *record.Record {
	rec := &record.Record{
		Key: "k", Package: "p", Built: time.Unix(1, 0), Algorithm: input.SHA256,
		Output: store.Ref([]byte("out")), Inline: []byte("out"), HasInline: true,
	}
	for _, name := range names {
		rec.Inputs = append(rec.Inputs, input.Input{Kind: input.File, Name: name})
	}
	return rec
}

func travelCache(root string) *Cache {
	c := newCache(Config{Algorithm: SHA256}, process.This())
	c.world.Root = logged.Root{Lexical: root, Physical: root}
	return c
}

func sent(rec *record.Record) *remote.Record {
	return &remote.Record{Slot: store.SlotOf(rec.Package, rec.Key), ID: rec.ID(), Payload: rec.Encode()}
}

// Of a record that came from elsewhere nothing is believed that can be checked.
func TestReceived(t *testing.T) {
	c := travelCache(t.TempDir())
	good := travelRecord("a.txt")
	good.Inputs[0].Digest = input.Digest{1}
	good.Inputs[0].Stat = unlogged.Stat{Size: 1, ModTime: 2, Inode: 3}
	rec, err := c.received(sent(good))
	if err != nil || rec.Inputs[0].Stat != (unlogged.Stat{}) || rec.Inputs[0].Flags&input.Racy == 0 {
		t.Fatalf("%+v %v", rec, err)
	}
	for name, change := range map[string]func(*record.Record, *remote.Record){
		"slot":      func(_ *record.Record, r *remote.Record) { r.Slot[0]++ },
		"record":    func(_ *record.Record, r *remote.Record) { r.ID[0]++ },
		"output":    func(rec *record.Record, r *remote.Record) { rec.Output.ID[0]++; r.Payload = rec.Encode() },
		"algorithm": func(rec *record.Record, r *remote.Record) { rec.Algorithm = input.XXHash64; r.Payload = rec.Encode() },
		"Local":     func(rec *record.Record, r *remote.Record) { rec.Local = true; r.Payload = rec.Encode() },
		"outside":   func(rec *record.Record, r *remote.Record) { rec.Inputs[0].Name = "/etc/passwd"; *r = *sent(rec) },
		"above":     func(rec *record.Record, r *remote.Record) { rec.Inputs[0].Name = "../a.txt"; *r = *sent(rec) },
		"payload":   func(_ *record.Record, r *remote.Record) { r.Payload = r.Payload[1:] },
	} {
		rec := *good
		rec.Inputs = slices.Clone(good.Inputs)
		r := sent(&rec)
		change(&rec, r)
		if _, err := c.received(r); err == nil {
			t.Errorf("a record with another %s is taken", name)
		}
	}
}

// What the go command looks at outside the module is looked at where the reader's
// lies, however deep: all of it or none travels.
func TestTravelOfOutsidePlaces(t *testing.T) {
	t.Setenv("GOENV", filepath.Join(t.TempDir(), "env"))
	here := travelCache(filepath.FromSlash("/a/b/m"))
	there := travelCache(filepath.FromSlash("/home/x/y/z/m"))
	rec := travelRecord(append([]string{"go.work", here.world.Name(goEnvPath())}, here.above()...)...)
	if len(here.above()) != 3 || rec.Tied() == "" {
		t.Fatal(here.above(), rec.Tied())
	}
	out := here.portable(rec)
	if why := out.Tied(); why != "" {
		t.Fatal(why)
	}
	got, err := there.received(sent(out))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, in := range got.Inputs {
		names = append(names, in.Name)
	}
	want := append([]string{"go.work", there.world.Name(goEnvPath())}, there.above()...)
	if !slices.Equal(names, want) || len(there.above()) != 5 {
		t.Errorf("%q, not %q", names, want)
	}

	rec.Inputs = rec.Inputs[:len(rec.Inputs)-1]
	if here.portable(rec).Tied() == "" {
		t.Error("a record that does not look at all places for a workspace travels")
	}
}

func TestSplitAddress(t *testing.T) {
	for _, test := range [][3]string{
		{"https://ann:hunter2@cache.example.com:8080/team?x=y@z", "cache.example.com:8080", "https://cache.example.com:8080/team?x=y@z"},
		{"http://a:b@c@host", "host", "http://host"},
		{"http://host", "host", "http://host"},
		{"nonsense", "nonsense", "nonsense"},
	} {
		if host, public := splitAddress(test[0]); host != test[1] || public != test[2] {
			t.Errorf("%s: %s, %s", test[0], host, public)
		}
	}
}
