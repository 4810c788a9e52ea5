package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cespare/xxhash/v2"
	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A spool keeps which objects the records refer to, in one file for each of
// the 256 first bytes that their names begin with, so that a trim takes as
// much memory for a large store as for a small one: a part of the references
// is held until it is written out, and of what was written one file is looked
// at at a time. A store of ordinary size needs no file.
type spool struct {
	dir     string     // of the files; "" for a temporary one, if need be
	lengths [256]int64 // of each file, as far as it counts
	held    [256][]reference
	n       int  // references held
	round   int  // each has files of its own: a trim that was killed may have to go back
	stuck   bool // nothing can be written, as on a full disk: all are held
}

// A reference says that an object is in use.
type reference struct {
	name uint64 // short64 of the object's
	objectUse
}

// An objectUse says to what hour the bytes of an object belong: to that of the
// last use of any record that refers to it, with which they go.
type objectUse struct {
	hour int64
	size int64
}

const (
	// spillAt is how many references are held: some 2 MB of them.
	spillAt = 1 << 15
	// blockHeader is before the references that were written at once: their
	// number and their xxhash64.
	blockHeader   = 4 + 8
	referenceSize = 8 + 8 + 8
)

// errSpool says that it is not known any more what is in use.
var errSpool = errors.New("what the trim has noted is damaged; the next one begins anew")

// short64 is enough of an object's name to tell whether it is referred to: two
// that share it are both kept.
func short64(id ObjectID) uint64 { return binary.LittleEndian.Uint64(id[:]) }

func (sp *spool) add(ref ObjectRef, hour int64) {
	sp.held[ref.ID[0]] = append(sp.held[ref.ID[0]], reference{short64(ref.ID), objectUse{hour, ref.Size}})
	if sp.n++; sp.n >= spillAt && !sp.stuck {
		sp.stuck = sp.spill() != nil // a trim is wanted most where the disk is full
	}
}

// spill writes out what is held.
func (sp *spool) spill() error {
	if err := sp.makeDir(); err != nil {
		return err
	}
	for i := range sp.held {
		if len(sp.held[i]) == 0 {
			continue
		}
		if err := sp.write(i, block(sp.held[i])); err != nil {
			return err
		}
		sp.n -= len(sp.held[i])
		sp.held[i] = sp.held[i][:0]
	}
	return nil
}

func (sp *spool) makeDir() (err error) {
	if sp.dir == "" {
		sp.dir, err = os.MkdirTemp("", "cachetest-trim-")
		return err
	}
	if err := makeDir(sp.dir); err != nil {
		return err
	}
	return private.CheckDir(sp.dir) // still, if it is a temporary one
}

func (sp *spool) path(i int) string {
	return filepath.Join(sp.dir, fmt.Sprintf("%d-%02x", sp.round, i))
}

// write adds a block where the file ends as far as it counts: what lies after
// that was written by a trim that was killed before it could say so.
func (sp *spool) write(i int, block []byte) error {
	f, err := quiet.OpenFile(sp.path(i), os.O_WRONLY|os.O_CREATE|quiet.Plain, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(block, sp.lengths[i])
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		sp.lengths[i] += int64(len(block))
	}
	return err
}

func block(refs []reference) []byte {
	b := make([]byte, blockHeader, blockHeader+len(refs)*referenceSize)
	for _, r := range refs {
		b = binary.LittleEndian.AppendUint64(b, r.name)
		b = binary.LittleEndian.AppendUint64(b, uint64(r.hour))
		b = binary.LittleEndian.AppendUint64(b, uint64(r.size))
	}
	binary.LittleEndian.PutUint32(b, uint32(len(refs)))
	binary.LittleEndian.PutUint64(b[4:], xxhash.Sum64(b[blockHeader:]))
	return b
}

// uses returns the objects in use whose names begin with a byte.
func (sp *spool) uses(prefix byte) (map[uint64]objectUse, error) {
	uses := map[uint64]objectUse{}
	add := func(r reference) {
		if was, known := uses[r.name]; !known || was.hour < r.hour {
			uses[r.name] = r.objectUse
		}
	}
	for _, r := range sp.held[prefix] {
		add(r)
	}
	if sp.lengths[prefix] == 0 {
		return uses, nil
	}
	f, _, err := private.Open(sp.path(int(prefix)))
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", errSpool, err)
	}
	defer f.Close()
	return uses, readBlocks(io.NewSectionReader(f, 0, sp.lengths[prefix]), add)
}

func readBlocks(r *io.SectionReader, add func(reference)) error {
	var header [blockHeader]byte
	for left := r.Size(); left > 0; {
		if _, err := io.ReadFull(r, header[:]); err != nil {
			return errSpool
		}
		size := int64(binary.LittleEndian.Uint32(header[:])) * referenceSize
		if left -= blockHeader + size; left < 0 {
			return errSpool
		}
		b := make([]byte, size)
		if _, err := io.ReadFull(r, b); err != nil || xxhash.Sum64(b) != binary.LittleEndian.Uint64(header[4:]) {
			return errSpool
		}
		for ; len(b) > 0; b = b[referenceSize:] {
			n := binary.LittleEndian.Uint64
			add(reference{n(b), objectUse{int64(n(b[8:])), int64(n(b[16:]))}})
		}
	}
	return nil
}

// again forgets all references, for another round.
func (sp *spool) again() { *sp = spool{dir: sp.dir, round: sp.round + 1} }

// remove removes the files.
func (sp *spool) remove() {
	if sp.dir != "" {
		quiet.RemoveAll(sp.dir)
	}
}
