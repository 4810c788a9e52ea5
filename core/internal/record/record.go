// Package record is the form in which one build is remembered: flat, small, and read
// front to back by a look-up that stops at the first difference. Parts that only an
// explanation needs stand at the end.
//
// A payload that does not parse is damaged, never a panic: lengths are checked
// against what is there.
package record

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/tree"
)

// format is the first byte of a payload. Another format is not read.
const format = 13

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

	// Bases are the paths given by With, name and path in turn. A call gives its
	// own; these are for comparisons without a call.
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
		if in.Kind != input.Walk { // its Glob has the digest
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
	c := &store.Coder{Out: make([]byte, 0, 256+64*len(r.Inputs)+len(r.Inline))}
	w := *r
	w.code(c, nil)
	return c.Out
}

var errFormat = errors.New("not a record of this format")

// ErrVersion is in the chain of an error that says that another version of this
// package wrote a record.
var ErrVersion = errors.New("not a record of this version of cachetest")

// Decode reads a payload, and keeps it: Inline and all strings are part of it, so that
// nobody may change it any more.
func Decode(payload []byte) (*Record, error) {
	c, r := &store.Coder{Rest: store.String(payload), Reading: true}, &Record{}
	if err := r.code(c, payload); err != nil {
		return nil, err
	}
	if c.Bad || len(c.Rest) > 0 || len(r.Bases)%2 != 0 || r.HasInline && !r.Output.Check(r.Inline) {
		return nil, errFormat
	}
	return r, nil
}

// code writes a record, or reads it from a payload.
func (r *Record) code(c *store.Coder, payload []byte) error {
	if err := r.head(c); err != nil {
		return err
	}
	last := ""
	for i := range r.Inputs {
		in := r.Inputs[i]
		codeInput(c, &in, last, r.Algorithm.Width())
		if last = in.Name; !c.Reading {
			continue
		}
		if in.Kind == input.Env || in.Kind == input.Environment {
			in.Salt = r.Salt
		}
		r.Inputs[i] = in
	}
	if r.HasInline = c.Flag(r.HasInline); r.HasInline {
		if n := len(c.Text(string(r.Inline))); c.Reading {
			end := len(payload) - len(c.Rest)
			r.Inline = payload[end-n : end : end]
		}
	}
	for i := range r.Inputs {
		if detail := c.Text(r.Inputs[i].Detail); c.Reading {
			r.Inputs[i].Detail = detail
		}
	}
	return nil
}

// head codes what stands before the inputs, and makes room for those.
func (r *Record) head(c *store.Coder) error {
	if found := c.Byte(format); found != format {
		return fmt.Errorf("%w (format %d, not %d)", ErrVersion, found, format)
	}
	r.Algorithm, r.Form, r.Local = input.Algorithm(c.Byte(byte(r.Algorithm))), Form(c.Byte(byte(r.Form))), c.Flag(r.Local)
	if r.Algorithm > input.SHA256 || r.Form > Tree {
		return errFormat
	}
	c.Raw(r.Salt[:])
	r.Bytes = c.Int(r.Bytes)
	r.Key, r.Package = c.Text(r.Key), c.Text(r.Package)
	r.Built = time.Unix(0, c.Int(r.Built.UnixNano()))
	r.BuildTime = time.Duration(c.Int(int64(r.BuildTime)))
	c.Raw(r.Output.ID[:])
	r.Output.Size, r.Output.Sum = c.Int(r.Output.Size), c.Uint64(r.Output.Sum)
	bases := r.Bases
	r.Bases = nil
	for i := range c.Uint(uint64(len(bases))) {
		if c.Bad {
			break
		}
		base := ""
		if !c.Reading {
			base = bases[i]
		}
		r.Bases = append(r.Bases, c.Text(base))
	}
	n := c.Uint(uint64(len(r.Inputs)))
	if !c.Reading {
		return nil
	}
	// An input takes at least four bytes and its digest.
	if n > uint64(len(c.Rest)/(4+r.Algorithm.Width())) {
		return fmt.Errorf("%w: %d inputs in %d bytes", errFormat, n, len(c.Rest))
	}
	r.Inputs = make([]input.Input, n)
	return nil
}

// codeInput codes an input but for its detail. Names share the beginning of the
// name before: files of a directory stand together.
func codeInput(c *store.Coder, in *input.Input, last string, width int) {
	in.Kind, in.Flags = input.Kind(c.Byte(byte(in.Kind))), input.Flags(c.Byte(byte(in.Flags)))
	in.Name = c.Name(in.Name, last)
	c.Raw(in.Digest[:width])
	if st := &in.Stat; in.Kind.HasStat() {
		st.Size, st.ModTime = c.Int(st.Size), c.Int(st.ModTime)
		st.ChangeTime = st.ModTime + c.Int(st.ChangeTime-st.ModTime)
		st.Inode, st.Device = c.Uint(st.Inode), c.Uint(st.Device)
	}
}

// Tied says what ties a record to this machine or to this checkout, "" if it can
// be of use elsewhere: then its inputs lie inside the module, or are told by the
// toolchain and the versions of modules, or are compared by content wherever they
// lie, as a tool on the PATH is. Whether the fixtures that it used are tied is found by
// package tier, which has their records.
func (r *Record) Tied() string {
	if r.Local {
		return "Local() keeps it on this machine"
	}
	for i := 1; i < len(r.Bases); i += 2 {
		if outside(r.Bases[i]) {
			return "With gives " + r.Bases[i] + ", which is outside the module"
		}
	}
	for i := range r.Inputs {
		if why := tied(&r.Inputs[i]); why != "" {
			return why
		}
	}
	return ""
}

func tied(in *input.Input) string {
	switch {
	case in.Kind == input.Checkout:
		return "it holds for the checkout at " + in.Detail + " only"
	case in.Kind == input.WorkDir && outside(in.Detail):
		return "it holds for the working directory " + in.Detail + " only"
	case in.Kind.HasStat() || in.Kind == input.Glob || in.Kind == input.Identity || in.Kind == input.Modes:
		for name := range strings.SplitSeq(in.Name, input.Between) {
			if outside(name) {
				return "it depends on " + name + ", which is outside the module"
			}
		}
	}
	return ""
}

// outside reports whether a name of a World is that of a path outside the module,
// of whatever system it is.
func outside(name string) bool {
	return strings.HasPrefix(name, "/") || filepath.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../")
}
