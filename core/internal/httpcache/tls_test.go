package httpcache

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/internal/faults/testdata/faulty"
)

// writePEM writes a file of one block, and returns its path.
func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), kind)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func clientCertificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return writePEM(t, "CERTIFICATE", der), writePEM(t, "PRIVATE KEY", secret)
}

// The server's certificate is checked, by ours if there are any, and ours is shown.
func TestCertificates(t *testing.T) {
	l := httptest.NewUnstartedServer(&faulty.Server{})
	l.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	l.Config.ErrorLog = nil
	l.StartTLS()
	defer l.Close()
	ca := writePEM(t, "CERTIFICATE", l.Certificate().Raw)
	cert, key := clientCertificate(t)
	for _, test := range []struct {
		env []string
		ok  bool
	}{
		{[]string{VarCA, ca, VarCert, cert, VarKey, key}, true},
		{[]string{VarCA, ca}, false},
		{[]string{VarCert, cert, VarKey, key}, false},
	} {
		c, err := New(l.URL, none(test.env...), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Reach(t.Context()); (err == nil) != test.ok {
			t.Errorf("%d variables: %v", len(test.env)/2, err)
		}
	}
}
