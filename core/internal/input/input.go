// Package input knows the kinds of thing that a build can depend on: how each
// is named, digested, compared with what a record remembers of it, and how a
// difference is told to a person.
//
// It promises that an input whose state is the recorded one is reported so
// only if its content was read, or if size, modification time, change time and
// inode are those of a reading at least two seconds older than the last change
// (the racy rule of git and cmd/go). It fails towards "changed": what cannot be
// read differs from what could.
//
//	         linux, darwin, bsd         windows
//	change   size, mtime, ctime, inode  size, mtime (a same-size edit with a
//	                                    restored mtime is seen only by reading)
//	mode     executable or not          not an input
//	modes,   for code that asks         not an input
//	owners,
//	links
//
// Otherwise the bits of the mode, owners and times are not inputs: they come from a
// umask and a checkout, and git keeps none of them. The log that shows that fn looked
// at a file does not show what it asked for, which is as a rule only whether the file
// is there.
package input

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"

	"github.com/cespare/xxhash/v2"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Kind is a kind of input. The order is that in which reasons are told.
type Kind uint8

const (
	Options     Kind = iota + 1 // the set of options: kinds, names, patterns
	Version                     // the Version option
	Toolchain                   // Go version, GOOS/GOARCH, build settings
	Code                        // fn's code
	Type                        // T
	Value                       // a value given by With
	Setting                     // -short, arguments, GOMAXPROCS: of this process
	Checkout                    // where the module lies
	WorkDir                     // the directory that relative names hold against
	Env                         // an environment variable
	Environment                 // all environment variables
	Tool                        // an executable on the PATH
	Module                      // the version of a module, to explain a changed go.mod
	File                        // what is at a path, absent included
	Dir                         // the names in a directory
	Glob                        // the files that a pattern matches
	Walk                        // a directory looked through for the Glob before it
	Child                       // a fixture that the build used
	Identity                    // which of the files are one, and how many names each has
	Modes                       // the permissions of files
)

// Selected is the Setting that says which tests run, and in which order: an
// input where their code counts.
const Selected = "tests selected"

// Flags say how an input came to be one.
type Flags uint8

const (
	Declared Flags = 1 << iota // by an option; otherwise recorded, or always there
	Racy                       // too fresh when digested for its Stat to be trusted
	InTree                     // its directory is a Walk or Dir of the same record
	Preset                     // a variable that the process may have set before its tests began: both values count
	Before                     // a fixture that other code had got before, and may have left in a variable
	Began                      // a variable that may have been read before the build: its value when the process began counts too, if it was changed since
	Whole                      // a Walk: entries whose names have several lines count, with all that is in them
)

// A Digest tells one state of an input from another. The zero Digest stands for an
// input that is absent or unset. With xxhash64 only the first 16 bytes are used:
// enough to see that this one file changed, not to face an adversary.
type Digest [32]byte

// An Input is one input in one state.
type Input struct {
	Kind   Kind
	Flags  Flags
	Name   string
	Digest Digest
	Stat   unlogged.Stat // Mode is not kept
	Salt   Salt          // the record's, in the digest of an Env or the Environment
	Detail string        // a text that explains a difference; not the value of a variable, but for plainVariables
}

// An Algorithm digests files.
type Algorithm uint8

const (
	XXHash64 Algorithm = iota
	SHA256
)

func (a Algorithm) String() string { return [...]string{"xxhash64", "sha256"}[a] }

// Width is how many bytes of a Digest are used.
func (a Algorithm) Width() int { return [...]int{16, 32}[a] }

// Cut returns the part of a longer digest that is kept.
func (a Algorithm) Cut(d [32]byte) Digest {
	clear(d[a.Width():])
	return d
}

// DigestOf returns the digest of the parts of a description.
func (a Algorithm) DigestOf(parts ...string) (d Digest) {
	h := a.new()
	var n [8]byte
	for _, part := range parts {
		binary.LittleEndian.PutUint64(n[:], uint64(len(part)))
		h.Write(n[:])
		h.Write([]byte(part))
	}
	h.Sum(d[:0])
	if a == XXHash64 {
		d[15] = 1 // never the zero Digest
	}
	return d
}

func (a Algorithm) new() hash.Hash {
	if a == SHA256 {
		return sha256.New()
	}
	return xxhash.New()
}

// content returns the hash of a file's bytes and their number.
func (a Algorithm) content(path string) (sum []byte, size int64, err error) {
	f, err := unlogged.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	h := a.new()
	if size, err = io.Copy(h, f); err != nil {
		return nil, 0, err
	}
	return h.Sum(nil), size, nil
}

// fileDigest combines all that counts of a file: its type and mode, the target if
// it is a link, and its content.
func (a Algorithm) fileDigest(state byte, link string, sum []byte, size int64) Digest {
	d := a.DigestOf(string(state), link, string(sum))
	if a == XXHash64 {
		// 64 bits of hash, and the size beside them.
		binary.LittleEndian.PutUint64(d[8:], uint64(size)<<8)
		d[8] = state
	}
	return d
}
