package httpcache

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// The result of an action is an ActionResult of Bazel's remote execution API
// (build.bazel.remote.execution.v2), since servers check that it is one and
// write it anew. Of it these are used:
//
//	message ActionResult { repeated OutputFile output_files = 2; bytes stdout_raw = 5; }
//	message OutputFile   { string path = 1; Digest digest = 2; }
//	message Digest       { string hash = 1; int64 size_bytes = 2; }
//
// An output that comes with its result is the standard output of the action.
const (
	fieldOutputFiles = 2
	fieldStdoutRaw   = 5
	fieldDigest      = 2
	fieldPath        = 1
	fieldHash        = 1
	fieldSize        = 2

	wireVarint = 0
	wireBytes  = 2
)

func appendBytes(b []byte, field uint64, data []byte) []byte {
	b = binary.AppendUvarint(b, field<<3|wireBytes)
	b = binary.AppendUvarint(b, uint64(len(data)))
	return append(b, data...)
}

func (r *Result) encode() []byte {
	if r.Inline != nil {
		return appendBytes(nil, fieldStdoutRaw, r.Inline)
	}
	digest := appendBytes(nil, fieldHash, []byte(hex.EncodeToString(r.Output[:])))
	digest = binary.AppendUvarint(append(digest, fieldSize<<3|wireVarint), uint64(r.Size))
	file := appendBytes(nil, fieldPath, []byte("output"))
	return appendBytes(nil, fieldOutputFiles, appendBytes(file, fieldDigest, digest))
}

var errResult = errors.New("it answers with what is no result of ours")

// decodeResult reads what encode wrote, and a server may have added to.
func decodeResult(data []byte) (r Result, err error) {
	found := false
	err = eachField(data, func(field uint64, value []byte, _ uint64) error {
		switch field {
		case fieldStdoutRaw:
			r, found = Result{Output: sha256.Sum256(value), Size: int64(len(value)), Inline: value}, true
		case fieldOutputFiles:
			return eachField(value, func(field uint64, value []byte, _ uint64) error {
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

func (r *Result) digest(field uint64, value []byte, number uint64) error {
	switch field {
	case fieldHash:
		if n, err := hex.Decode(r.Output[:], value[:min(len(value), 2*len(r.Output))]); err != nil || n != len(r.Output) || len(value) != 2*n {
			return errResult
		}
	case fieldSize:
		if r.Size = int64(number); r.Size < 0 {
			return errResult
		}
	}
	return nil
}

// eachField calls do for each field of a message, with its bytes or its number.
func eachField(data []byte, do func(field uint64, value []byte, number uint64) error) error {
	for len(data) > 0 {
		key, n := binary.Uvarint(data)
		if n <= 0 {
			return errResult
		}
		data = data[n:]
		var value []byte
		var number uint64
		switch key & 7 {
		case wireVarint:
			if number, n = binary.Uvarint(data); n <= 0 {
				return errResult
			}
			data = data[n:]
		case wireBytes:
			size, n := binary.Uvarint(data)
			if n <= 0 || size > uint64(len(data)-n) {
				return errResult
			}
			value, data = data[n:n+int(size)], data[n+int(size):]
		case 1, 5: // fixed numbers of 8 and 4 bytes
			size := 8
			if key&7 == 5 {
				size = 4
			}
			if len(data) < size {
				return errResult
			}
			data = data[size:]
		default:
			return errResult
		}
		if err := do(key>>3, value, number); err != nil {
			return err
		}
	}
	return nil
}
