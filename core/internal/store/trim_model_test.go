package store

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var trimSeed = flag.Uint64("trim.seed", 0, "test only this store")

// A trimModel is a store made at random, and what is known of it.
type trimModel struct {
	*clockStore
	*rand.Rand
	objects [][]byte
}

// TestTrimModel trims stores made at random, under limits at random, in whole or in
// parts, and kills trims at random. After each, all that a record refers to is
// there, and all that is younger than an hour. After the last, a whole one, the
// limits hold; what went is what a dry run said; nothing went that they leave room
// for; and nothing is left that nobody refers to.
func TestTrimModel(t *testing.T) {
	seeds := []uint64{*trimSeed}
	if *trimSeed == 0 {
		seeds = nil
		n := 30
		if testing.Short() {
			n = 8
		}
		for range n {
			seeds = append(seeds, rand.Uint64())
		}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			m := &trimModel{clockStore: newClockStore(t), Rand: rand.New(rand.NewPCG(seed, 0))}
			m.fill()
			limits := m.limits()
			for range m.IntN(8) {
				m.disturb(limits)
			}
			m.trimWhole(limits)
			if t.Failed() {
				t.Logf("again: go test ./core/internal/store -run TestTrimModel -trim.seed %d", seed)
			}
		})
	}
}

// idle is some time since the last use, no two the same.
func (m *trimModel) idle() time.Duration {
	longest := []time.Duration{2 * time.Hour, 3 * day, 60 * day}[m.IntN(3)]
	return time.Duration(m.Int64N(int64(longest)))
}

func (m *trimModel) fill() {
	for i := range 12 {
		m.objects = append(m.objects, kib(1+m.IntN(20), fmt.Sprint(i, " ")))
	}
	for i := range m.IntN(30) {
		m.putSome(fmt.Sprint(i/2), RecordID{byte(i)}, m.idle())
	}
	for i := range m.IntN(5) {
		m.write(filepath.Join(m.dir, derivedName(i)), kib(1+m.IntN(9), "d"), m.time.Add(-m.idle()))
		m.write(m.objectPath(ObjectID{byte(i)}), kib(2, "nobody's"), m.time.Add(-m.idle()))
		m.write(filepath.Join(m.dir, "damaged", fmt.Sprint(i)), kib(1, "damaged"), m.time.Add(-m.idle()))
		m.plant(ObjectID{byte(i)}, nil, m.idle())
	}
	for i := range m.IntN(3) { // what a crash leaves, or a build that stored nothing
		m.write(filepath.Join(m.variantDir(SlotID{byte(i)}, VariantID{}), "lock"), nil, m.time)
	}
}

// trees is how many of the objects are manifests: of trees of the three objects behind
// them.
const trees = 3

// putSome stores a record that refers to some of the objects, or to a tree.
func (m *trimModel) putSome(slot string, id RecordID, idle time.Duration) {
	of := m.Perm(len(m.objects) - trees)[:m.IntN(4)]
	for i := range of {
		of[i] += trees
	}
	if tree := m.IntN(trees); m.IntN(3) == 0 {
		of = []int{tree, tree + trees, tree + trees + 1, tree + trees + 2}
		if dir := Ref(m.objects[tree]).ID; m.IntN(2) == 0 && !exists(m.TreeDir(dir)) {
			m.plant(dir, m.objects[of[1]:of[3]+1], idle)
		}
	}
	at := m.time.Add(-idle)
	var payload []byte
	for _, i := range of {
		ref := Ref(m.objects[i])
		if !exists(m.objectPath(ref.ID)) {
			m.write(m.objectPath(ref.ID), m.objects[i], at.Add(-time.Duration(m.Int64N(int64(day)))))
		}
		payload = append(append(append(payload, '@'), ref.ID[:]...), byte(ref.Size>>10))
	}
	f := RecordFile{Slot: sha256.Sum256([]byte(slot)), ID: id}
	m.write(m.recordPath(f), sealRecord(payload), at)
}

// plant makes a tree in place.
func (m *trimModel) plant(id ObjectID, files [][]byte, idle time.Duration) {
	m.write(filepath.Join(m.TreeDir(id), "looks"), nil, m.time)
	for i, data := range files {
		m.write(filepath.Join(m.TreeDir(id), "data", fmt.Sprint(i)), data, m.time)
	}
	os.Chtimes(m.TreeDir(id), m.time.Add(-idle), m.time.Add(-idle))
}

