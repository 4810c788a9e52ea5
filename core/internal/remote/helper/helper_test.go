package helper

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/remote"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// shared is the variable that makes this program a helper, over a directory.
const shared = "HELPER_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(shared); dir != "" {
		keys, err := ParseKeys(os.Getenv(VarKey), os.Getenv(VarTrust))
		if err == nil {
			err = Serve(os.Stdin, os.Stdout, directory{dir}, keys)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// A directory is a backend that notes each request in the file log.
type directory struct{ dir string }

func (d directory) note(what string) {
	f, err := os.OpenFile(filepath.Join(d.dir, "log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err == nil {
		fmt.Fprintln(f, what)
		f.Close()
	}
}

func (d directory) file(kind string, id ID) string {
	return filepath.Join(d.dir, fmt.Sprintf("%s-%x", kind, id))
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o600)
}

func (d directory) Get(_ context.Context, action ID, path string) (ID, int64, error) {
	d.note("get")
	if err := copyFile(d.file("ac", action), path); err != nil {
		return ID{}, 0, err
	}
	data, err := os.ReadFile(path)
	return sha256.Sum256(data), int64(len(data)), err
}

func (d directory) Put(_ context.Context, action, _ ID, _ int64, path string) error {
	d.note("put")
	return copyFile(path, d.file("ac", action))
}

func (d directory) GetObject(_ context.Context, id ID, _ int64, path string, _ func()) error {
	d.note("get object")
	return copyFile(d.file("cas", id), path)
}

func (d directory) PutObject(_ context.Context, id ID, _ int64, path string, force bool, _ func()) error {
	d.note(fmt.Sprint("put object ", force))
	return copyFile(path, d.file("cas", id))
}

// requests returns the log, and begins it anew.
func (d directory) requests() []string {
	data, _ := os.ReadFile(filepath.Join(d.dir, "log"))
	os.Remove(filepath.Join(d.dir, "log"))
	return strings.Split(strings.TrimSpace(string(data)), "\n")
}

func (d directory) tier(env ...string) *remote.Tier {
	return remote.New(time.Minute, func(context.Context) (*exec.Cmd, error) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(append(os.Environ(), shared+"="+d.dir), env...)
		return cmd, nil
	})
}

func openStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func entry(slot store.SlotID, n int) *remote.Entry {
	return &remote.Entry{Record: remote.Record{Slot: slot, ID: store.RecordID{byte(n), byte(n >> 8)}, Payload: fmt.Appendf(nil, "record %d", n)}}
}

func fetch(tier *remote.Tier, s *store.Store, refs ...store.ObjectRef) error {
	batch := s.NewBatch()
	defer batch.Discard()
	if err := tier.Fetch(refs, batch); err != nil {
		return err
	}
	return batch.Commit()
}

// What one store shares another has, in one request for the records of a slot, and
// one for an object.
func TestShare(t *testing.T) {
	d := directory{t.TempDir()}
	here, there := openStore(t), openStore(t)
	var refs []store.ObjectRef
	for _, data := range []string{"", "small", strings.Repeat("large", 100_000)} {
		ref, err := here.PutObject([]byte(data))
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, ref)
	}
	const records = 16
	slots := 10
	if os.Getenv("CACHETEST_LONG") != "" {
		slots = 1000
	}
	writer, reader := d.tier(), d.tier()
	slot := func(i int) store.SlotID { return store.SlotOf("p", fmt.Sprint(i)) }
	for i := range slots {
		for n := range records {
			if err := writer.Publish(entry(slot(i), n), false, refs, here.OpenObject); err != nil {
				t.Fatal(err)
			}
		}
	}
	d.requests()
	for i := range slots {
		entries, err := reader.Entries(slot(i), store.VariantID{})
		if err != nil || len(entries) != records || string(entries[0].Payload) != "record 15" {
			t.Fatal(len(entries), err)
		}
	}
	if got := d.requests(); len(got) != slots {
		t.Errorf("%d requests for %d slots", len(got), slots)
	}
	if err := fetch(reader, there, refs...); err != nil {
		t.Fatal(err)
	}
	if data, err := there.ReadObject(refs[2]); err != nil || len(data) != 500_000 {
		t.Error(len(data), err)
	}
	if got := d.requests(); len(got) != len(refs) {
		t.Errorf("%q", got)
	}
	if err := fetch(reader, there, refs...); err != nil || d.requests()[0] != "" {
		t.Error("what is there was asked for again", err)
	}
}

