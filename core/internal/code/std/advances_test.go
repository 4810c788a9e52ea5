package std

import "testing"

func TestAdvances(t *testing.T) {
	for _, tc := range []struct {
		path, name string
		arg        int
		want       bool
	}{
		{"sync/atomic", "AddInt64", 0, true},
		{"sync/atomic", "Int64.Add", -1, true},
		{"sync/atomic", "StoreInt64", 0, false},
		{"sync/atomic", "Int64.Load", -1, false},
		{"math/rand", "Rand.Intn", -1, true},
		{"bytes", "Buffer.WriteRune", -1, true},
		{"bytes", "Buffer.Len", -1, false},
		{"sync", "Map.Store", -1, false},
		{"no/such", "Counter.Add", -1, false},
	} {
		if got := Advances(tc.path, tc.name, tc.arg); got != tc.want {
			t.Errorf("Advances(%q, %q, %d) = %v", tc.path, tc.name, tc.arg, got)
		}
	}
}