func (m *trimModel) limits() (l Limits) {
	if m.IntN(2) == 0 {
		l.Age = m.idle() + time.Second
	}
	if m.IntN(2) == 0 {
		l.Count = 1 + m.Int64N(20)
	}
	if m.IntN(2) == 0 {
		l.Bytes = 1 + m.Int64N(200<<10)
	}
	return l
}

// disturb lets some time pass, in which a record is used and another is built, while
// a trim is under way that may be killed.
func (m *trimModel) disturb(limits Limits) {
	m.time = m.time.Add(time.Duration(m.Int64N(int64(4 * time.Hour))))
	if files := slices.Collect(m.All()); len(files) > 0 {
		m.MarkUsed(files[m.IntN(len(files))], true, nil)
	}
	object := m.objects[trees+m.IntN(len(m.objects)-trees)]
	if !exists(m.objectPath(Ref(object).ID)) {
		m.write(m.objectPath(Ref(object).ID), object, m.time)
	} else if _, err := m.PutObject(object); err != nil {
		m.t.Fatal(err)
	}
	for range 1 + m.IntN(4) {
		m.time = m.time.Add(time.Minute)
		trim := Trim{Limits: limits, Visits: m.IntN(2) * m.IntN(40)}
		if m.IntN(2) == 0 {
			steps := m.IntN(400)
			trim.Progress = func(Trimmed) {
				if steps--; steps < 0 {
					panic(m)
				}
			}
		}
		m.trimSome(trim)
	}
	ref := Ref(object)
	f := RecordFile{Slot: sha256.Sum256(fmt.Append(nil, m.IntN(15))), ID: RecordID{byte(m.IntN(30))}}
	m.write(m.recordPath(f), sealRecord(append(append([]byte("@"), ref.ID[:]...), byte(ref.Size>>10))), m.time)
	m.sound()
}

// trimSome trims, if it is not killed, and sees that what is young stays.
func (m *trimModel) trimSome(t Trim) {
	before := m.disk()
	defer func() {
		if killed := recover(); killed != nil && killed != m {
			panic(killed)
		}
		after := m.disk()
		for path, f := range before {
			if _, ok := after[path]; !ok && m.young(f) {
				m.t.Errorf("%s is gone, last used %s ago", path, m.time.Sub(f.used))
			}
		}
	}()
	m.trimNow(t)
}

// sound sees that all is there that a record refers to.
func (m *trimModel) sound() {
	m.t.Helper()
	for f := range m.All() {
		for _, ref := range m.refs(f) {
			if !exists(m.objectPath(ref.ID)) {
				m.t.Errorf("object %.12s of a record is gone", ref.ID)
			}
		}
	}
}

func (m *trimModel) refs(f RecordFile) []ObjectRef {
	payload, _, err := m.Read(&f)
	if err != nil {
		m.t.Error(err)
	}
	refs, _ := testRefs(payload)
	return refs
}

// A modelFile is a file, or a tree.
type modelFile struct {
	kind string
	used time.Time
	size int64
	refs []string // of a record: objects, and trees that are there
}

func (m *trimModel) young(f modelFile) bool { return m.time.Sub(f.used) < time.Hour }

// disk returns all that a trim may remove, by path.
func (m *trimModel) disk() map[string]modelFile {
	files := map[string]modelFile{}
	root := os.DirFS(m.dir)
	fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		kind, rest, _ := strings.Cut(path, "/")
		info, err := d.Info()
		switch {
		case err != nil || kind == "trim" || d.Name() == "lock":
			return err
		case kind == "trees" && d.IsDir() && strings.Count(rest, "/") == 1:
			tree := modelFile{kind: kind, used: info.ModTime()}
			within, _ := fs.Sub(root, path)
			data, _ := fs.Glob(within, "data/*")
			for _, name := range data {
				info, err := fs.Stat(within, name)
				if err != nil {
					return err
				}
				tree.size += info.Size()
			}
			files[path] = tree
			return fs.SkipDir
		case !d.IsDir():
			files[path] = modelFile{kind: kind, used: info.ModTime(), size: info.Size()}
		}
		return nil
	})
	for f := range m.All() {
		path, _ := filepath.Rel(m.dir, m.recordPath(f))
		file := files[filepath.ToSlash(path)]
		for _, ref := range m.refs(f) {
			for _, kind := range []string{"objects", "trees"} {
				path := kind + "/" + ref.ID.String()[:2] + "/" + ref.ID.String()
				if _, ok := files[path]; ok {
					file.refs = append(file.refs, path)
				}
			}
		}
		files[filepath.ToSlash(path)] = file
	}
	return files
}