// What is gone is no fault of the tier; what has other bytes is, and is written anew
// by who has the right ones.
func TestObjectGoneOrDamaged(t *testing.T) {
	d := directory{t.TempDir()}
	here := openStore(t)
	ref, err := here.PutObject([]byte("right"))
	if err != nil {
		t.Fatal(err)
	}
	tier := d.tier()
	if err := fetch(tier, openStore(t), ref); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if err := os.WriteFile(d.file("cas", ref.ID), []byte("wrong"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := fetch(tier, openStore(t), ref); err == nil || !strings.Contains(err.Error(), "it has other bytes than were put there") {
		t.Fatal(err)
	}
	if _, err := tier.Entries(store.SlotID{}, store.VariantID{}); err != remote.ErrEnded {
		t.Errorf("the tier goes on: %v", err)
	}
	d.requests()
	if err := tier.Publish(entry(store.SlotID{}, 1), false, []store.ObjectRef{ref}, here.OpenObject); err != nil {
		t.Fatal(err)
	}
	if got := d.requests(); !slices.Contains(got, "put object true") {
		t.Errorf("%q", got)
	}
	if err := fetch(d.tier(), openStore(t), ref); err != nil {
		t.Error(err)
	}
}

// An index that was damaged is told, and is written anew.
func TestIndexDamaged(t *testing.T) {
	d := directory{t.TempDir()}
	none := func(store.ObjectRef) (*os.File, error) { return nil, fs.ErrNotExist }
	if err := d.tier().Publish(entry(store.SlotID{}, 1), false, nil, none); err != nil {
		t.Fatal(err)
	}
	names, _ := filepath.Glob(d.file("ac", ID{})[:len(d.dir)+3] + "*")
	data, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-1] ^= 1
	if err := os.WriteFile(names[0], data, 0o600); err != nil {
		t.Fatal(err)
	}
	tier := d.tier()
	if _, err := tier.Entries(store.SlotID{}, store.VariantID{}); err == nil {
		t.Error("a damaged index is one")
	}
	if err := tier.Publish(entry(store.SlotID{}, 2), false, nil, none); err != nil {
		t.Fatal(err)
	}
	if entries, err := d.tier().Entries(store.SlotID{}, store.VariantID{}); err != nil || len(entries) != 1 {
		t.Error(len(entries), err)
	}
}

func TestSignatures(t *testing.T) {
	var keys [2]struct{ secret, public string }
	for i := range keys {
		var err error
		if keys[i].secret, keys[i].public, err = GenerateKey(); err != nil {
			t.Fatal(err)
		}
	}
	none := func(store.ObjectRef) (*os.File, error) { return nil, fs.ErrNotExist }
	d := directory{t.TempDir()}
	publish := func(n int, keyed bool, env ...string) {
		t.Helper()
		if err := d.tier(env...).Publish(entry(store.SlotID{}, n), keyed, nil, none); err != nil {
			t.Fatal(err)
		}
	}
	publish(0, false)
	publish(1, true, VarKey+"="+keys[0].secret)
	publish(2, true, VarKey+"="+keys[1].secret)
	const unsigned, wrong = "it is not signed", "its signature is of none of the keys in CACHETEST_REMOTE_TRUST"
	for trust, want := range map[string][3]string{ // newest first
		"":                          {"", "", ""},
		keys[0].public:              {wrong, "", ""},
		"require," + keys[0].public: {wrong, "", unsigned},
		"require, " + keys[0].public + "," + keys[1].public: {"", "", unsigned},
	} {
		tier := d.tier(VarTrust + "=" + trust)
		entries, err := tier.Entries(store.SlotID{}, store.VariantID{})
		if err != nil || len(entries) != 3 {
			t.Fatal(len(entries), err)
		}
		for i, e := range entries {
			if why, err := tier.Refuses(e, trust); err != nil || why != want[i] {
				t.Errorf("trust %q, entry %d: %q %v", trust, i, why, err)
			}
		}
	}
	for _, bad := range [][2]string{{"x", ""}, {keys[0].public[1:], ""}, {"", "x"}, {"", "require"}, {"", keys[0].public[1:]}} {
		if _, err := ParseKeys(bad[0], bad[1]); err == nil || bad[0] != "" && strings.Contains(err.Error(), bad[0]) && bad[0] != "x" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// What comes in may be anything.
func TestServeNonsense(t *testing.T) {
	for _, in := range []string{"", "\n\n", `{"ID":1,"Command":"close"}` + "\n"} {
		var out bytes.Buffer
		if err := Serve(strings.NewReader(in), &out, directory{t.TempDir()}, Keys{}); err != nil || !strings.HasPrefix(out.String(), `{"ID":0,"KnownCommands":["get","put","close",`) {
			t.Errorf("%q: %v", in, err)
		}
	}
	for _, in := range []string{
		"x", "x\n", `{"ID":1,"Command":"close"}`, `{"ID":1,"Command":"put","BodySize":-1}` + "\n", `{"ID":1,"Command":"put","BodySize":3}` + "\n\"QUJD",
		`{"ID":1,"Command":"put","BodySize":3}` + "\nQUJD\"", `{"ID":1,"Command":"put","BodySize":3}` + "\n\"QU?D\"", strings.Repeat("x", 1<<20),
	} {
		if err := Serve(strings.NewReader(in), &bytes.Buffer{}, directory{t.TempDir()}, Keys{}); err == nil {
			t.Errorf("%.50q is of the protocol", in)
		}
	}
	var out lockedBuffer
	d := directory{t.TempDir()}
	// As the go command writes it.
	id := base64.StdEncoding.EncodeToString(make([]byte, 32))
	goPut := `{"ID":1,"Command":"put","ActionID":"` + id + `","OutputID":"` + id + `","BodySize":3}` + "\n\n\"QUJD\"\n" + `{"ID":2,"Command":"close"}` + "\n\n"
	if err := Serve(strings.NewReader(goPut), &out, d, Keys{}); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(d.file("ac", ID{})); err != nil || string(data) != "ABC" {
		t.Errorf("%q %v", data, err)
	}
	in := `{"ID":1,"Command":"dance"}` + "\n" + `{"ID":2,"Command":"get","ActionID":"QUJD"}` + "\n" + `{"ID":3,"Command":"close"}` + "\n"
	if err := Serve(strings.NewReader(in), &out, directory{t.TempDir()}, Keys{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`{"ID":1,"Err":"unknown command \"dance\""}`, `{"ID":2,"Err":"a name has 3 bytes, not 32"}`, `{"ID":3}`} {
		if !strings.Contains(out.String(), want+"\n") {
			t.Errorf("no %s in %s", want, out.String())
		}
	}
}

type lockedBuffer struct {
	sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.Write(p)
}
