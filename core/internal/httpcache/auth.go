package httpcache

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Variables that hold credentials, or the paths of files that do.
const (
	VarToken = "CACHETEST_REMOTE_TOKEN"    // bearer token
	VarAuth  = "CACHETEST_REMOTE_AUTH"     // basic: USER:PASSWORD
	VarCert  = "CACHETEST_REMOTE_CERT"     // path of a client certificate
	VarKey   = "CACHETEST_REMOTE_CERT_KEY" // path of its key
	VarCA    = "CACHETEST_REMOTE_CA"       // path of the certificates that the server's is checked by
)

// authorization returns the header of that name, with credentials from the environment,
// the address, or the user's netrc file, in this order; "" if there are none.
func authorization(base *url.URL, getenv func(string) string) (string, error) {
	token, auth := getenv(VarToken), getenv(VarAuth)
	if auth == "" && base.User != nil {
		password, _ := base.User.Password()
		auth = base.User.Username() + ":" + password
	}
	switch {
	case token != "" && auth != "":
		return "", fmt.Errorf("both a token (%s) and a name with a password are given", VarToken)
	case token != "":
		return "Bearer " + token, nil
	case auth == "":
		auth = netrc(base.Hostname(), getenv)
	}
	if auth == "" {
		return "", nil
	}
	if !strings.Contains(auth, ":") {
		return "", fmt.Errorf("%s is not USER:PASSWORD", VarAuth)
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(auth)), nil
}

// netrc returns the name and password of a host, as NAME:PASSWORD, from the user's netrc
// file, "" if it has none. As in the go command, the default entry does not count.
func netrc(host string, getenv func(string) string) string {
	path := getenv("NETRC")
	if path == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		name := ".netrc"
		if runtime.GOOS == "windows" {
			name = "_netrc"
		}
		path = filepath.Join(home, name)
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	return netrcEntry(f, host)
}

func netrcEntry(r io.Reader, host string) string {
	var machine, login, password string
	macro := false
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if macro = macro && len(words) > 0; macro {
			continue // a macro ends with an empty line
		}
		for len(words) > 0 {
			key, value := words[0], ""
			if words = words[1:]; key != "default" && len(words) > 0 {
				value, words = words[0], words[1:]
			}
			switch key {
			case "machine", "default":
				if machine == host {
					return login + ":" + password
				}
				machine, login, password = value, "", ""
			case "login":
				login = value
			case "password":
				password = value
			case "macdef":
				macro = true
			}
		}
	}
	if machine != host {
		return ""
	}
	return login + ":" + password
}

// maxConnections is how many requests are on their way to the server at once.
const maxConnections = 16

func newTransport(getenv func(string) string, stall time.Duration) (*http.Transport, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DialContext = (&net.Dialer{Timeout: stall}).DialContext
	t.TLSHandshakeTimeout = stall
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	t.DisableCompression = true // an answer in another encoding has no length to be checked by
	t.MaxIdleConnsPerHost, t.MaxConnsPerHost = maxConnections, maxConnections
	if path := getenv(VarCert); path != "" {
		cert, err := tls.LoadX509KeyPair(path, getenv(VarKey))
		if err != nil {
			return nil, fmt.Errorf("%s and %s: %w", VarCert, VarKey, err)
		}
		t.TLSClientConfig.Certificates = []tls.Certificate{cert}
	}
	if path := getenv(VarCA); path != "" {
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", VarCA, err)
		}
		t.TLSClientConfig.RootCAs = x509.NewCertPool()
		if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New(VarCA + ": no certificate in " + path)
		}
	}
	return t, nil
}