// load is what some records and derived bytes take.
func load(files map[string]modelFile, items []string) (l Load) {
	all := map[string]bool{}
	for _, path := range items {
		all[path] = true
		for _, ref := range files[path].refs {
			all[ref] = true
		}
		if files[path].kind == "slots" {
			l.Count++
		}
	}
	for path := range all {
		l.Bytes += files[path].size
	}
	return l
}

// stays says what is to be left of what is there.
func (m *trimModel) stays(files map[string]modelFile, limits Limits) (stay map[string]bool, left Load) {
	var items, kept []string
	for path, f := range files {
		if f.kind == "slots" || f.kind == "derived" {
			items = append(items, path)
		}
	}
	slices.SortFunc(items, func(a, b string) int { return files[b].used.Compare(files[a].used) })
	stay, full := map[string]bool{}, false
	for _, path := range items {
		f, with := files[path], load(files, append(kept[:len(kept):len(kept)], path))
		idle := m.time.Sub(f.used)
		over := limits.Age > 0 && idle > limits.Age || f.kind == "derived" && idle > derivedAge ||
			f.kind == "slots" && limits.Count > 0 && with.Count > limits.Count
		full = full || !over && limits.Bytes > 0 && with.Bytes > limits.Bytes
		over = over || full
		if !over || m.young(f) {
			kept = append(kept, path)
			stay[path] = true
			for _, ref := range f.refs {
				stay[ref] = true
			}
		}
	}
	for path, f := range files {
		stay[path] = stay[path] || f.kind == "log" || f.kind == "damaged" && m.time.Sub(f.used) < 7*day ||
			(f.kind == "objects" || f.kind == "trees") && m.time.Sub(f.used) <= time.Hour
	}
	return stay, load(files, kept)
}

// trimWhole trims to the end, and sees what is left.
func (m *trimModel) trimWhole(limits Limits) {
	before := m.disk()
	stay, left := m.stays(before, limits)
	said := map[string]bool{}
	dry := m.trimNow(Trim{Limits: limits, DryRun: func(g Gone) { said[g.Path] = true }})
	if got := m.disk(); !maps.EqualFunc(got, before, func(a, b modelFile) bool { return a.used.Equal(b.used) && a.size == b.size }) {
		m.t.Error("a dry run changed the store")
	}
	out := m.trimNow(Trim{Limits: limits})
	after := m.disk()
	var objects int
	var freed int64
	known := map[string]bool{} // the size of a tree is known by a record of it
	for _, f := range before {
		for _, ref := range f.refs {
			known[ref] = true
		}
	}
	for path, f := range before {
		_, there := after[path]
		if there != stay[path] {
			m.t.Errorf("%s, last used %s ago: there %v, want %v", path, m.time.Sub(f.used), there, stay[path])
		}
		if !there && (f.kind != "trees" || known[path]) {
			freed += f.size
		}
		if !there && f.kind == "objects" {
			objects++
		} else if said[path] == there {
			m.t.Errorf("%s: there %v, and a dry run says that it goes: %v", path, there, said[path])
		}
	}
	if out.Left != left || out.Objects != objects || out.Freed != freed {
		m.t.Errorf("%+v; want %+v left, %d objects and %d bytes removed", out, left, objects, freed)
	}
	if dry.Visits = out.Visits; dry != out {
		m.t.Errorf("a dry run says %+v\nthen              %+v", dry, out)
	}
	for shard := range shards {
		for _, v := range m.variants(shard, func(error) {}) {
			if len(m.Records(v.Slot, v.Variant)) == 0 {
				m.t.Errorf("variant %v is left empty", v.Variant)
			}
		}
	}
	m.sound()
}
