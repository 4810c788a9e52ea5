package admin

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A world is a store, a directory of inputs, and what was told of look-ups.
type world struct {
	t      *testing.T
	config engine.Config
	dir    string
	events []engine.Event
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, config: engine.Config{Dir: filepath.Join(t.TempDir(), "store"), Mode: engine.On}, dir: t.TempDir()}
	w.write("in.txt", "one")
	return w
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) age(name string, by time.Duration) {
	at := time.Now().Add(-by)
	if err := os.Chtimes(name, at, at); err != nil {
		w.t.Fatal(err)
	}
}

// get asks for a fixture as a process of its own would. Its code does not count: a
// plain go test, which the command compares with, has other flags.
func (w *world) get(ctx context.Context, key string, spec engine.Spec, build func(context.Context) string) {
	w.t.Helper()
	c, err := engine.Open(w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	spec.Key, spec.Package, spec.Version, spec.Code, spec.DeclaredOnly = key, "m", "1", engine.CodeNone, true
	spec.Notify = func(e engine.Event) { w.events = append(w.events, e) }
	if _, err = c.Do(ctx, spec, func(ctx context.Context) (engine.Output, error) {
		return engine.Output{Data: []byte(build(ctx))}, nil
	}); err != nil {
		w.t.Fatal(err)
	}
}

func value(text string) func(context.Context) string {
	return func(context.Context) string { return text }
}

func (w *world) admin() *Cache {
	w.t.Helper()
	c, err := Open(w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) records(key string) (list []*Stored) {
	for s := range w.admin().Records() {
		if s.Key == key {
			list = append(list, s)
		}
	}
	return list
}

// verdict is State, and the reasons.
func (w *world) verdict(key string, look func(*Inspector)) string {
	w.t.Helper()
	v := w.admin().Inspect(w.dir)
	if look != nil {
		look(v)
	}
	verdict := v.Fixture(w.records(key))
	parts := []string{string(verdict.State)}
	for _, r := range verdict.Reasons {
		parts = append(parts, r.Text)
	}
	return strings.Join(parts, ": ")
}

func TestRecordsAndVerdicts(t *testing.T) {
	w := newWorld(t)
	t.Setenv("CACHETEST_ADMIN_TEST", "0")
	w.age(w.path("in.txt"), time.Hour)
	file := engine.Spec{Declare: engine.Declared{Files: []string{w.path("in.txt")}, Env: []string{"CACHETEST_ADMIN_TEST"}}}
	w.get(context.Background(), "users", file, value("value"))
	list := w.records("users")
	if len(list) != 1 {
		t.Fatalf("%d records", len(list))
	}
	s := list[0]
	if s.Package != "m" || s.Size != int64(len("value")) || s.Built.IsZero() || s.Slot == "" || s.Variant == "" || s.ID == "" {
		t.Errorf("%+v", s)
	}
	var inputs []string
	for _, in := range s.Inputs() {
		if in.Declared {
			inputs = append(inputs, in.Kind+" "+filepath.Base(in.Name))
		}
	}
	if want := []string{"env CACHETEST_ADMIN_TEST", "file in.txt"}; !slices.Equal(inputs, want) {
		t.Errorf("inputs %q, want %q", inputs, want)
	}
	if why := w.admin().Tied(s); !strings.Contains(why, "in.txt") {
		t.Errorf("a file of an absolute path outside the module ties a record: %q", why)
	}
	if got := w.verdict("users", nil); strings.HasPrefix(got, string(Changed)) {
		t.Errorf("nothing has changed: %s", got)
	}
	w.write("in.txt", "three")
	t.Setenv("CACHETEST_ADMIN_TEST", "1")
	got := w.verdict("users", nil)
	for _, part := range []string{string(Changed), "in.txt modified (3 B -> 5 B)", "env CACHETEST_ADMIN_TEST changed"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q lacks %q", got, part)
		}
	}
	if got := w.verdict("none", nil); got != string(None) {
		t.Errorf("nothing is stored: %s", got)
	}
}

// A test has the go command's own directory in front of its PATH, and so has what
// the go command runs as a tool; a command that is run by itself has not.
func TestPathOfTests(t *testing.T) {
	w := newWorld(t)
	list := func(dirs ...string) string { return strings.Join(dirs, string(os.PathListSeparator)) }
	goBin, other := w.path("go"), w.path("other")
	t.Setenv("PATH", list(goBin, other))
	w.get(context.Background(), "path", engine.Spec{Declare: engine.Declared{Env: []string{"PATH"}}}, value(""))
	for _, tt := range []struct {
		path, bin string
		same      bool
		reason    string
	}{
		{list(goBin, other), goBin, true, "run by go tool"},
		{other, goBin, true, "run by itself"},
		{other, w.path("newer"), false, "another go command"},
		{other, "", false, "no go command"},
		{list(w.path("more"), other), goBin, false, "another PATH"},
	} {
		t.Setenv("PATH", tt.path)
		got := w.verdict("path", func(v *Inspector) { v.present.World.GoBin = tt.bin })
		if same := !strings.HasPrefix(got, string(Changed)); same != tt.same {
			t.Errorf("%s: %s", tt.reason, got)
		}
	}
}

func TestChildren(t *testing.T) {
	w := newWorld(t)
	w.age(w.path("in.txt"), time.Hour)
	w.get(context.Background(), "outer", engine.Spec{}, func(ctx context.Context) string {
		w.get(ctx, "inner", engine.Spec{Declare: engine.Declared{Files: []string{w.path("in.txt")}}}, value("inner"))
		return "outer"
	})
	outer, inner := w.records("outer"), w.records("inner")
	if len(outer) != 1 || len(inner) != 1 {
		t.Fatalf("%d and %d records", len(outer), len(inner))
	}
	if got, want := outer[0].Children(), []ChildFixture{{inner[0].Slot, "inner"}}; !slices.Equal(got, want) {
		t.Errorf("children %v, want %v", got, want)
	}
	w.write("in.txt", "three")
	if got := w.verdict("outer", nil); !strings.Contains(got, `fixture "inner" changed: `) {
		t.Error(got)
	}
}

func TestEventsAndHits(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.get(context.Background(), "n", engine.Spec{}, value("1"))
	}
	var types []engine.EventType
	for _, e := range w.admin().Events() {
		if e.Key != "n" {
			t.Errorf("an event of %q", e.Key)
		}
		types = append(types, e.Type)
	}
	if !slices.Equal(types, []engine.EventType{engine.EventMiss}) {
		t.Errorf("events %v", types)
	}
	var hits int64
	for _, line := range w.admin().Hits() {
		hits += line.Hits
	}
	if hits != 2 {
		t.Errorf("%d hits", hits)
	}
}

