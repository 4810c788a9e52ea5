package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"

	"github.com/cespare/xxhash/v2"
	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Derived bytes are what can be found again from what is on disk, at a cost:
// facts of source files, closures. They are checked like records, and written
// without waiting for the disk, as a loss costs no more than a miss does.

func (s *Store) derivedPath(name string) string {
	sum := sha256.Sum256([]byte(name))
	return s.sharded("derived", hex.EncodeToString(sum[:16]))
}

// Derived returns the bytes kept under a name, if they are there and right.
func (s *Store) Derived(name string) ([]byte, bool) {
	path := s.derivedPath(name)
	if s.trusted(filepath.Dir(path)) != nil {
		return nil, false
	}
	data, st, err := private.ReadStat(path)
	if err != nil {
		return nil, false
	}
	payload, _, ok := openRecord(data)
	if !ok {
		s.quarantine(path)
		return nil, false
	}
	if now := s.now(); now.Sub(unlogged.Time(st.ModTime)) > useInterval {
		os.Chtimes(path, now, now) // still of use: trim goes by this
	}
	return payload, true
}

// PutDerived keeps bytes under a name, if that can be done.
func (s *Store) PutDerived(name string, payload []byte) {
	s.replace(s.derivedPath(name), sealRecord(payload), 0o600, false)
}

// sealRecord puts magic and checksum before a payload.
func sealRecord(payload []byte) []byte {
	data := make([]byte, 0, recordHeader+len(payload)+noteLen)
	data = append(data, recordMagic...)
	data = binary.LittleEndian.AppendUint64(data, xxhash.Sum64(payload))
	return append(data, payload...)
}
