// Package remote is the shared tier as a test process sees it: records and
// objects of other machines, had from a helper that speaks the protocol of
// GOCACHEPROG on its standard input and output (go doc
// cmd/go/internal/cacheprog). Nothing of a network is linked into the process.
//
// It promises that it returns what was asked for, by size and SHA-256, and that it
// never keeps a test waiting for long: the first error, wrong answer or silence of the
// helper ends the tier for the process, and says why. Its answers are as trustworthy
// as those who may write to the tier; with signatures, as those who hold a key.
//
// It knows bytes and not what they mean: package tier decides which records travel,
// and whether one that came holds here.
package remote

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Tier is the shared tier of a process. Its methods may be called by any number
// of goroutines at once.
type Tier struct {
	helper func() (*client, error) // starts it when it is first called

	mu      sync.Mutex
	damaged map[[sha256.Size]byte]bool // objects that have other bytes on the server
	end     error                      // why nothing is read any more
	told    bool
}

// New returns the tier of a helper, which is started when it is needed first, and may
// be silent for stall.
func New(stall time.Duration, command func(context.Context) (*exec.Cmd, error)) *Tier {
	t := &Tier{damaged: map[[sha256.Size]byte]bool{}}
	t.helper = sync.OnceValues(func() (*client, error) {
		ctx, cancel := context.WithTimeout(context.Background(), stall)
		defer cancel()
		cmd, err := command(ctx)
		if err != nil {
			return nil, err
		}
		deadline, _ := ctx.Deadline()
		return start(cmd, time.Until(deadline), stall)
	})
	return t
}

// ErrEnded says that the tier is not used any more, for a reason that was told.
var ErrEnded = errors.New("the shared tier is not used any more")

// fault notes that an error, if it is one, has ended the tier. The first to meet the end
// gets the reason, the others ErrEnded; before there is an end it is nil.
func (t *Tier) fault(err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.end == nil {
		t.end = err
	}
	if t.end != nil && t.told {
		return ErrEnded
	}
	t.told = t.end != nil
	return t.end
}

// Within ends the tier if stop is not called in time.
func (t *Tier) Within(limit time.Duration) (stop func() bool) {
	return time.AfterFunc(limit, func() {
		if c, err := t.helper(); err == nil {
			c.fail(fmt.Errorf("it has taken %v, all the time that there is for it", limit.Round(time.Second)))
		}
	}).Stop
}

// indexName returns the name of an index. Like objectName it hashes a text of ours, as the
// go command may share the cache.
func indexName(slot store.SlotID, variant store.VariantID) [sha256.Size]byte {
	return sha256.Sum256(append(append([]byte("fixturecache index 1\n"), slot[:]...), variant[:]...))
}

func objectName(id store.ObjectID) [sha256.Size]byte {
	return sha256.Sum256(append([]byte("fixturecache object 1\n"), id[:]...))
}

// errWrong is in the chain of an error that says that other bytes came than were asked
// for: the helper is well, and the server may be.
var errWrong = errors.New("it has other bytes than were put there")

// Entries returns the entries of a variant, newest first: in one round trip, as
// they are compared here.
func (t *Tier) Entries(slot store.SlotID, variant store.VariantID) ([]*Entry, error) {
	if err := t.fault(nil); err != nil {
		return nil, err
	}
	entries, err := t.entries(slot, variant)
	if err != nil {
		return nil, t.fault(err)
	}
	return entries, nil
}

// Refuses says why an entry may not be used if only some keys are trusted, which the
// helper knows.
func (t *Tier) Refuses(e *Entry, trust string) (why string, err error) {
	if trust == "" {
		return "", nil
	}
	c, err := t.helper()
	answer := Response{}
	if err == nil {
		answer, err = c.keyed(CmdVerify, e, "check signatures, which CACHETEST_REMOTE_TRUST asks for")
	}
	switch {
	case err != nil:
		return "", t.fault(err)
	case !answer.Miss:
		return "", nil
	case len(e.signature) == 0:
		return "it is not signed", nil
	}
	return "its signature is of none of the keys in CACHETEST_REMOTE_TRUST", nil
}

// keyed asks the helper for a command that needs a key. It is an error if the helper does
// not have the command: nothing may be taken for signed, or trusted, without it.
func (c *client) keyed(command string, e *Entry, what string) (Response, error) {
	if !c.knows(command) {
		return Response{}, errors.New("the helper does not " + what)
	}
	digest := sha256.Sum256(e.signed)
	return c.ask(&Request{Command: command, ActionID: digest[:], OutputID: e.signature}, nil)
}

