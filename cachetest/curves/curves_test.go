package curves

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"reflect"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/cachetest"
)

// keep returns v as a fixture returns it, which must be equal and stored.
func keep[T any](t *testing.T, v T) T {
	t.Helper()
	t.Setenv("CACHETEST_DIR", t.TempDir())
	builds := 0
	var got T
	for range 2 {
		got = cachetest.Memo(t, "key", func() (T, error) { builds++; return v, nil }, cachetest.DeclaredOnly(),
			cachetest.Version("1"), cachetest.Code(cachetest.CodeNone), cachetest.IgnoreCapture("v", "builds"))
	}
	if builds != 1 {
		t.Errorf("%T: built %d times", v, builds)
	}
	if !reflect.DeepEqual(got, v) {
		t.Errorf("%T: comes back as another value", v)
	}
	return got
}

func newKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newCertificate(t *testing.T, key *ecdsa.PrivateKey) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// TestCurves keeps keys and certificates on each curve, alone and inside other
// values: the curve is the same pointer, and the keys work.
func TestCurves(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P224(), elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		t.Run(curve.Params().Name, func(t *testing.T) {
			key := newKey(t, curve)
			if got := keep(t, key); got.Curve != curve || !got.Equal(key) {
				t.Error("another key")
			}
			cert := keep(t, newCertificate(t, key))
			public := cert.Leaf.PublicKey.(*ecdsa.PublicKey)
			if public.Curve != curve || cert.PrivateKey.(*ecdsa.PrivateKey).Curve != curve {
				t.Error("the certificate is on another curve")
			}
			sum := make([]byte, 32)
			signature, err := ecdsa.SignASN1(rand.Reader, cert.PrivateKey.(*ecdsa.PrivateKey), sum)
			if err != nil || !ecdsa.VerifyASN1(public, sum, signature) {
				t.Errorf("the key does not work: %v", err)
			}
			inside := keep(t, map[string]any{"leaf": cert.Leaf, "keys": []any{key, key.PublicKey}})
			if inside["keys"].([]any)[1].(ecdsa.PublicKey).Curve != curve {
				t.Error("the key inside is on another curve")
			}
		})
	}
	for _, curve := range []ecdh.Curve{ecdh.P256(), ecdh.P384(), ecdh.P521(), ecdh.X25519()} {
		key, err := curve.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		got := keep(t, key)
		if got.Curve() != curve || got.PublicKey().Curve() != curve {
			t.Errorf("a key on another curve than %v", curve)
		}
		other, err := curve.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		secret, errA := got.ECDH(other.PublicKey())
		same, errB := other.ECDH(key.PublicKey())
		if errA != nil || errB != nil || string(secret) != string(same) {
			t.Errorf("the key does not work: %v, %v", errA, errB)
		}
	}
}
