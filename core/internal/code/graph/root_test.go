package graph

import "testing"

func TestSymbolPackage(t *testing.T) {
	for symbol, want := range map[string]string{
		"example.com/m/users_test.TestX.func1":          "example.com/m/users_test",
		"gopkg.in/yaml%2ev3.Unmarshal":                  "gopkg.in/yaml.v3",
		"main.F[go.shape.struct { example.com/a/b.X }]": "main",
		"example.com/m.(*T).Do-fm":                      "example.com/m",
		"example.com/a%2eb%2ec.init.0":                  "example.com/a.b.c",
	} {
		if got, _ := SplitName(symbol); got != want {
			t.Errorf("%s: %s, want %s", symbol, got, want)
		}
	}
}
