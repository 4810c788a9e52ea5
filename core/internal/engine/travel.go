package engine

import (
	"errors"
	"fmt"
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
	list, why := b.c.travelling(b.key, rec, func(n need, child *record.Record) bool {
		return (&validator{cl: b.asChild(child), rec: child, child: true, pinned: n.cwd != ""}).local()
	})
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
	_, why := c.travelling(variantKey{}, rec, func(need, *record.Record) bool { return true })
	return why
}

// travelling returns a record as it travels, and then those of the fixtures that its
// build used, and theirs: of each one that is valid.
func (c *Cache) travelling(key variantKey, rec *record.Record, valid func(need, *record.Record) bool) (list []remote.Record, why string) {
	seen := map[need]bool{}
	needs := []need{{ChildName: ChildName{key: key}}}
	for i := 0; i < len(needs); i++ {
		n := needs[i]
		if seen[n] {
			continue
		}
		seen[n] = true
		of := ""
		if i > 0 {
			if rec = c.meets(n, valid); rec == nil {
				return nil, "a fixture that it used is no longer stored"
			}
			of = "it used the fixture " + quote(rec.Key) + ": "
		}
		out := c.portable(rec)
		if why := out.Tied(); why != "" {
			return nil, of + why
		}
		list = append(list, remote.Record{Slot: n.key.slot, Variant: n.key.variant, ID: out.ID(), Payload: out.Encode()})
		needs = append(needs, needsOf(rec)...)
	}
	return list, ""
}

// meets returns a record that meets a need, if it is valid.
func (c *Cache) meets(n need, valid func(need, *record.Record) bool) *record.Record {
	for _, file := range c.store.Records(n.key.slot, n.key.variant) {
		rec, err := c.Read(file)
		if err == nil && rec.Algorithm.Cut(rec.Output.ID) == n.output && n.Is(rec) && valid(n, rec) {
			return rec
		}
	}
	return nil
}
