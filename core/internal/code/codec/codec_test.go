package codec

import (
	"reflect"
	"testing"
)

type part struct {
	Name string
	N    int8
	own  bool // not exported: not written
}

type whole struct {
	Parts []part
	Next  *whole
	Size  uint64
	Flag  bool
	Sum   Digest
}

// What is read is what was written, and a fault in any byte is an error or another
// value: never a panic.
func TestCodec(t *testing.T) {
	in := whole{Parts: []part{{"a", -3, false}, {"b", 4, true}, {"a", 0, false}}, Next: &whole{Flag: true}, Size: 1 << 63, Sum: Digest{1, 2}}
	data := string(Write("v1\n", &in))
	in.Parts[1].own = false
	var out whole
	if err := Read("v1\n", data, &out); err != nil || !reflect.DeepEqual(in, out) {
		t.Errorf("got %+v, %v", out, err)
	}
	if err := Read("v2\n", data, &whole{}); err == nil {
		t.Errorf("another version: %v", err)
	}
	if err := Read("v1\n", data+"\x00", &whole{}); err == nil {
		t.Errorf("a byte more: %v", err)
	}
	for i := range data {
		if err := Read("v1\n", data[:i], &whole{}); err == nil {
			t.Errorf("%d of %d bytes: %v", i, len(data), err)
		}
		for b := range 256 {
			bad := []byte(data)
			bad[i] = byte(b)
			Read("v1\n", string(bad), &whole{})
		}
	}
	if none := Write("", &whole{}); len(none) != 1 {
		t.Errorf("a struct of zeros takes %d bytes", len(none))
	}
	wide := struct{ N int }{1000}
	if err := Read("", string(Write("", &wide)), &struct{ N int8 }{}); err == nil {
		t.Errorf("a number that is too large: %v", err)
	}
}
