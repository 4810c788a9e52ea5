package since

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// TestStamp judges times as file systems keep them, of a moment whose tick
// began at low.
func TestStamp(t *testing.T) {
	const low, high = 1_700_000_001_234_567_891, 1_700_000_001_238_000_007
	const second = int64(time.Second)
	m := Moment{low, high}
	for _, tt := range []struct {
		at     int64
		want   Verdict
		reason string
	}{
		{0, Unchanged, "the system keeps no such time"},
		{low - 1, Unchanged, "the tick before"},
		{low, Unsure, "the same tick"},
		{high, Unsure, "a finer time of the same tick"},
		{high + 1, Changed, "later"},
		{low / second * second, Unsure, "FAT: rounded down to two seconds"},
		{low/second*second - second, Unsure, "FAT: the odd second"},
		{low/second*second - 2*second, Unchanged, "FAT: the two seconds before"},
		{low/second*second + second, Changed, "FAT: later"},
		{low / 1e7 * 1e7, Unsure, "exFAT: rounded down to 10 ms"},
		{low/1e7*1e7 - 1e7, Unchanged, "exFAT: the 10 ms before"},
		{low / 1e3 * 1e3, Unsure, "microseconds"},
	} {
		if got := m.stamp(tt.at); got != tt.want {
			t.Errorf("%d: %v, want %v (%s)", tt.at, got, tt.want, tt.reason)
		}
	}
	set := unlogged.Stat{ModTime: time.Now().Add(time.Hour).UnixNano(), ChangeTime: low - 1}
	if got := m.stat(set); got != Unchanged {
		t.Errorf("a time to come that was set before: %v", got)
	}
}

// TestSettle says that what was made before the process began is older than a
// build, whatever the tick of the clock.
func TestSettle(t *testing.T) {
	began := Now()
	began.Settle()
	if m := Now(); m.Low <= began.High {
		t.Errorf("a build begins at %d, the process at %d", m.Low, began.High)
	}
}

// TestWalkPath walks as the system does: each element, with the links before it
// resolved.
func TestWalkPath(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(os.MkdirAll(filepath.Join(dir, "a", "b"), 0o755))
	check(os.WriteFile(filepath.Join(dir, "a", "b", "f"), nil, 0o644))
	for name, target := range map[string]string{"rel": "a/b", "abs": filepath.Join(dir, "a"), "loop": "loop", "up": "a/b/..", "dangling": "none/f"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
		if _, err := os.Readlink(filepath.Join(dir, name)); err != nil {
			t.Skip(err) // Wine makes none, and does not say so
		}
	}
	for _, tt := range []struct {
		path string
		want []string
	}{
		{"a/b/f", []string{"a", "a/b", "a/b/f"}},
		{"./a//b/", []string{"a", "a/b"}},
		{"a/b/../b/f", []string{"a", "a/b", "a/b", "a/b/f"}},
		{"rel/f", []string{"rel", "a", "a/b", "a/b/f"}},
		{"rel/../b", []string{"rel", "a", "a/b", "a/b"}},
		{"abs/b", []string{"abs", "a", "a/b"}},
		{"up/b", []string{"up", "a", "a/b", "a/b"}},
		{"none/f", []string{"none"}},
		{"dangling", []string{"dangling", "none"}},
		{"a/b/f/g", []string{"a", "a/b", "a/b/f", "a/b/f/g"}},
	} {
		var got []string
		walkPath(dir+filepath.FromSlash("/"+tt.path), unlogged.LstatPath, func(s step) {
			if rel, err := filepath.Rel(dir, s.path); err == nil && filepath.IsLocal(rel) && rel != "." {
				got = append(got, filepath.ToSlash(rel))
			}
		})
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.path, got, tt.want)
		}
		if want, _ := filepath.EvalSymlinks(filepath.Join(dir, tt.path)); tt.path != "rel/../b" { // which Join cleans
			if got := Resolve(dir + filepath.FromSlash("/"+tt.path)); got != want {
				t.Errorf("%s leads to %q, want %q", tt.path, got, want)
			}
		}
	}
	if got := Resolve(filepath.Join(dir, "loop")); got != "" {
		t.Errorf("a link to itself leads to %q", got)
	}
	n := 0
	walkPath(filepath.Join(dir, "loop"), unlogged.LstatPath, func(step) { n++ })
	if n > maxLinks+100 {
		t.Errorf("a link to itself: %d steps", n)
	}
}

