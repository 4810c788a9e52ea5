package record

import (
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

func sample() *Record {
	value := []byte("value")
	d := input.XXHash64.DigestOf("x")
	return &Record{
		Key: "users", Package: "example.com/m", Built: time.Unix(0, 1<<60), BuildTime: time.Second,
		Output: store.Ref(value), Inline: value, HasInline: true,
		Inputs: []input.Input{
			{Kind: input.Options, Digest: d, Detail: "env X\nfiles testdata/**"},
			{Kind: input.Env, Name: "X"},
			{Kind: input.File, Flags: input.Racy, Name: "testdata/a.csv", Digest: d, Detail: "r5\t\t",
				Stat: unlogged.Stat{Size: 5, ModTime: 7, ChangeTime: 3, Inode: 1 << 63, Device: 2}},
			{Kind: input.File, Name: "testdata/b.csv"},
		},
	}
}

func TestRoundTrip(t *testing.T) {
	for _, change := range []func(*Record){
		func(*Record) {},
		func(r *Record) { r.Local = true },
		func(r *Record) { r.Algorithm = input.SHA256 },
		func(r *Record) { r.Form, r.Bytes = Tree, 1<<40 },
		func(r *Record) { r.Inline, r.HasInline = nil, false },
		func(r *Record) { r.Inline, r.Output = []byte{}, store.Ref(nil) },
		func(r *Record) { r.Inputs = []input.Input{} },
		func(r *Record) { r.Bases = []string{"corpus", "testdata/corpus"} },
	} {
		want := sample()
		change(want)
		got, err := Decode(want.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
}

// A hit reads the whole closure as the detail of an input: megabytes in large programs.
// To copy them would cost more than to read and check the file.
func TestDecodeCopiesNothing(t *testing.T) {
	rec := sample()
	rec.Inputs[0].Detail = strings.Repeat("detail ", 1<<17)
	payload := rec.Encode()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Decode(payload)
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; err != nil || n > uint64(len(payload)/2) {
		t.Errorf("%d bytes are allocated for a payload of %d: %v", n, len(payload), err)
	}
}

func TestDecodeTruncated(t *testing.T) {
	payload := sample().Encode()
	for n := range payload {
		if _, err := Decode(payload[:n]); err == nil {
			t.Errorf("%d of %d bytes decode", n, len(payload))
		}
	}
}

// Decode meets only payloads whose checksum holds, but a bug of ours, or a
// record that travelled, must not take a test down either.
func FuzzDecode(f *testing.F) {
	f.Add(sample().Encode())
	f.Add([]byte{format, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Decode(r.Encode())
		if err != nil || !reflect.DeepEqual(r, again) {
			t.Errorf("decoded record does not survive: %v", err)
		}
	})
}