func (t *Tier) entries(slot store.SlotID, variant store.VariantID) ([]*Entry, error) {
	c, err := t.helper()
	if err != nil {
		return nil, err
	}
	name := indexName(slot, variant)
	answer, err := c.ask(&Request{Command: CmdGet, ActionID: name[:]}, nil)
	if err != nil || answer.Miss {
		return nil, err
	}
	if answer.Size > maxIndex+4096 {
		return nil, fmt.Errorf("the index of a fixture: %w (%d bytes)", errWrong, answer.Size)
	}
	data, err := unlogged.ReadFile(answer.DiskPath)
	if err != nil {
		return nil, err
	}
	entries, err := decodeIndex(data, slot, variant)
	sum := sha256.Sum256(data)
	if err != nil || !bytes.Equal(sum[:], answer.OutputID) || int64(len(data)) != answer.Size {
		return nil, fmt.Errorf("the index of a fixture: %w", errWrong)
	}
	return entries, nil
}

// parallel is how many objects are on their way at once.
const parallel = 8

// Fetch puts objects into a batch, those that neither it nor its store has. An
// error that is [fs.ErrNotExist] says that the tier has them no more, and is none
// of the tier.
func (t *Tier) Fetch(refs []store.ObjectRef, batch *store.Batch) error {
	if err := t.fault(nil); err != nil {
		return err
	}
	err := store.Each(len(refs), parallel, func(i int) error {
		if batch.Has(refs[i]) {
			return nil
		}
		return t.fetch(refs[i], batch)
	})
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return t.fault(err)
}

func (t *Tier) fetch(ref store.ObjectRef, batch *store.Batch) error {
	c, err := t.helper()
	if err != nil {
		return err
	}
	if c.knows(CmdGetObject) {
		err = batch.Fill(ref, func(path string) error {
			_, err := c.get(ref, &Request{Command: CmdGetObject, OutputID: ref.ID[:], BodySize: ref.Size, Path: path})
			return err
		})
	} else {
		err = t.fetchBody(c, ref, batch)
	}
	if errors.Is(err, store.ErrDamaged) {
		t.mu.Lock()
		t.damaged[ref.ID] = true
		t.mu.Unlock()
		err = fmt.Errorf("object %.12s: %w", ref.ID, errWrong)
	}
	return err
}

func (c *client) get(ref store.ObjectRef, r *Request) (Response, error) {
	answer, err := c.ask(r, nil)
	if err == nil && answer.Miss {
		err = fmt.Errorf("object %.12s is missing: %w", ref.ID, fs.ErrNotExist)
	}
	return answer, err
}

// fetchBody is fetch from a helper that has the go command's protocol only. A file with
// another digest lies in the batch under its own.
func (t *Tier) fetchBody(c *client, ref store.ObjectRef, batch *store.Batch) error {
	name := objectName(ref.ID)
	answer, err := c.get(ref, &Request{Command: CmdGet, ActionID: name[:]})
	if err != nil {
		return err
	}
	found, err := batch.PutFile(answer.DiskPath, nil)
	if err != nil {
		return fmt.Errorf("what it left at %s cannot be read: %v", answer.DiskPath, err)
	}
	if found != ref {
		return store.ErrDamaged
	}
	return nil
}

// Publish shares an entry: first the objects that its record needs, those that
// are not there, and then the entry, signed if keyed says that there is a key. open
// opens an object of the store.
func (t *Tier) Publish(e *Entry, keyed bool, refs []store.ObjectRef, open func(store.ObjectRef) (*os.File, error)) error {
	c, err := t.helper()
	if err != nil {
		return t.fault(err)
	}
	if e.signed = encodeEntry(e); keyed {
		answer, err := c.keyed(CmdSign, e, "sign, which CACHETEST_REMOTE_KEY asks for")
		if err != nil {
			return t.fault(err)
		}
		e.signature = answer.OutputID
	}
	if err := store.Each(len(refs), parallel, func(i int) error { return t.put(c, refs[i], open) }); err != nil {
		return t.fault(err)
	}
	there, err := t.entries(e.Slot, e.Variant)
	if err != nil && !errors.Is(err, errWrong) { // else it is written anew
		return t.fault(err)
	}
	data := encodeIndex(merge(e, there))
	name, sum := indexName(e.Slot, e.Variant), sha256.Sum256(data)
	_, err = c.ask(&Request{Command: CmdPut, ActionID: name[:], OutputID: sum[:], BodySize: int64(len(data))}, bytes.NewReader(data))
	if err != nil {
		return t.fault(err)
	}
	return nil
}

func (t *Tier) put(c *client, ref store.ObjectRef, open func(store.ObjectRef) (*os.File, error)) error {
	f, err := open(ref)
	if err != nil {
		return err
	}
	defer f.Close()
	if c.knows(CmdPutObject) {
		t.mu.Lock()
		force := t.damaged[ref.ID]
		t.mu.Unlock()
		_, err = c.ask(&Request{Command: CmdPutObject, OutputID: ref.ID[:], BodySize: ref.Size, Path: f.Name(), Force: force}, nil)
		return err
	}
	name := objectName(ref.ID)
	_, err = c.ask(&Request{Command: CmdPut, ActionID: name[:], OutputID: ref.ID[:], BodySize: ref.Size}, f)
	return err
}
