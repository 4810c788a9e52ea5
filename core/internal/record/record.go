// Package record is the form in which one build is remembered: flat, small,
// and read front to back by a look-up that stops at the first difference. What
// only an explanation needs stands at the end.
//
// A payload that does not parse is damaged, never a panic: lengths are checked
// against what is there.
package record

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/tree"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// format is the first byte of a payload. Another format is not read.
const format = 7

// MaxInline is the size up to which an output is kept in its record: a hit
// then reads one file.
const MaxInline = 32 << 10

// A Form says what kind of output a build had.
type Form byte

const (
	Value Form = iota // bytes: the output itself
	Tree              // a directory or a file: the output is its manifest
)

// A Record remembers one build.
type Record struct {
	Key, Package string
	Built        time.Time
	BuildTime    time.Duration
	Algorithm    input.Algorithm
	Form         Form
	Output       store.ObjectRef
	Bytes        int64  // size of what was built, for people
	Inline       []byte // the output, if HasInline
	HasInline    bool
	Local        bool          // never leaves this machine
	Salt         input.Salt    // of the digests of variables
	Inputs       []input.Input // by Kind, then as they were found

	// Bases are the paths given by With, name and path in turn. A caller gives
	// its own; they are for who validates the record without its caller.
	Bases []string
}

// ID names a record by its inputs.
func (r *Record) ID() (id store.RecordID) {
	h := sha256.New()
	for i := range r.Inputs {
		in := &r.Inputs[i]
		h.Write([]byte{byte(in.Kind)})
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(in.Name))))
		h.Write([]byte(in.Name))
		if in.Kind != input.Walk { // told by its Glob
			h.Write(in.Digest[:])
		}
	}
	copy(id[:], h.Sum(nil))
	return id
}

// Objects returns all objects that the record needs to be of use: its output,
// unless that is kept in the record, and what the output refers to. They must
// be kept as long as the record is. read reads an object: the manifest of a
// large tree is one.
func (r *Record) Objects(read func(store.ObjectRef) ([]byte, error)) ([]store.ObjectRef, error) {
	var refs []store.ObjectRef
	if !r.HasInline {
		refs = append(refs, r.Output)
	}
	if r.Form != Tree {
		return refs, nil
	}
	data := r.Inline
	if !r.HasInline {
		var err error
		if data, err = read(r.Output); err != nil {
			return refs, err
		}
	}
	m, err := tree.Decode(data)
	if err != nil {
		return refs, err
	}
	return append(refs, m.Objects()...), nil
}

// Encode returns the payload of r.
func (r *Record) Encode() []byte {
	w := &writer{b: make([]byte, 0, 256+64*len(r.Inputs)+len(r.Inline))}
	w.b = append(w.b, format, byte(r.Algorithm), byte(r.Form), boolByte(r.Local))
	w.b = append(w.b, r.Salt[:]...)
	w.int(r.Bytes)
	w.string(r.Key)
	w.string(r.Package)
	w.int(r.Built.UnixNano())
	w.int(int64(r.BuildTime))
	w.b = append(w.b, r.Output.ID[:]...)
	w.int(r.Output.Size)
	w.b = binary.LittleEndian.AppendUint64(w.b, r.Output.Sum)
	w.uint(uint64(len(r.Bases)))
	for _, base := range r.Bases {
		w.string(base)
	}
	w.uint(uint64(len(r.Inputs)))
	last := ""
	for i := range r.Inputs {
		w.input(&r.Inputs[i], last, r.Algorithm.Width())
		last = r.Inputs[i].Name
	}
	if w.b = append(w.b, boolByte(r.HasInline)); r.HasInline {
		w.string(string(r.Inline))
	}
	for i := range r.Inputs {
		w.string(r.Inputs[i].Detail)
	}
	return w.b
}

func boolByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}

type writer struct{ b []byte }

//go:noinline
func (w *writer) uint(n uint64) { w.b = binary.AppendUvarint(w.b, n) }

//go:noinline
func (w *writer) int(n int64) { w.b = binary.AppendVarint(w.b, n) }

//go:noinline
func (w *writer) string(s string) { w.uint(uint64(len(s))); w.b = append(w.b, s...) }

