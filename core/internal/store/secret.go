package store

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"os"
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A Secret is the random key of this store, by which values that may be
// secret (environment variables) are digested: their digests tell nothing to
// who has a record but not the store.
type Secret [32]byte

// Digest returns the HMAC-SHA256 of a named value, cut to 16 bytes.
func (k Secret) Digest(name, value string) (d [16]byte) {
	mac := hmac.New(sha256.New, k[:])
	mac.Write([]byte(name + "\x00" + value))
	copy(d[:], mac.Sum(nil))
	return d
}

// Secret returns the store's key and makes it if need be.
func (s *Store) Secret() (Secret, error) {
	path := filepath.Join(s.dir, "secret")
	if key, ok := readSecret(path); ok {
		return key, nil
	}
	var key Secret
	rand.Read(key[:])
	f, err := s.createTemp(0o600)
	if err != nil {
		return key, err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(key[:])
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return key, err
	}
	// A link, unlike a rename, leaves the key of who was faster.
	err = os.Link(f.Name(), path)
	if first, ok := readSecret(path); ok {
		return first, nil
	}
	if err != nil { // no hard links here, or a damaged key
		err = os.Rename(f.Name(), path)
	}
	return key, err
}

func readSecret(path string) (key Secret, ok bool) {
	data, err := quiet.ReadFile(path)
	ok = err == nil && len(data) == len(key)
	copy(key[:], data)
	return key, ok
}
