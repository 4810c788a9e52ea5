// Package curves lets fixtures hold keys and certificates on the elliptic curves
// of the standard library. It is imported for that alone:
//
//	import _ "github.com/fixturecache/fixturecache/cachetest/curves"
//
// An *ecdsa.PrivateKey, an *ecdh.PrivateKey, a tls.Certificate and an
// *x509.Certificate with such a key hold a pointer to a variable of package
// crypto/elliptic or crypto/ecdh, which says which curve it is: it comes back as
// the same pointer, so that key.Curve == elliptic.P256() holds. It is a package of its
// own so that only its importers link those packages. Private keys are best kept
// on this machine: see cachetest.Local.
package curves

import (
	"crypto/ecdh"
	"crypto/elliptic"

	"github.com/fixturecache/fixturecache/core/bridge"
)

func init() {
	for name, curve := range map[string]elliptic.Curve{
		"elliptic.P224": elliptic.P224(), "elliptic.P256": elliptic.P256(),
		"elliptic.P384": elliptic.P384(), "elliptic.P521": elliptic.P521(),
	} {
		bridge.RegisterGlobal(name, &curve, true)
	}
	for name, curve := range map[string]ecdh.Curve{
		"ecdh.P256": ecdh.P256(), "ecdh.P384": ecdh.P384(), "ecdh.P521": ecdh.P521(), "ecdh.X25519": ecdh.X25519(),
	} {
		bridge.RegisterGlobal(name, &curve, true)
	}
}
