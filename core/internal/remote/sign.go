package remote

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// A signature is one of ed25519 over an entry, that is over slot and variant, all
// inputs, the digest and the size of the output, and the records of the fixtures
// that it used: over what we write, and not over what a server makes of it. Who
// holds the key can write any value.
const signContext = "fixturecache entry 1\n"

// Trust says whose entries are used.
type Trust struct {
	keys    []ed25519.PublicKey
	require bool
}

// ParseTrust reads public keys, divided by commas, and the word require: then
// entries that are not signed are refused as well.
func ParseTrust(text string) (t Trust, err error) {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		if word == "require" {
			t.require = true
			continue
		}
		key, err := base64.StdEncoding.DecodeString(word)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return t, fmt.Errorf("%q is not a public key (32 bytes in base64), nor require", word)
		}
		t.keys = append(t.keys, key)
	}
	if t.require && len(t.keys) == 0 {
		return t, errors.New("require without a public key trusts nobody")
	}
	return t, nil
}

// refuses says why an entry may not be used.
func (t Trust) refuses(e *Entry) string {
	if len(t.keys) == 0 {
		return ""
	}
	if len(e.signature) == 0 {
		if t.require {
			return "it is not signed"
		}
		return ""
	}
	message := append([]byte(signContext), e.signed...)
	for _, key := range t.keys {
		if ed25519.Verify(key, message, e.signature) {
			return ""
		}
	}
	return "its signature is of none of the keys in CACHETEST_REMOTE_TRUST"
}

// errKey does not hold the key.
var errKey = errors.New("it is not a secret key as cachetest remote -keygen writes it (32 bytes in base64)")

// ParseKey reads the secret key of a writer; nil, which signs nothing, if text is
// empty.
func ParseKey(text string) (ed25519.PrivateKey, error) {
	if text == "" {
		return nil, nil
	}
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, errKey
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// sign completes an entry.
func (e *Entry) sign(key ed25519.PrivateKey) {
	e.signed, e.signature = encodeEntry(e), nil
	if key != nil {
		e.signature = ed25519.Sign(key, append([]byte(signContext), e.signed...))
	}
}

// GenerateKey makes a pair of keys, as ParseKey and ParseTrust read them.
func GenerateKey() (secret, public string, err error) {
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", err
	}
	return base64.StdEncoding.EncodeToString(priv.Seed()), base64.StdEncoding.EncodeToString(pub), nil
}
