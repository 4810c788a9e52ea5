package httpcache

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/fixturecache/fixturecache/core/internal/store"
)

// The result of an action is an ActionResult of Bazel's remote execution API
// (build.bazel.remote.execution.v2), since servers check that it is one and
// write it anew. These of its fields are used:
//
//	message ActionResult { repeated OutputFile output_files = 2; bytes stdout_raw = 5; }
//	message OutputFile   { string path = 1; Digest digest = 2; }
//	message Digest       { string hash = 1; int64 size_bytes = 2; }
//
// An output within its result is the standard output of the action.
const (
	fieldOutputFiles = 2
	fieldStdoutRaw   = 5
	fieldDigest      = 2
	fieldPath        = 1
	fieldHash        = 1
	fieldSize        = 2

	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
	wire32     = 5
)

// field appends a field of bytes. A Coder writes numbers and lengths as protobuf does.
func field(c *store.Coder, number uint64, data string) {
	c.Uint(number<<3 | wireBytes)
	c.Text(data)
}

func (r *result) encode() []byte {
	var all, file, digest store.Coder
	if r.inline != nil {
		field(&all, fieldStdoutRaw, string(r.inline))
		return all.Out
	}
	field(&digest, fieldHash, hex.EncodeToString(r.output[:]))
	digest.Uint(fieldSize<<3 | wireVarint)
	digest.Uint(uint64(r.size))
	field(&file, fieldPath, "output")
	field(&file, fieldDigest, string(digest.Out))
	field(&all, fieldOutputFiles, string(file.Out))
	return all.Out
}

var errResult = errors.New("it answers with what is no result of ours")

// decodeResult decodes what encode wrote. A server may have added fields.
func decodeResult(data string) (r result, err error) {
	found := false
	err = eachField(data, func(field uint64, value string, _ uint64) error {
		switch field {
		case fieldStdoutRaw:
			r, found = result{sha256.Sum256([]byte(value)), int64(len(value)), []byte(value)}, true
		case fieldOutputFiles:
			return eachField(value, func(field uint64, value string, _ uint64) error {
				if field != fieldDigest {
					return nil
				}
				found = true
				return eachField(value, r.digest)
			})
		}
		return nil
	})
	if err == nil && !found {
		err = errResult
	}
	return r, err
}

func (r *result) digest(field uint64, value string, number uint64) error {
	switch field {
	case fieldHash:
		if !store.ParseHex(r.output[:], value) {
			return errResult
		}
	case fieldSize:
		if r.size = int64(number); r.size < 0 {
			return errResult
		}
	}
	return nil
}

// eachField calls do for each field of a message, with the bytes or the number that it
// holds.
func eachField(message string, do func(field uint64, value string, number uint64) error) error {
	c := &store.Coder{Reading: true, Rest: message}
	for c.Rest != "" {
		key, value, number := c.Uint(0), "", uint64(0)
		switch key & 7 {
		case wireVarint:
			number = c.Uint(0)
		case wire64:
			c.Take(8)
		case wireBytes:
			value = c.Text("")
		case wire32:
			c.Take(4)
		default:
			c.Bad = true
		}
		if c.Bad {
			return errResult
		}
		if err := do(key>>3, value, number); err != nil {
			return err
		}
	}
	return nil
}
