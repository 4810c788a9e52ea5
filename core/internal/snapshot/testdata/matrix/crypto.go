package matrix

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
)

// A key and a certificate made once for these tests; they protect nothing.
const testPEM = `
-----BEGIN RSA PRIVATE KEY-----
MIIEowIBAAKCAQEA9UK8qtLsGAEE805AU+W95evb4kuBqqshgOXxmmqme3VOl9Q/
l++PVil6PHNIlFZal56gA/yi8Xwr/XWZgtzuhG1DnfQFiMHVn9I8hiewvSzW47x1
kF//3No/i/Y1t/DHdqtvNonU/0uRqXcRJ8OmRM2wQd4prt/fw7/xCQDJjgoufivg
ICzb1MhjMSgI/MxR0Lflyp04tNaTuWc0HzDwu1IvNt3kk/0jMlvZryzi+l1sr9uc
1Ewqxr3n0mDMKLiCDEGGe3EbbHWJT1cculFS1+QVKRYWvov2Bo2l9sM/KF60bDL4
nWcjIVuhaxI6EZebZlpxXvIlcg4+OU5dGSdRnwIDAQABAoIBAAfEZsw0JNT3x0vb
SQ8/Id3zs8F9aaxZghSec6HTydT0GJqXVrI9nHj6lEvwzLYh6/mMRP4LVK+4In6C
6GssCwO3oCIS9c/ob5cBpfgLrr22+1E4CTMazzQT11pb4ESkg/SepkWAZPX20zSe
ODVdrVjVeMUFP6WxolkFLaF+3GM6oHHj86wKuTeHnvam7o7EFqiQKuTnWjjw3YwB
JJjWQLr5azBXuxsFYNKTO3vTx4S3BhkhYtF6JFQFmEgBye7SUiQKLpPYV7BxHeWQ
FSgCKcjhREtvs0IZ/RdrUrzJltw+X49ELhOY7vFP6p5nIV2v5m5zgtSwoPqzObRJ
0UjuIZkCgYEA/jSvVt5vlUdYH1VrhtSdMqlY9y/Oh8HMhQFsiDcf8GTfv2CTpvEd
l84tedPbD5w2UNn4FZHWFhv2noZbzs/aN+CyV7Gd2yOV0Ss2SEQjMapAr0iCHfQd
29aaxNUZXbodhNffVC0Owr5LIO6e2MfoCyZ/elvEsiZSwMhU0UkEJ9cCgYEA9v3j
tJznPgKyYM96ABEKASmcy1HRspQNwmKKSvX2CtsF75bHIfnk7eMYWa6jAUCbUlWc
+2eXt0aSNgrybw518g7nW+3KLl1fdjEU9j8hJHEKD2NifKtwuvoub2UXo2jMdxoA
d2JYL8Jdak55c8/Z2xNloVNLVyIEVhfLaBMPy3kCgYAcdHlMGAoVg67xkvY+WX5f
NWWoBcnwmFj0anxjowgIOMJzAbSFc2gEniepA3X6AVpzInMKtxBn2Sl6BUAxnkKn
DpfoCRHKfek/SL8Cx93IqW4kMNGf2Lue6B7a+Z+lRjgXrrJpEcIdOn/eZ9eQHJB0
7xJF+A/EgVWyDrqv0qSMcQKBgEmmDz4OA04UU8hWVZSrgAY0uFJQRW0whKHP7FjJ
2uIFyVFV7m8NKtxceShU0LpQ33+/k53LmAvIeVSwEvZWo4jYNNjOoRkOMqb1n8CF
toY9Rrir8/Qk0uqOK0aAKHpLh5yEHlt68bzcAiru13xXICkZMZbXVYHX3N8nHTod
ZPpRAoGBANf7DdzeZ34n1/zeHbw/SPYVfGIO0TRnYu9cxAPdXNOUQ0+Wf86+cAUN
7dJWCruSst2ujZUWY180wIGnqFnhplUyxKFCCmrxtVGBGjsotduyqLTONEaz5O4h
Q5taZEobV9UU6g3ohha3xAe7m+yimPguDQN4JARHtZv4SJ+FU2BX
-----END RSA PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIC0TCCAbmgAwIBAgIBBzANBgkqhkiG9w0BAQsFADAbMQowCAYDVQQKEwF4MQ0w
CwYDVQQDEwR0ZXN0MCAXDTcwMDEwMTAwMDAwMFoYDzIwOTYxMDAyMDcwNjQwWjAb
MQowCAYDVQQKEwF4MQ0wCwYDVQQDEwR0ZXN0MIIBIjANBgkqhkiG9w0BAQEFAAOC
AQ8AMIIBCgKCAQEA9UK8qtLsGAEE805AU+W95evb4kuBqqshgOXxmmqme3VOl9Q/
l++PVil6PHNIlFZal56gA/yi8Xwr/XWZgtzuhG1DnfQFiMHVn9I8hiewvSzW47x1
kF//3No/i/Y1t/DHdqtvNonU/0uRqXcRJ8OmRM2wQd4prt/fw7/xCQDJjgoufivg
ICzb1MhjMSgI/MxR0Lflyp04tNaTuWc0HzDwu1IvNt3kk/0jMlvZryzi+l1sr9uc
1Ewqxr3n0mDMKLiCDEGGe3EbbHWJT1cculFS1+QVKRYWvov2Bo2l9sM/KF60bDL4
nWcjIVuhaxI6EZebZlpxXvIlcg4+OU5dGSdRnwIDAQABox4wHDAaBgNVHREEEzAR
gglhLmV4YW1wbGWHBAECAwQwDQYJKoZIhvcNAQELBQADggEBAPSJ/Tb34hM1znVI
EMtdIRDMQH1HIzl9gUWR3do6r5LDS7hwbbru4EV6TCO/JphjQsNayZcWB5Ie4QIr
sFBpdimtR6tYstZNLLHfKbOtdVQdsb4zkrjiG2i4CwBGx/Cnx1jyIN/hCFEg0HER
1R4rJSsdKBmh/wTs2F9vNZ/vMYb/y/LYDyXv4Pk1csikprOx6iCQbbVrZGX2kFD/
RY2ChQ70QMuXCLeGfWsxipp9a59M4rtga+plSCOrF3UQqnHZ0+w4Ab3jdzLmdqjl
feugi/JVcvWdt1TgoWmniLsz7Hy7h/6/eX7R2ESiUa9QPUEO1M7Zn7lHClPfciqT
sszfcW8=
-----END CERTIFICATE-----
`