func TestTrimAndRemove(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	for _, key := range []string{"old", "young", "other"} {
		w.get(ctx, key, engine.Spec{}, value(key))
	}
	old := w.records("old")[0]
	w.age(filepath.Join(w.config.Dir, "v1", "slots", old.Slot[:2], old.Slot, old.Variant, "r-"+old.ID), 3*time.Hour)
	limits := engine.Limits{Age: time.Nanosecond, Bytes: -1}
	for _, dry := range []bool{true, false} {
		var gone []string
		c := w.admin()
		trim := store.Trim{Limits: limits}
		if dry {
			trim.DryRun = func(g store.Gone) { id := c.Goes(g); gone = append(gone, id.Package+" "+id.Key) }
		}
		out, err := c.Trim(trim)
		if err != nil || out.Records != 1 || out.Young.Count != 2 || out.Left.Count != 2 {
			t.Errorf("dry %v: %+v, %v", dry, out, err)
		}
		if want := []string{"m old"}; dry && !slices.Equal(gone, want) {
			t.Errorf("it would remove %q, want %q", gone, want)
		}
		if left := len(w.records("old")); left == 0 == dry {
			t.Errorf("dry %v: %d records are left", dry, left)
		}
	}

	out, busy, err := w.admin().Remove(FixtureID{Package: "m", Key: "young"}, FixtureID{Package: "m", Key: "unknown"})
	if err != nil || busy != 0 || out.Records != 1 || len(w.records("young")) != 0 || len(w.records("other")) != 1 {
		t.Errorf("%+v, %d busy, %v", out, busy, err)
	}
	w.get(ctx, "other", engine.Spec{Refresh: true}, func(context.Context) string {
		if _, busy, err := w.admin().Remove(FixtureID{Package: "m", Key: "other"}); busy != 1 || err != nil {
			t.Errorf("while it is built: %d busy, %v", busy, err)
		}
		return "other"
	})
}

func TestNoStore(t *testing.T) {
	w := newWorld(t)
	w.config.Mode = engine.Off
	c := w.admin()
	for range c.Records() {
		t.Error("a record")
	}
	out, err := c.Trim(store.Trim{})
	_, _, removeErr := c.Remove(FixtureID{Package: "m", Key: "n"})
	if len(c.Events())+len(c.Hits()) > 0 || err != nil || out.Records != 0 || removeErr != nil {
		t.Errorf("%+v, %v, %v", out, err, removeErr)
	}
}

func TestSettings(t *testing.T) {
	t.Setenv("CACHETEST", "readonly")
	t.Setenv("CACHETEST_MAX_COUNT", "7")
	t.Setenv("CACHETEST_MAX_AGE", "2w")
	t.Setenv("CACHETEST_REMOTE", "https://example.com/cache")
	t.Setenv("CACHETEST_REMOTE_WRITE", "1")
	t.Setenv("CACHETEST_REMOTE_KEY", "key")
	list, err := Settings()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []Setting{
		{"mode", "readonly", "CACHETEST", ""},
		{"max_count", "7", "CACHETEST_MAX_COUNT", ""},
		{"max_age", "14d", "CACHETEST_MAX_AGE", ""},
		{"remote", "https://example.com/cache", "CACHETEST_REMOTE", "read and written, signed"},
	} {
		if !slices.Contains(list, want) {
			t.Errorf("%+v lacks %+v", list, want)
		}
	}
	t.Setenv("CACHETEST", "sometimes")
	if _, err := Settings(); err == nil {
		t.Error("an unknown mode passes")
	}
}
