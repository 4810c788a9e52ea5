package capture_test

import (
	"slices"
	"strings"
	"testing"
)

// The types of captured values count, for their methods: those that source declares, by
// whatever the value is told, and wherever in it they stand.
func TestTypesOfValues(t *testing.T) {
	const decls = "type kind string\ntype conf struct{ k kind; n int }\ntype list []conf\ntype other = kind\ntype box[T any] struct{}\ntype pair[K, V any] struct{ k K }\n"
	for _, tc := range []struct{ name, src, want string }{
		{"told by the key", `func users(t testing.TB, k kind) string {
	return cachetest.Memo(t, "k"+string(k), func() (string, error) { return k.Name(), nil }) //FN CALL
}`, "kind"},
		{"told by an option, as another", `func users(t testing.TB, k kind) string {
	return cachetest.Memo(t, "k", func() (string, error) { return k.Name(), nil }, cachetest.With("k", string(k))) //FN CALL
}`, "kind"},
		{"told by nothing", `func users(t testing.TB, k kind) string {
	return cachetest.Memo(t, "k", func() (string, error) { return k.Name(), nil }) //FN CALL
}`, "kind"},
		{"by an alias", `func users(t testing.TB, k other) string {
	return cachetest.Memo(t, "k", func() (string, error) { return k.Name(), nil }) //FN CALL
}`, "kind"},
		{"behind a pointer, in a map, in a struct without a name", `func users(t testing.TB, m map[kind]struct{ *conf }) string {
	return cachetest.Memo(t, "k", func() (string, error) { return m["a"].Name(), nil }) //FN CALL
}`, "conf kind"},
		{"the field that is used", `func users(t testing.TB, l conf) int {
	return cachetest.Memo(t, "k", func() (int, error) { return l.n, nil }) //FN CALL
}`, ""},
		{"what a generic type is made for", `func users(t testing.TB, b box[kind], p *pair[int, *conf]) string {
	return cachetest.Memo(t, "k", func() (string, error) { return b.Name() + p.Name(), nil }) //FN CALL
}`, "box conf kind pair"},
		{"a list", `func users(t testing.TB, l list) string {
	return cachetest.Memo(t, "k", func() (string, error) { return l.Name(), nil }) //FN CALL
}`, "conf kind list"},
		{"of a type of the function", `func users(t testing.TB, k kind) string {
	row := struct{ kind }{k}
	return cachetest.Memo(t, "k", func() (string, error) { return row.Name(), nil }) //FN CALL
}`, "kind"},
		{"of another package", `func users(t testing.TB, c seed.Config) string {
	return cachetest.Memo(t, "k", func() (string, error) { return c.Name(), nil }) //FN CALL
}`, "example.com/seed.Config"},
		{"of the standard library", `func users(t testing.TB, at time.Time) string {
	return cachetest.Memo(t, "k", func() (string, error) { return at.String(), nil }) //FN CALL
}`, ""},
	} {
		src := head + decls + tc.src
		var names []string
		for _, typ := range captured(parse(t, src), src).Types {
			names = append(names, strings.TrimPrefix(typ[0]+"."+typ[1], "."))
		}
		slices.Sort(names)
		if got := strings.Join(slices.Compact(names), " "); got != tc.want {
			t.Errorf("%s: %q, not %q", tc.name, got, tc.want)
		}
	}
}

// A With of another value tells the variable that it has the name of, and no other, and none
// that may hold code.
func TestClaims(t *testing.T) {
	const decls = "var mode int\nvar asked any\nvar run func()\nfunc values() int { return 1 }\n"
	for name, want := range map[string]string{"mode": "mode", "mode file": "", "mode // x": "", "(mode)": "", "f(x)": "", "asked": "", "run": ""} {
		src := head + decls + `func users(t testing.TB) int {
	return cachetest.Memo(t, "k", func() (int, error) { return mode, nil }, cachetest.With("` + name + `", values())) //FN CALL
}`
		var got []string
		for _, m := range captured(parse(t, src), src).Outer {
			got = append(got, m.Sel)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, not %q", name, got, want)
		}
	}
}
