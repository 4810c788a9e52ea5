package engine

import (
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/remote"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// What the go command looks at outside the module, for GoBuild and GoPackages, lies
// elsewhere for each user and each checkout. On its way a record has these names
// for it, which no path and no name of With is: the file that go env -w writes, and
// that there is no go.work in any directory above the module.
const (
	goEnvFile   = "$/GOENV"
	noWorkspace = "$/go.work"
)

// workspaces are the places where a go.work would make a workspace of a module.
func workspaces(root string) []string {
	var places []string
	for dir := root; ; dir = filepath.Dir(dir) {
		places = append(places, filepath.Join(dir, "go.work"))
		if dir == filepath.Dir(dir) {
			return places
		}
	}
}

// goEnvPath is the path of the file that go env -w writes (os.UserConfigDir), "" if
// it is not known.
func goEnvPath() string {
	path, dir := getenv("GOENV"), getenv("XDG_CONFIG_HOME")
	switch {
	case path != "":
		return path
	case runtime.GOOS == "windows":
		dir = getenv("AppData")
	case runtime.GOOS == "darwin":
		dir = filepath.Join(getenv("HOME"), "Library", "Application Support")
	case dir == "":
		dir = filepath.Join(getenv("HOME"), ".config")
	}
	if !filepath.IsAbs(dir) {
		return ""
	}
	return filepath.Join(dir, "go", "env")
}

// above are the names of the places of a workspace outside the module.
func (c *Cache) above() []string {
	var names []string
	for _, path := range workspaces(c.world.Root.Physical)[1:] {
		names = append(names, c.world.Name(path))
	}
	return names
}

// portable is a record with the names that it has on its way, and without what
// this machine alone knows of its files.
func (c *Cache) portable(rec *record.Record) *record.Record {
	out := *rec
	out.Inputs = nil
	above, env := c.above(), c.world.Name(goEnvPath())
	inside, outside := 0, []input.Input{}
	for _, in := range rec.Inputs {
		switch {
		case in.Kind != input.File || c.world.Root.Physical == "":
		case in.Name == env:
			in.Name = goEnvFile
		case in.Absent() && slices.Contains(above, in.Name):
			outside = append(outside, in)
			continue
		case in.Absent() && in.Name == "go.work":
			inside++
		}
		out.Inputs = append(out.Inputs, in)
	}
	if inside > 0 && len(outside) == len(above) {
		outside = []input.Input{{Kind: input.File, Flags: input.Declared, Name: noWorkspace}}
	}
	out.Inputs = append(out.Inputs, outside...)
	slices.SortStableFunc(out.Inputs, func(a, b input.Input) int { return int(kindOrder(a.Kind)) - int(kindOrder(b.Kind)) })
	forgetStats(&out)
	return &out
}

// settleHere gives a record that has come the names that it has here.
func (c *Cache) settleHere(rec *record.Record) error {
	var ins []input.Input
	for _, in := range rec.Inputs {
		switch in.Name {
		case noWorkspace:
			for _, name := range c.above() {
				ins = append(ins, input.Input{Kind: input.File, Flags: in.Flags, Name: name})
			}
			continue
		case goEnvFile:
			path := goEnvPath()
			if path == "" {
				return errors.New("it depends on the file of go env -w, which is not known here")
			}
			in.Name = c.world.Name(path)
		}
		ins = append(ins, in)
	}
	rec.Inputs = ins
	return nil
}

// received reads a record that came from elsewhere. Nothing in it is believed
// that can be checked; what it says of files by their times and inodes is of
// another machine's.
func (c *Cache) received(r *remote.Record) (*record.Record, error) {
	rec, err := record.Decode(r.Payload)
	switch {
	case err != nil:
		return nil, err
	case store.SlotOf(rec.Package, rec.Key) != r.Slot || rec.ID() != r.ID,
		rec.HasInline && store.Ref(rec.Inline) != rec.Output, rec.Algorithm != input.SHA256, rec.Tied() != "":
		return nil, errors.New("it is not what it says that it is")
	}
	forgetStats(rec)
	return rec, c.settleHere(rec)
}

// forgetStats makes the files of a record be read when it is looked at next.
func forgetStats(rec *record.Record) {
	for i := range rec.Inputs {
		if in := &rec.Inputs[i]; in.Kind.HasStat() {
			in.Stat = unlogged.Stat{}
			in.Flags |= input.Racy
		}
	}
}

// entry is a record as it travels, with those of the fixtures that it used. why
// says that it cannot.
func (b *builder) entry(rec *record.Record) (e *remote.Entry, why string) {
	if why := b.c.Tied(rec); why != "" {
		return nil, why
	}
	e = &remote.Entry{Record: b.c.travelling(b.key, rec)}
	size := len(e.Payload)
	seen := map[need]bool{}
	for needs := needsOf(rec); len(needs) > 0; needs = needs[1:] {
		n := needs[0]
		if seen[n] {
			continue
		}
		seen[n] = true
		child := b.childRecord(n)
		if child == nil {
			return nil, "a fixture that it used is no longer stored"
		}
		e.Children = append(e.Children, b.c.travelling(n.key, child))
		size += len(e.Children[len(e.Children)-1].Payload)
		needs = append(needs, needsOf(child)...)
	}
	if size > remote.MaxEntry {
		return nil, fmt.Sprintf("its record and those of the fixtures that it used take %s, more than %s", human.Size(int64(size)), human.Size(remote.MaxEntry))
	}
	return e, ""
}

// childRecord returns a record that meets a need.
func (cl *call) childRecord(n need) *record.Record {
	for rec := range cl.c.meeting(n) {
		if (&validator{cl: cl.asChild(rec), rec: rec, child: true, pinned: n.cwd != ""}).local() {
			return rec
		}
	}
	return nil
}

// meeting yields the records that would meet a need if they are valid.
func (c *Cache) meeting(n need) iter.Seq[*record.Record] {
	return func(yield func(*record.Record) bool) {
		for _, file := range c.store.Records(n.key.slot, n.key.variant) {
			rec, err := c.Read(file)
			if err == nil && rec.Algorithm.Cut(rec.Output.ID) == n.output && n.Is(rec) && !yield(rec) {
				return
			}
		}
	}
}

// Tied says why a record cannot be of use on another machine: record.Tied, of the
// fixtures that its build used as well.
func (c *Cache) Tied(rec *record.Record) string {
	if why := c.portable(rec).Tied(); why != "" {
		return why
	}
	seen := map[need]bool{}
	for needs := needsOf(rec); len(needs) > 0; needs = needs[1:] {
		if n := needs[0]; !seen[n] {
			seen[n] = true
			for child := range c.meeting(n) {
				if why := c.portable(child).Tied(); why != "" {
					return fmt.Sprintf("it used the fixture %q: %s", child.Key, why)
				}
				needs = append(needs, needsOf(child)...)
				break
			}
		}
	}
	return ""
}

// travelling is a record as it travels.
func (c *Cache) travelling(key variantKey, rec *record.Record) remote.Record {
	rec = c.portable(rec)
	return remote.Record{Slot: key.slot, Variant: key.variant, ID: rec.ID(), Payload: rec.Encode()}
}
