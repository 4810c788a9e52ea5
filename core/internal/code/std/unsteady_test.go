package std

import "testing"

// What is worth a hint that it differs from run to run, and what merely comes to a
// clock or chance on the way.
func TestUnsteady(t *testing.T) {
	for _, tc := range []struct {
		path, name string
		want       bool
	}{
		{"time", "Now", true},
		{"math/rand", "Intn", true},
		{"math/rand/v2", "IntN", true},
		{"crypto/rand", "Text", true},
		{"crypto/rand", "Reader", true},
		{"crypto/tls", "Dial", true},
		{"crypto/tls", "Certificate", false},
		{"net/http", "Get", true},
		{"net/http/httptest", "NewServer", true},
		{"net", "Interfaces", true},
		{"runtime", "NumGoroutine", true},
		{"runtime", "NumCPU", false},
		{"net", "TCPAddr", false},
		{"net", "InterfaceAddrs", true},
		{"math/big", "NewInt", false},
		{"context", "WithValue", false},
		{"testing", "T", false},
		{"strings", "ToUpper", false},
		{"example.com/m", "Now", false},
	} {
		if got := Unsteady(tc.path, tc.name); got != tc.want {
			t.Errorf("%s.%s is unsteady: %v", tc.path, tc.name, got)
		}
	}
}
