package engine

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
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

// goEnvPath is the path of the file that go env -w writes (os.UserConfigDir), "" if
// it is not known.
func goEnvPath() string {
	path, dir := process.Getenv("GOENV"), process.Getenv("XDG_CONFIG_HOME")
	switch {
	case path != "":
		return path
	case runtime.GOOS == "windows":
		dir = process.Getenv("AppData")
	case runtime.GOOS == "darwin":
		dir = filepath.Join(process.Getenv("HOME"), "Library", "Application Support")
	case dir == "":
		dir = filepath.Join(process.Getenv("HOME"), ".config")
	}
	if !filepath.IsAbs(dir) {
		return ""
	}
	return filepath.Join(dir, "go", "env")
}

// above are the names of the places of a workspace outside the module.
func (c *Cache) above() []string {
	var names []string
	for _, path := range input.Workspaces(c.world.Root.Lexical)[1:] {
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
	inside, outside := 0, 0
	for i := range rec.Inputs {
		in := &rec.Inputs[i]
		name := in.Name
		switch {
		case in.Kind != input.File || c.world.Root.Physical == "":
		case name == env:
			name = goEnvFile
		case in.Absent() && slices.Contains(above, name):
			if outside++; outside < len(above) {
				continue
			}
			name = noWorkspace // the last one stands for all
		case in.Absent() && name == "go.work":
			inside++
		}
		out.Inputs = append(out.Inputs, *in)
		out.Inputs[len(out.Inputs)-1].Name = name
	}
	if inside == 0 || outside < len(above) {
		out.Inputs = slices.Clone(rec.Inputs)
	}
	forgetStats(&out)
	return &out
}

// settleHere gives a record that has come the names that it has here.
func (c *Cache) settleHere(rec *record.Record) error {
	for i := 0; i < len(rec.Inputs); i++ {
		in := &rec.Inputs[i]
		switch in.Name {
		case noWorkspace:
			var places []input.Input
			for _, name := range c.above() {
				places = append(places, input.Input{Kind: input.File, Flags: in.Flags, Name: name})
			}
			rec.Inputs = slices.Concat(rec.Inputs[:i], places, rec.Inputs[i+1:])
		case goEnvFile:
			path := goEnvPath()
			if path == "" {
				return errors.New("it depends on the file of go env -w, which is not known here")
			}
			in.Name = c.world.Name(path)
		}
	}
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
		return nil, errors.New("its content is not what its name says")
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
	list, why := b.c.travelling(b.key, rec)
	if why != "" {
		return nil, why
	}
	size := 0
	for i := range list {
		size += len(list[i].Payload)
	}
	if size > remote.MaxEntry {
		return nil, fmt.Sprintf("its record and those of the fixtures that it used take %s, more than %s", human.Size(int64(size)), human.Size(remote.MaxEntry))
	}
	return &remote.Entry{Record: list[0], Children: list[1:]}, ""
}

// Tied says why a record cannot be of use on another machine: record.Tied, of the
// fixtures that its build used as well.
func (c *Cache) Tied(rec *record.Record) string {
	_, why := c.travelling(compare.Variant{}, rec)
	return why
}

// travelling returns a record as it travels, and then those of the fixtures that its
// build used, and theirs.
func (c *Cache) travelling(key compare.Variant, rec *record.Record) (list []remote.Record, why string) {
	seen := map[string]bool{}
	uses := []*input.Input{nil}
	for i := 0; i < len(uses); i++ {
		of := ""
		if in := uses[i]; in != nil {
			if use := in.Name + string(in.Digest[:]); seen[use] {
				continue
			} else {
				seen[use] = true
			}
			name := compare.Child(in)
			key.Slot, key.ID = name.Variant()
			if rec = c.meets(name, in); rec == nil {
				return nil, "a fixture that it used is no longer stored"
			}
			of = fmt.Sprintf("it used the fixture %q: ", rec.Key)
		}
		out := c.portable(rec)
		if why := out.Tied(); why != "" {
			return nil, of + why
		}
		list = append(list, remote.Record{Slot: key.Slot, Variant: key.ID, ID: out.ID(), Payload: out.Encode()})
		for i := range rec.Inputs {
			if rec.Inputs[i].Kind == input.Child {
				uses = append(uses, &rec.Inputs[i])
			}
		}
	}
	return list, ""
}

// meets returns the record of a fixture that was used: the last used one.
func (c *Cache) meets(name compare.ChildName, in *input.Input) *record.Record {
	slot, variant := name.Variant()
	for _, f := range c.read(compare.Variant{Slot: slot, ID: variant}) {
		if name.Met(f.Record, in.Digest) {
			return f.Record
		}
	}
	return nil
}
