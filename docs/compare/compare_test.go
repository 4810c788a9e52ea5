// Package compare measures core/internal/snapshot against other libraries, each
// pair of library and value in processes of its own. It has no tests but what its
// arguments ask for:
//
//	go test -args table            # every figure, as Markdown
//	go test -args table tree users # some values only
//	go test -args fidelity         # the matrix of values, as Markdown
package compare

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/snapshot"
	"github.com/fxamacker/cbor/v2"
	shamaton "github.com/shamaton/msgpack/v3"
	"github.com/vmihailenco/msgpack/v5"
)

// A library is one way to turn *T into bytes and back.
type library struct {
	encode func(ptr any) ([]byte, error)
	decode func(data []byte, ptr any) error
}

var libraries = map[string]library{
	"snapshot": {snapshot.Default().Marshal, snapshot.Default().Unmarshal},
	"gob": {func(ptr any) ([]byte, error) {
		var b bytes.Buffer
		err := gob.NewEncoder(&b).Encode(ptr)
		return b.Bytes(), err
	}, func(data []byte, ptr any) error { return gob.NewDecoder(bytes.NewReader(data)).Decode(ptr) }},
	"json":     {json.Marshal, json.Unmarshal},
	"cbor":     {cbor.Marshal, cborMode.Unmarshal},
	"msgpack":  {msgpack.Marshal, msgpack.Unmarshal},
	"shamaton": {shamaton.Marshal, func(data []byte, ptr any) error { return shamaton.Unmarshal(data, ptr) }},
}

// cborMode lifts the limits that are meant for strangers' data.
var cborMode, _ = cbor.DecOptions{MaxArrayElements: 1 << 30, MaxMapPairs: 1 << 30, MaxNestedLevels: 60000}.DecMode()

func TestMain(m *testing.M) {
	flag.Parse()
	args := append(flag.Args(), "")
	switch args[0] {
	case "":
		os.Exit(m.Run())
	case "table":
		table(flag.Args()[1:])
	case "fidelity":
		fidelity()
	case "rows": // of a library, from one on
		first, _ := strconv.Atoi(args[2])
		rowsFrom(libraries[args[1]], first)
	case "encode", "decode": // a value by a library, to or from a file
		json.NewEncoder(os.Stdout).Encode(workloads[args[1]](args[0], args[2], args[3]))
	default:
		fmt.Fprintln(os.Stderr, "usage: go test -args table [value...] | fidelity")
		os.Exit(2)
	}
}

// same reports whether package snapshot stores two values as the same bytes.
func same(a, b any) bool {
	first, err1 := snapshot.Default().Marshal(a)
	second, err2 := snapshot.Default().Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(first, second)
}