// input writes an input but for its detail. Names share the beginning of the
// name before: files of a directory stand together.
func (w *writer) input(in *input.Input, last string, width int) {
	w.b = append(w.b, byte(in.Kind), byte(in.Flags))
	shared := 0
	for shared < min(len(last), len(in.Name)) && last[shared] == in.Name[shared] {
		shared++
	}
	w.uint(uint64(shared))
	w.string(in.Name[shared:])
	w.b = append(w.b, in.Digest[:width]...)
	if !in.Kind.HasStat() {
		return
	}
	w.int(in.Stat.Size)
	w.int(in.Stat.ModTime)
	w.int(in.Stat.ChangeTime - in.Stat.ModTime)
	w.uint(in.Stat.Inode)
	w.uint(in.Stat.Device)
}

var errFormat = errors.New("not a record of this format")

// ErrVersion is in the chain of an error that says that another version of this
// package wrote a record.
var ErrVersion = errors.New("not a record of this version of cachetest")

// Decode reads a payload, and keeps it: Inline is part of it. Details are read by
// it too.
func Decode(payload []byte) (*Record, error) {
	rd := &store.Reader{Rest: string(payload)}
	r, n, err := head(rd)
	if err != nil {
		return nil, err
	}
	r.Inputs = make([]input.Input, n)
	last := ""
	for i := range r.Inputs {
		readInput(rd, &r.Inputs[i], last, r.Algorithm.Width())
		last = r.Inputs[i].Name
		if kind := r.Inputs[i].Kind; kind == input.Env || kind == input.Environment {
			r.Inputs[i].Salt = r.Salt
		}
	}
	if r.HasInline = rd.Byte() == 1; r.HasInline {
		n := len(rd.Text())
		end := len(payload) - len(rd.Rest)
		r.Inline = payload[end-n : end : end]
	}
	for i := range r.Inputs {
		r.Inputs[i].Detail = rd.Text()
	}
	if rd.Bad || len(rd.Rest) > 0 || len(r.Bases)%2 != 0 || r.HasInline && !r.Output.Check(r.Inline) {
		return nil, errFormat
	}
	return r, nil
}

// head reads what stands before the inputs, and their number.
func head(rd *store.Reader) (r *Record, n uint64, err error) {
	if found := rd.Byte(); found != format {
		return nil, 0, fmt.Errorf("%w (format %d, not %d)", ErrVersion, found, format)
	}
	r = &Record{Algorithm: input.Algorithm(rd.Byte()), Form: Form(rd.Byte()), Local: rd.Byte() == 1}
	if r.Algorithm > input.SHA256 || r.Form > Tree {
		return nil, 0, errFormat
	}
	copy(r.Salt[:], rd.Take(len(r.Salt)))
	r.Bytes = rd.Int()
	r.Key, r.Package = rd.Text(), rd.Text()
	r.Built = time.Unix(0, rd.Int())
	r.BuildTime = time.Duration(rd.Int())
	copy(r.Output.ID[:], rd.Take(len(r.Output.ID)))
	r.Output.Size = rd.Int()
	r.Output.Sum = rd.Uint64()
	for n := rd.Uint(); n > 0 && !rd.Bad; n-- {
		r.Bases = append(r.Bases, rd.Text())
	}
	n = rd.Uint()
	// An input takes at least four bytes and its digest.
	if n > uint64(len(rd.Rest)/(4+r.Algorithm.Width())) {
		return nil, 0, fmt.Errorf("%w: %d inputs in %d bytes", errFormat, n, len(rd.Rest))
	}
	return r, n, nil
}

func readInput(r *store.Reader, in *input.Input, last string, width int) {
	in.Kind, in.Flags = input.Kind(r.Byte()), input.Flags(r.Byte())
	shared := r.Uint()
	if shared > uint64(len(last)) {
		r.Bad = true
		return
	}
	if suffix := r.Text(); shared == 0 {
		in.Name = suffix
	} else {
		in.Name = last[:shared] + suffix
	}
	copy(in.Digest[:], r.Take(width))
	if !in.Kind.HasStat() {
		return
	}
	in.Stat = unlogged.Stat{Size: r.Int(), ModTime: r.Int()}
	in.Stat.ChangeTime = in.Stat.ModTime + r.Int()
	in.Stat.Inode, in.Stat.Device = r.Uint(), r.Uint()
}
