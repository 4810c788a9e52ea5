package main

import (
	"bytes"
	"encoding/gob"
	"encoding/json"

	"github.com/fixturecache/fixturecache/core/internal/snapshot"
	"github.com/fxamacker/cbor/v2"
	gojson "github.com/goccy/go-json"
	"github.com/kelindar/binary"
	shamaton "github.com/shamaton/msgpack/v3"
	"github.com/vmihailenco/msgpack/v5"
)

// library is one way to turn *T into bytes and back.
type library struct {
	name   string
	encode func(ptr any) ([]byte, error)
	decode func(data []byte, ptr any) error
}

func gobEncode(ptr any) ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(ptr)
	return b.Bytes(), err
}

func gobDecode(data []byte, ptr any) error {
	return gob.NewDecoder(bytes.NewReader(data)).Decode(ptr)
}

var libraries = []library{
	{"snapshot", snapshot.Default().Marshal, snapshot.Default().Unmarshal},
	{"gob", gobEncode, gobDecode},
	{"json", func(p any) ([]byte, error) { return json.Marshal(p) }, func(d []byte, p any) error { return json.Unmarshal(d, p) }},
	{"goccy-json", func(p any) ([]byte, error) { return gojson.Marshal(p) }, func(d []byte, p any) error { return gojson.Unmarshal(d, p) }},
	{"cbor", func(p any) ([]byte, error) { return cbor.Marshal(p) }, cborDecode},
	{"msgpack", func(p any) ([]byte, error) { return msgpack.Marshal(p) }, func(d []byte, p any) error { return msgpack.Unmarshal(d, p) }},
	{"shamaton", func(p any) ([]byte, error) { return shamaton.Marshal(p) }, func(d []byte, p any) error { return shamaton.Unmarshal(d, p) }},
	{"kelindar", func(p any) ([]byte, error) { return binary.Marshal(p) }, func(d []byte, p any) error { return binary.Unmarshal(d, p) }},
}

// cborMode lifts the limits that are meant for strangers' data.
var cborMode, _ = cbor.DecOptions{MaxArrayElements: 1 << 30, MaxMapPairs: 1 << 30, MaxNestedLevels: 60000}.DecMode()

func cborDecode(d []byte, p any) error { return cborMode.Unmarshal(d, p) }
