package record

import (
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/input"
)

// TestTied shows each tie to a machine that a record can have, and that there is no
// other: a kind of input that a later version has must be decided upon here.
func TestTied(t *testing.T) {
	ties := map[input.Kind]string{
		input.Checkout: "it holds for the checkout at ../elsewhere only",
		input.WorkDir:  "it holds for the working directory ../elsewhere only",
		input.File:     "it depends on ../elsewhere, which is outside the module",
		input.Dir:      "it depends on ../elsewhere, which is outside the module",
		input.Glob:     "it depends on ../elsewhere, which is outside the module",
		input.Walk:     "it depends on ../elsewhere, which is outside the module",
		input.Identity: "it depends on ../elsewhere, which is outside the module",
		input.Modes:    "it depends on ../elsewhere, which is outside the module",
		input.Tool:     "it depends on ../elsewhere, which is outside the module",
	}
	for kind := input.Options; kind <= input.Modes; kind++ {
		rec := &Record{Inputs: []input.Input{{Kind: kind, Name: "../elsewhere", Detail: "../elsewhere"}}}
		if got := rec.Tied(); got != ties[kind] {
			t.Errorf("%s outside the module: %q, want %q", kind, got, ties[kind])
		}
		rec.Inputs[0].Name, rec.Inputs[0].Detail = "inside", "inside"
		if got := rec.Tied(); got != "" && kind != input.Checkout {
			t.Errorf("%s inside the module: %q", kind, got)
		}
	}
	for _, tt := range []struct {
		rec  Record
		want string
	}{
		{Record{Local: true}, "Local() keeps it on this machine"},
		{Record{Bases: []string{"corpus", "/data/corpus"}}, "With gives /data/corpus, which is outside the module"},
		{Record{Bases: []string{"corpus", "testdata/corpus"}}, ""},
		{Record{Inputs: []input.Input{{Kind: input.Identity, Name: "inside" + input.Between + "/etc/hosts"}}}, "it depends on /etc/hosts, which is outside the module"},
	} {
		if got := tt.rec.Tied(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
	if next := input.Modes + 1; next.String() != "other" {
		t.Errorf("there is a kind %s, which may tie a record", next)
	}
}
