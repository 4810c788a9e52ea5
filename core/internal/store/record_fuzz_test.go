package store

import (
	"bytes"
	"testing"
)

// FuzzOpenRecord opens what is no record, or one that was changed: what is opened
// is what was sealed.
func FuzzOpenRecord(f *testing.F) {
	for _, payload := range []string{"", "payload", "a longer payload, of more bytes than a checksum has"} {
		f.Add(sealRecord([]byte(payload)))
	}
	f.Add([]byte("nonsense"))
	f.Fuzz(func(t *testing.T, data []byte) {
		payload, notes, ok := openRecord(data)
		if !ok {
			return
		}
		if sealed := sealRecord(payload); len(notes) == 0 && !bytes.Equal(sealed, data[:len(sealed)]) {
			t.Errorf("%q opens as %q, which is sealed as %q", data, payload, sealed)
		}
	})
}
