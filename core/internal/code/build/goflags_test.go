package build

import "testing"

func TestGoFlags(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"test", "-overlay", "x.json", "./..."}, "built with -overlay"},
		{[]string{"test", "--toolexec=time", "."}, "built with -toolexec"},
		{[]string{"test", "-modfile=x.mod"}, "built with -modfile"},
		{[]string{"test", "-run", "overlay", ".", "-args", "-overlay=x"}, ""},
		{[]string{"test", "-mod=vendor", "-race"}, ""},
	} {
		var f goFlags
		f.add(tc.args)
		if f.hides != tc.want {
			t.Errorf("%q: %q", tc.args, f.hides)
		}
	}
}

// Quotes around flags, and what -trimpath hides.
func TestGoVariables(t *testing.T) {
	for _, tc := range []struct {
		name, value   string
		hides, linker bool
	}{
		{"GOFLAGS", `'-overlay=a b.json'`, true, false},
		{"GOFLAGS", `-race "-ldflags=-X a.b=c"`, false, true},
		{"GOFLAGS", "-mod=mod", false, false},
		{"CGO_CFLAGS", "-DX=1", false, true},
		{"CGO_CFLAGS", "", false, false},
	} {
		f := newGoFlags(lookUp([]string{"GOENV=off", tc.name + "=" + tc.value}), nil)
		if f.hides != "" != tc.hides || f.linker != tc.linker {
			t.Errorf("%s=%s: hides %q, linker %v", tc.name, tc.value, f.hides, f.linker)
		}
	}
}
