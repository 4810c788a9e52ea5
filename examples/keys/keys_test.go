// Package keys shows keys and certificates that expire: a certificate is made
// for 24 hours and served for 12, which MaxAge sees to.
//
// An RSA key of 4096 bits takes a second or two to find (1.1 s, 2.4 s), a hit
// 0.5 to 0.9 ms:
//
//	go test -v -count=1 -run Figures ./examples/keys
package keys

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/cachetest"
)

const (
	validFor = 24 * time.Hour
	keptFor  = 12 * time.Hour // leaves a test half the validity
)

// pair returns a directory with cert.pem and key.pem for localhost.
func pair(tb cachetest.TB) string {
	return cachetest.Dir(tb, "localhost", generate, cachetest.MaxAge(keptFor), cachetest.Shared())
}

func generate(dir string) error {
	key, err := rsa.GenerateKey(rand.Reader, 4096)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "localhost"},
		DNSNames:     []string{"localhost"},
		NotBefore:    time.Now().Add(-time.Minute),
		NotAfter:     time.Now().Add(validFor),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	if err := write(filepath.Join(dir, "cert.pem"), "CERTIFICATE", cert); err != nil {
		return err
	}
	return write(filepath.Join(dir, "key.pem"), "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
}

func write(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}

func TestPair(t *testing.T) {
	dir := pair(t)
	c, err := tls.LoadX509KeyPair(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(c.Leaf.NotAfter); left < validFor-keptFor-time.Minute {
		t.Errorf("the certificate is valid for %v only", left)
	}
}

// TestFigures prints what a look-up takes, and what making a pair takes.
func TestFigures(t *testing.T) {
	if testing.Short() {
		t.Skip("finds a key of 4096 bits")
	}
	pair(t)
	start := time.Now()
	pair(t)
	got := time.Since(start)
	start = time.Now()
	if err := generate(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Logf("a hit: %v; generated: %v", got, time.Since(start))
}
