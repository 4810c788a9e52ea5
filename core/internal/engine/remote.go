package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/remote"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/tree"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// The shared tier is asked after the store, under the lock of the variant: a
// record that came from there and holds here is put into the store, and then
// found in it like any other. What this process built is shared with others only
// if CACHETEST_REMOTE_WRITE=1 says so, and if nothing ties it to this machine.

// remoteCommand is the package of the command that has the helper which we ship.
const remoteCommand = "github.com/fixturecache/fixturecache/core/cmd/cachetest"

// tiers are those of this process, by what starts their helpers: one that has
// failed is not started again.
var tiers sync.Map

// A Remote says where the shared tier is.
type Remote struct {
	Command string // that is its helper, "" for the one that we ship
	URL     string
}

// RemoteOf returns the shared tier of a configuration; ok is false if it has none.
func RemoteOf(config Config) (r Remote, ok bool) {
	r.Command = process.Getenv("CACHETEST_CACHEPROG")
	if config.Remote != "off" {
		r.URL = config.Remote
	}
	return r, r.Command != "" || r.URL != ""
}

// Host is what people call the tier: the host of its URL, without what that says of
// a user. Package net/url would be another 40 kB of each test binary.
func (r Remote) Host() string {
	if r.URL == "" {
		name, _, _ := strings.Cut(r.Command, " ")
		return filepath.Base(name)
	}
	_, host, found := strings.Cut(r.URL, "://")
	if !found {
		return r.URL
	}
	if i := strings.IndexAny(host, "/?#"); i >= 0 {
		host = host[:i]
	}
	return host[strings.LastIndexByte(host, '@')+1:]
}

// RemoteWrites reports whether what this process builds is shared.
func RemoteWrites() bool { return process.Getenv("CACHETEST_REMOTE_WRITE") == "1" }

// tier returns the shared tier and what it is called, nil if there is none.
func (c *Cache) tier() (*remote.Tier, string) {
	r, ok := RemoteOf(c.config)
	if !ok {
		return nil, ""
	}
	tier, _ := tiers.LoadOrStore(r, remote.New(patience(), func(ctx context.Context) (*exec.Cmd, error) { return c.helper(ctx, r) }))
	return tier.(*remote.Tier), r.Host()
}

// patience is how long the tier may be silent.
func patience() time.Duration {
	if d, err := time.ParseDuration(process.Getenv("CACHETEST_REMOTE_TIMEOUT")); err == nil && d > 0 {
		return d
	}
	return remote.Patience
}

// helper is the command that reaches the tier. Its name is spelled as a look of
// ours, as that of goCommand is.
func (c *Cache) helper(ctx context.Context, r Remote) (*exec.Cmd, error) {
	words := strings.Fields(r.Command)
	if len(words) == 0 {
		path, err := c.shippedHelper(ctx)
		if err != nil {
			return nil, err
		}
		words = []string{path, "remote"}
	}
	path, _, ok := c.world.FindTool(words[0])
	if !ok {
		return nil, fmt.Errorf("CACHETEST_CACHEPROG: %s is not a command", words[0])
	}
	cmd := &exec.Cmd{Path: c.world.Root.Spell(path), Args: words, Dir: c.host.Dir}
	cmd.Env = append(cmd.Environ(), "CACHETEST_REMOTE="+r.URL) // the settings' file may have given it
	return cmd, nil
}

// shippedHelper returns the path of the command cachetest: the module's own tool,
// which the go command may have to build, or else one on the PATH.
func (c *Cache) shippedHelper(ctx context.Context) (string, error) {
	data, _ := unlogged.ReadFile(filepath.Join(c.world.Root.Physical, "go.mod"))
	if strings.Contains(string(data), remoteCommand) {
		path := make(chan string, 1)
		go func() { // which ends by itself, with the tool built for the next process
			out, _ := c.world.GoCommand("tool", "-n", remoteCommand)
			path <- strings.TrimSpace(string(out))
		}()
		select {
		case path := <-path:
			if path != "" {
				return path, nil
			}
		case <-ctx.Done():
			return "", errors.New("the go command is still building its helper: go tool cachetest help builds it once")
		}
	}
	if path, _, ok := c.world.FindTool("cachetest"); ok {
		return path, nil
	}
	return "", errors.New("there is no cachetest command to reach it with: go get -tool " + remoteCommand)
}

// remoteFault tells that the tier has ended, once.
func (cl *call) remoteFault(host string, err error) {
	if err != nil && !errors.Is(err, remote.ErrEnded) {
		cl.emit(Event{Type: EventRemote, Remote: host, Cause: err.Error()})
	}
}

// fetch looks in the shared tier for a record that is valid now. Where there is
// none, it returns the reasons for the build with what is to be said of those that
// are there.
func (cl *call) fetch(reasons []Reason) (*hit, []Reason) {
	tier, host := cl.c.tier()
	if tier == nil || cl.spec.Local || cl.spec.NoStore {
		return nil, reasons
	}
	entries, err := tier.Entries(cl.key.Slot, cl.key.ID)
	f := &fetcher{call: cl, tier: tier, host: host}
	for _, e := range entries {
		var h *hit
		if h, err = f.try(e); h != nil {
			h.from = host
			return h, nil
		} else if err != nil {
			break
		}
	}
	cl.remoteFault(host, err)
	return nil, f.explain(reasons)
}

