package tier

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
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

func sent(rec *record.Record) *remote.Record {
	return &remote.Record{Slot: store.SlotOf(rec.Package, rec.Key), ID: rec.ID(), Payload: rec.Encode()}
}

// Of a record that came from elsewhere nothing is believed that can be checked.
func TestReceived(t *testing.T) {
	good := travelRecord("a.txt")
	good.Inputs[0].Digest = input.Digest{1}
	good.Inputs[0].Stat = unlogged.Stat{Size: 1, ModTime: 2, Inode: 3}
	rec, err := received(sent(good))
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
		if _, err := received(r); err == nil {
			t.Errorf("a record with another %s is taken", name)
		}
	}
}

func TestPatience(t *testing.T) { synctest.Test(t, testPatience) } // in which the clock stands still

func testPatience(t *testing.T) {
	const s = time.Second
	for _, tt := range []struct {
		build, afterwards, left, want time.Duration
		reason                        string
	}{
		{12 * s, 12 * s, 0, 120 * s, "ten times the build"},
		{s, s, 0, 30 * s, "a slow tier may be of use to the next"},
		{12 * s, 12 * s, 60 * s, 24 * s, "there must be time for a build"},
		{12 * s, 12 * s, 13 * s, 12 * s, "a build would hardly end in time"},
		{12 * s, 12 * s, 10 * s, 9 * s, "a build would not end in time"},
		{12 * s, 0, 10 * s, 5 * s, "it was built, and the test goes on"},
		{12 * s, 12 * s, s / 2, s, "a tier that answers at once is well"},
		{12 * s, 12 * s, -s, s, "so it is after the deadline"},
	} {
		tier := &Tier{}
		if tt.left != 0 {
			tier.deadline = time.Now().Add(tt.left)
		}
		if got := tier.patience(tt.build, tt.afterwards); got != tt.want {
			t.Errorf("%v, want %v (%s)", got, tt.want, tt.reason)
		}
	}
}

// The name of a tier shows no part of a password, wherever that stands.
func TestHost(t *testing.T) {
	for url, want := range map[string]string{
		"https://ann:hunter2@cache.example.com:8080/team": "cache.example.com:8080",
		"http://a:hunter2@c@host":                         "host",
		"http://host":                                     "host",
		"http://host/team":                                "host",
		"http://hunter2@[::1]:80/":                        "[::1]:80",
	} {
		if got := (Place{URL: url}).Host(); got != want {
			t.Errorf("%s: %s", url, got)
		}
	}
	for _, url := range []string{
		"hunter2", "ann:hunter2@host", "ann:hunter2@host:80/x", "http://a:hunt/er2@host", "http://host/team?x=hunter2", "http://a:12/hunter2@host", "http://a:?hunter2@host",
		"http://a:#hunter2@host", "http://hunter2/x@host/", "http://a:x@hunter2/x@host/", "http://a:hunter2%40host", "http://host/team?token=a@hunter2", "http://host/team@hunter2",
	} {
		if got := (Place{URL: url}).Host(); got != "(an address that is not shown)" {
			t.Errorf("%s: %s", url, got)
		}
	}
}
