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

// signContext is signed before the SHA-256 of an entry, that is of slot and variant, all
// inputs, the digest and the size of the output, and the records of the fixtures that it
// used, as they were before a server encoded them anew. Who holds the key can write any
// value. The helper signs and verifies, since the code for it would double what a shared
// tier adds to a test binary.
const signContext = "fixturecache entry 1\n"

// Keys are the keys with which a helper signs and verifies entries, by ed25519.
type Keys struct {
	secret  ed25519.PrivateKey  // nil: nothing is signed
	trusted []ed25519.PublicKey // none: nothing is verified
	require bool                // refuse what is not signed
}

// Names of the variables that hold keys, and the word among the public ones.
const (
	VarKey      = "CACHETEST_REMOTE_KEY"
	VarTrust    = "CACHETEST_REMOTE_TRUST"
	requireWord = "require"
)

// ParseKeys parses a secret key, and public keys with commas between them. The word
// require among these says that entries without a signature are refused as well.
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