// A fetcher takes records from the shared tier.
type fetcher struct {
	*call
	tier    *remote.Tier
	host    string
	refused []Reason
	others  []*compare.Record // of other inputs
}

func (f *fetcher) refuse(e *remote.Entry, code, why string) {
	f.refused = append(f.refused, Reason{Code: code, Subject: f.spec.Key, Text: fmt.Sprintf("record %.12s on %s: %s", e.ID, f.host, why)})
}

// try returns the hit that an entry is. An error is one of the tier.
func (f *fetcher) try(e *remote.Entry) (*hit, error) {
	why, err := f.tier.Refuses(e, process.Getenv("CACHETEST_REMOTE_TRUST"))
	if err != nil || why != "" {
		f.refuse(e, "remote.refused", "it is refused: "+why)
		return nil, err
	}
	rec, err := received(&e.Record)
	if err != nil {
		f.refuse(e, "remote.refused", err.Error())
		return nil, nil
	}
	rec.Bases = f.world.BaseNames()
	came := &compare.Record{Record: rec, File: store.RecordFile{Slot: e.Slot, Variant: e.Variant, ID: rec.ID()}}
	v := f.Differences(came, true)
	if len(v.Found) > 0 && v.Found[0].Kind == input.Child && f.children(e) { // which would crowd out those of here else
		v = f.Differences(came, true)
	}
	if len(v.Found) > 0 {
		f.others = append(f.others, came)
		return nil, nil
	}
	if err := f.objects(v.Rec); errors.Is(err, fs.ErrNotExist) {
		f.refuse(e, "object.missing", err.Error())
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if err := f.c.store.PutRecord(e.Slot, e.Variant, v.Rec.ID(), v.Rec.Encode()); err != nil {
		return nil, nil // a store that cannot be written to is told by what is built
	}
	return f.find(), nil
}

// children puts the records of the fixtures that a build used into the store, and
// reports whether that could be done. Their outputs are had when a test asks for
// them.
func (f *fetcher) children(e *remote.Entry) bool {
	for _, child := range e.Children {
		got, err := received(&child)
		if err != nil {
			return false
		}
		there := f.c.store.Records(child.Slot, child.Variant)
		if slices.ContainsFunc(there, func(file store.RecordFile) bool { return file.ID == got.ID() }) {
			continue
		}
		if f.c.store.PutRecord(child.Slot, child.Variant, got.ID(), got.Encode()) != nil {
			return false
		}
	}
	f.ForgetRecords()
	return true
}

// objects fetches the output of a record. An error that is fs.ErrNotExist says that
// the tier has it no more.
func (f *fetcher) objects(rec *record.Record) error {
	data := rec.Inline
	if !rec.HasInline {
		if err := f.fetch([]store.ObjectRef{rec.Output}); err != nil || rec.Form != record.Tree {
			return err
		}
		var err error
		if data, err = f.c.store.ReadObject(rec.Output); err != nil {
			return err
		}
	}
	if rec.Form != record.Tree {
		return nil
	}
	m, err := tree.Decode(data)
	if err != nil {
		return err
	}
	return f.fetch(m.Objects())
}

// fetch puts objects into the store.
func (f *fetcher) fetch(refs []store.ObjectRef) error {
	batch := f.c.store.NewBatch()
	defer batch.Discard()
	if err := f.tier.Fetch(refs, batch); err != nil {
		return err
	}
	return batch.Commit()
}

// explain adds to the reasons of a build what was refused, and, where nothing
// else is known, how the nearest record of the tier differs.
func (f *fetcher) explain(reasons []Reason) []Reason {
	if len(f.others) > 0 && len(reasons) == 1 && reasons[0].Code == "first" {
		f.ForgetRecords() // of which no more than a difference was looked for
		if changed := f.Nearest(f.others).Reasons(); len(changed) > 0 {
			first := changed[0]
			reasons = []Reason{{Code: first.Code, Subject: first.Subject, Text: "first run here; on " + f.host + ": " + input.ReasonText(changed)}}
		}
	}
	return append(f.refused, reasons...)
}

// sharing returns what gives a new record to others, and notes in the event of its
// build why it cannot be of use to them.
func (b *builder) sharing(rec *record.Record, miss *Event) (share func()) {
	tier, host := b.c.tier()
	if tier == nil {
		return func() {}
	}
	e, why := b.entry(rec)
	if miss.Unshared = why; why != "" || !RemoteWrites() {
		return func() {}
	}
	return func() {
		refs, err := rec.Objects(b.c.store.ReadObject)
		if err == nil {
			err = tier.Publish(e, process.Getenv("CACHETEST_REMOTE_KEY") != "", refs, b.c.store.OpenObject)
		}
		b.remoteFault(host, err)
	}
}
