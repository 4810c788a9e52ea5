package helper

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A signature is one of ed25519 over the SHA-256 of an entry, that is over slot and
// variant, all inputs, the digest and the size of the output, and the records of the
// fixtures that it used: over what we write, and not over what a server makes of it.
// Who holds the key can write any value. The helper signs and verifies: it would be
// as much again as all else that a shared tier adds to a test binary.
const signContext = "fixturecache entry 1\n"

// Keys are those of a helper.
type Keys struct {
	secret  ed25519.PrivateKey  // nil: nothing is signed
	trusted []ed25519.PublicKey // none: nothing is verified
	require bool
}

// Names of the variables that hold keys, and the word among the public ones.
const (
	VarKey      = "CACHETEST_REMOTE_KEY"
	VarTrust    = "CACHETEST_REMOTE_TRUST"
	requireWord = "require"
)

// ParseKeys reads a secret key and public ones, divided by commas, with the word
// require among them if what is not signed is to be refused as well.
func ParseKeys(secret, trust string) (k Keys, err error) {
	if secret != "" {
		seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(secret))
		if err != nil || len(seed) != ed25519.SeedSize {
			return k, errors.New(VarKey + ": not a secret key as cachetest remote -keygen writes it (32 bytes in base64)")
		}
		k.secret = ed25519.NewKeyFromSeed(seed)
	}
	for _, word := range strings.Fields(strings.ReplaceAll(trust, ",", " ")) {
		if word == requireWord {
			k.require = true
			continue
		}
		key, err := base64.StdEncoding.DecodeString(word)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return k, fmt.Errorf("%s: %q is not a public key (32 bytes in base64), nor %s", VarTrust, word, requireWord)
		}
		k.trusted = append(k.trusted, key)
	}
	if trust != "" && len(k.trusted) == 0 {
		return k, errors.New(VarTrust + " holds no public key, which would trust nobody")
	}
	return k, nil
}

func (k Keys) sign(digest []byte) []byte {
	if k.secret == nil {
		return nil
	}
	return ed25519.Sign(k.secret, append([]byte(signContext), digest...))
}

func (k Keys) trusts(digest, signature []byte) bool {
	if len(signature) == 0 {
		return !k.require
	}
	return len(k.trusted) == 0 || slices.ContainsFunc(k.trusted, func(key ed25519.PublicKey) bool {
		return ed25519.Verify(key, append([]byte(signContext), digest...), signature)
	})
}

// GenerateKey makes a pair of keys, as ParseKeys reads them.
func GenerateKey() (secret, public string, err error) {
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", err
	}
	return base64.StdEncoding.EncodeToString(priv.Seed()), base64.StdEncoding.EncodeToString(pub), nil
}
