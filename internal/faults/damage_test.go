//go:build linux && amd64

package faults

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A damage is what becomes of a file: a byte of it is another, it is cut, filled
// with zeros from a place on, or longer.
type damage struct {
	file string // below the store
	how  string
	at   int
}

var damages = []string{"flip", "cut", "zero", "append"}

func (d damage) String() string { return fmt.Sprintf("%s at byte %d of %s", d.how, d.at, d.file) }

func (d damage) apply(dir string) error {
	path := filepath.Join(dir, d.file)
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	switch d.how {
	case "flip":
		data[d.at] ^= 1 << (d.at % 8)
	case "cut":
		data = data[:d.at]
	case "zero":
		clear(data[d.at:])
	case "append":
		data = append(data, append(data, 'x')[d.at:]...)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return err
	}
	return os.Chmod(path, info.Mode())
}

var digits = regexp.MustCompile(`[0-9a-f]{2,}`)

// damagesOf lists damages of all files of a store: of each kind of file one of
// each damage, by default; in the long run of each file all bytes, of a large one
// some.
func damagesOf(t *testing.T, store string) (all []damage) {
	const every = 512
	kinds := map[string]bool{}
	err := filepath.WalkDir(store, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		file, _ := filepath.Rel(store, path)
		kind := digits.ReplaceAllString(file, "*")
		if kinds[kind] && !long() {
			return nil
		}
		kinds[kind] = true
		size := int(info.Size())
		if size == 0 { // its times are what counts
			all = append(all, damage{file, "append", 0})
		}
		n := size
		if n > 2*every {
			n = every / 4
		}
		for i, how := range damages {
			for _, at := range spread(n) {
				at = (at - 1) * size / n
				if !long() {
					at = (at + i*size/len(damages)) % size // another place each
				}
				all = append(all, damage{file, how, at})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestDamage damages each kind of file of a store. What is served is right at
// once, and the damage costs one build: the next run hits. Seals, which hold the
// change time of an object, do not survive the copy of a store: see map_test.go.
func TestDamage(t *testing.T) {
	whole(t)
	const tests = fixtures
	var c count
	var dirs sync.Map
	find := func(r *room) []damage { return damagesOf(t, r.warm) }
	inRooms(t, tests, find, func(r *room, d damage) {
		r.begin(t)
		if err := d.apply(r.store); err != nil {
			t.Error(err)
			return
		}
		first, rest, _ := strings.Cut(d.file, "/")
		dirs.Store(cmp.Or(strings.Split(rest, "/")[0], first), true)
		c.add(&c.cases)
		c.add(&c.reached)
		c.again(t, r, d.String(), tests)
	})
	var got []string
	dirs.Range(func(dir, _ any) bool { got = append(got, dir.(string)); return true })
	slices.Sort(got)
	if want := []string{"CACHEDIR.TAG", "derived", "log", "objects", "slots", "trees", "trim"}; !slices.Equal(got, want) {
		t.Errorf("files of %v are damaged, want %v", got, want)
	}
	t.Log(&c)
}

// TestDamagedSettings damages the settings file: what it says then may be wrong,
// but no value is.
func TestDamagedSettings(t *testing.T) {
	whole(t)
	r := newRoom(t)
	file := filepath.Join(r.module, ".cachetest.yaml")
	text := []byte("max_age: 30d\nmax_bytes: 5GB\nenv: [FAULTS]\nvalues: hidden\n")
	defer r.settings("")
	var c count
	for _, at := range spread(len(text)) {
		for _, how := range damages {
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
			d := damage{filepath.Base(file), how, at - 1}
			if err := d.apply(r.module); err != nil {
				t.Fatal(err)
			}
			o := r.run(t, fault{}, r.testArgs("TestMemo")...)
			c.add(&c.cases)
			c.add(&c.reached)
			if strings.Contains(o.output, ".cachetest.yaml") { // a line says what is wrong with it
				o.status = 0
			}
			c.judge(t, d.String(), o)
		}
	}
	t.Log(&c)
}
