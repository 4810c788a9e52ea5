package syntax

import "testing"

func TestTokens(t *testing.T) {
	same := []string{
		"func f(a int) int { return a + 1 }",
		"func f(a int) int {\n\t// why\n\treturn a + 1\n}",
		"func f(\n\ta int,\n) int {\n\treturn a /* x */ + 1\n}\n",
		"func f(a int) int { return a+1; }",
		"func f(a int) int { return a+1 }",
	}
	for _, s := range same {
		if got := string(AppendTokens(nil, []byte(s))); got != string(AppendTokens(nil, []byte(same[0]))) {
			t.Errorf("%q gives %q", s, got)
		}
	}
	different := []string{"a = b - -c", "a = b --c", "x := `a b`", "x := `a  b`", "a; b", "a b", "f(a)\ng(b)", "f(a) g(b)", "a <- b", "a < -b", "'a'", "\"a\"", "\"// no\"", "\"\"", "a &^ b", "a & ^b", "x.y", "x. y z"}
	seen := map[string]string{}
	for _, s := range different {
		got := string(AppendTokens(nil, []byte(s)))
		if o, ok := seen[got]; ok {
			t.Errorf("%q and %q give the same tokens", s, o)
		}
		seen[got] = s
	}
}