func block(n int) []byte {
	rest := []byte(testPEM)
	var b *pem.Block
	for range n + 1 {
		b, rest = pem.Decode(rest)
	}
	return b.Bytes
}

func key() *rsa.PrivateKey { return must(x509.ParsePKCS1PrivateKey(block(0))) }

func crypto() []Row {
	return []Row{
		row("rsa.PrivateKey", "precomputed values: gob fails", key),
		row("rsa.PublicKey", "big number", func() *rsa.PublicKey { return &key().PublicKey }),
		row("any rsa key", "interface", func() any { return key() }),
		row("x509.Certificate", "any inside, gob fails", func() *x509.Certificate { return must(x509.ParseCertificate(block(1))) }),
		row("x509.CertificateRequest", "raw parts overlap", func() []*x509.Certificate {
			c := must(x509.ParseCertificate(block(1)))
			return []*x509.Certificate{c, c}
		}),
		is("pkix.Name", "slices of any", pkix.Name{CommonName: "x", Organization: []string{"o"}, ExtraNames: []pkix.AttributeTypeAndValue{{Type: []int{1, 2}, Value: "v"}}}),
		row("ed25519 key", "named bytes", func() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, 32)) }),
		row("pem.Block", "map and bytes", func() *pem.Block { b, _ := pem.Decode([]byte(testPEM)); return b }),
		row("big primes", "slices of pointers", func() []*big.Int { return key().Primes }),
		row("ecdh X25519 key", "the curve has no size, yet its address counts", func() *ecdh.PrivateKey { return must(ecdh.X25519().NewPrivateKey(make([]byte, 32))) }),
		refused("ecdh P256 key", "curve: a pointer to a package variable", "the curve is a package variable: exact with cachetest/curves", func() *ecdh.PrivateKey {
			return must(ecdh.P256().NewPrivateKey(append(make([]byte, 31), 1)))
		}),
		refused("ecdsa key", "PublicKey.Curve: a pointer to a package variable", "the curve is a package variable: exact with cachetest/curves", func() *ecdsa.PrivateKey {
			return must(ecdsa.ParseRawPrivateKey(elliptic.P256(), append(make([]byte, 31), 1)))
		}),
	}
}