// TestGone tells what was removed from what was never there, and leaves open
// what nobody looked at.
func TestGone(t *testing.T) {
	dir := t.TempDir()
	around := Surroundings{}
	if err := os.WriteFile(filepath.Join(dir, "was"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	around.List(dir, true)
	Now().Settle() // else its time may be what it was
	if err := os.Remove(filepath.Join(dir, "was")); err != nil {
		t.Fatal(err)
	}
	now := Surroundings{}
	now.List(dir, true)
	const never, always = int64(1) << 62, int64(1)
	for _, tt := range []struct {
		name   string
		around Surroundings
		makes  bool
		since  int64
		want   Verdict
	}{
		{"was", around, true, never, Changed},
		{"never", around, true, always, Unchanged},
		{"never", around, false, always, Changed},
		{"never", around, false, never, Unchanged},
		{"never", now, false, always, Unchanged},
		{"unknown", Surroundings{}, false, always, Changed},
		{"unknown", Surroundings{}, false, never, Unchanged},
	} {
		p := &Check{Since: Moment{tt.since, tt.since}, Around: tt.around, Makes: tt.makes}
		got, _ := p.gone(step{dir: dir, name: tt.name, err: errors.New("absent")})
		if got != tt.want {
			t.Errorf("%s, since %d: %v, want %v", tt.name, tt.since, got, tt.want)
		}
	}
	if err := os.Chtimes(dir, time.Unix(1, 0), time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	p, hour := &Check{}, time.Now().Add(-time.Hour).UnixNano()
	p.Since = Moment{hour, hour}
	if got, _ := p.gone(step{dir: dir, name: "unknown", err: errors.New("absent")}); got != Changed && runtime.GOOS != "windows" {
		t.Errorf("in a directory whose time was set: %v", got)
	}
}

// TestTimeRestored: who removes or moves something may put back the time of the
// directory that held it, but not its change time.
func TestTimeRestored(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"gone", "moved/in", "new/in"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Unix(1_600_000_000, 5)
	restore := func() {
		for _, name := range []string{"new", "moved", "."} {
			if err := os.Chtimes(filepath.Join(dir, name), old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	restore()
	if st, err := unlogged.StatPath(dir); err != nil || st.ChangeTime == 0 {
		t.Skip("the system keeps no change times")
	}
	began := Now()
	began.Settle()
	began = Now()
	p := &Check{Since: began}
	if f := p.Path(filepath.Join(dir, "moved", "in")); f.Verdict != Unchanged {
		t.Errorf("before: %+v", f)
	}
	began.Settle()
	os.Remove(filepath.Join(dir, "gone"))
	os.RemoveAll(filepath.Join(dir, "moved"))
	os.Rename(filepath.Join(dir, "new"), filepath.Join(dir, "moved"))
	os.MkdirAll(filepath.Join(dir, "new"), 0o777)
	restore()
	for _, name := range []string{"gone", "moved/in"} {
		if f := (&Check{Since: began}).Path(filepath.Join(dir, name)); f.Verdict != Changed {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// TestOtherSpelling: a name that was not listed is that of a file that was where
// the file system takes names without case, which a link imitates.
func TestOtherSpelling(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "data.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	around := Surroundings{dir: {names: map[string]bool{"data.txt": true, "other": true}}}
	if _, err := os.Lstat(filepath.Join(dir, "DATA.TXT")); err != nil && !around.lacks(dir, "DATA.TXT") {
		t.Error("a name that is not there was there")
	}
	if err := os.Link(filepath.Join(dir, "data.txt"), filepath.Join(dir, "DATA.TXT")); err != nil && !os.IsExist(err) {
		t.Skip(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "new"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if around.lacks(dir, "DATA.TXT") || !around.lacks(dir, "new") || around.lacks(dir, "data.txt") {
		t.Error("the same file by another spelling was not there, or a new one was")
	}
}
