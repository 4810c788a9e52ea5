// Package tier is the shared tier as package engine sees it: where it is, which
// records of this store may go there, and how those that hold here come from there.
// The protocol is that of package remote.
//
// It promises that no record goes to the tier that is tied to this machine, itself or by
// the fixtures that it used; and that a record which comes is checked as far as it can
// be. One that holds here is put into the store, where a look-up finds it like any other.
// A fault of a record is a reason, and a fault of the tier an error, reported once in a
// process; neither keeps a fixture from being built.
package tier

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/remote"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Place says where the shared tier is.
type Place struct {
	Command string // the command that is its helper, "" for the one that we ship
	URL     string
}

// PlaceOf returns the place of the tier that has an address, "off" for none, and the
// helper that the environment names. ok is false if there is no tier.
func PlaceOf(address string) (p Place, ok bool) {
	p.Command = unlogged.Getenv("CACHETEST_CACHEPROG")
	if address != "off" {
		p.URL = address
	}
	return p, p.Command != "" || p.URL != ""
}

// Host returns a name of the tier for people: the host of its URL, without user and
// password. Of an address that may hold a password elsewhere nothing is shown. Package
// net/url would be another 40 kB of each test binary.
func (p Place) Host() string {
	if p.URL == "" {
		name, _, _ := strings.Cut(p.Command, " ")
		return filepath.Base(name)
	}
	_, rest, found := strings.Cut(p.URL, "://")
	host, path, _ := strings.Cut(rest, "/")
	host = host[strings.LastIndexByte(host, '@')+1:]
	if !found || strings.ContainsAny(rest, "?#") || strings.Contains(path, "@") || strings.Contains(host, "%40") {
		return "(an address that is not shown)"
	}
	return host
}

// Writes reports whether what this process builds is shared.
func Writes() bool { return unlogged.Getenv("CACHETEST_REMOTE_WRITE") == "1" }

// A Tier is the shared tier beside a store.
type Tier struct {
	Host     string // its name for people
	tier     *remote.Tier
	store    *store.Store
	read     func(compare.Variant) []*compare.Record
	deadline time.Time // of the test, zero if it has none
}

// tiers holds the tiers of this process: one that has failed is not started again.
var tiers sync.Map // Place -> *remote.Tier

// For returns the tier at a place, for a store whose records read reads.
func For(s *store.Store, p Place, w *input.World, read func(compare.Variant) []*compare.Record, deadline time.Time) *Tier {
	tier, _ := tiers.LoadOrStore(p, remote.New(Silence(), func(ctx context.Context) (*exec.Cmd, error) { return p.helper(ctx, w) }))
	return &Tier{p.Host(), tier.(*remote.Tier), s, read, deadline}
}

// patience returns how long a record may take to come or go: ten times its build, or half
// a minute for the next machine that needs it, but half of the time that the test has to
// spare. Where that is next to nothing, the tier is the only chance, and gets the rest.
func (t *Tier) patience(build, afterwards time.Duration) time.Duration {
	const prompt = time.Second // is enough for a tier that is well, and to tell of one that is not
	bound := max(10*build, 30*time.Second)
	if left := time.Until(t.deadline); !t.deadline.IsZero() {
		half := (left - afterwards) / 2
		if half < prompt {
			half = max(left-prompt, prompt)
		}
		bound = min(bound, half)
	}
	return bound
}

// Silence returns how long the tier may be silent.
func Silence() time.Duration {
	if d, err := time.ParseDuration(unlogged.Getenv("CACHETEST_REMOTE_TIMEOUT")); err == nil && d > 0 {
		return d
	}
	return remote.Patience
}

// helper returns the command that reaches the tier. Its path is spelled as that of a
// look of ours, as for the go command.
func (p Place) helper(ctx context.Context, w *input.World) (*exec.Cmd, error) {
	words := strings.Fields(p.Command)
	if len(words) == 0 {
		path, err := shippedHelper(ctx, w)
		if err != nil {
			return nil, err
		}
		words = []string{path, "remote"}
	}
	path, _, ok := w.FindTool(words[0])
	if !ok {
		return nil, fmt.Errorf("CACHETEST_CACHEPROG: %s is not a command", words[0])
	}
	cmd := &exec.Cmd{Path: w.Root.Spell(path), Args: words, Dir: w.Dir}
	cmd.Env = append(cmd.Environ(), "CACHETEST_REMOTE="+p.URL) // the settings' file may have given it
	return cmd, nil
}

// shipped is the package of the command that has the helper which we ship.
const shipped = "github.com/fixturecache/fixturecache/core/cmd/cachetest"

// shippedHelper returns the path of the command cachetest: the module's own tool,
// which the go command may have to build, or else one on the PATH.
func shippedHelper(ctx context.Context, w *input.World) (string, error) {
	data, _ := unlogged.ReadFile(filepath.Join(w.Root.Physical, "go.mod"))
	if strings.Contains(string(data), shipped) {
		path := make(chan string, 1)
		go func() { // it ends by itself, and then the tool is built for the next process
			out, _ := w.GoCommand("tool", "-n", shipped)
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
	if path, _, ok := w.FindTool("cachetest"); ok {
		return path, nil
	}
	return "", errors.New("there is no cachetest command to reach it with: go get -tool " + shipped)
}

// fault returns an error of the tier, or nil if it was reported before.
func fault(err error) error {
	if errors.Is(err, remote.ErrEnded) {
		return nil
	}
	return err
}
