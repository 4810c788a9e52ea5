package compare

import (
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/input"
)

func TestCodeReasons(t *testing.T) {
	in := func(name, detail string, digest byte) *input.Input {
		return &input.Input{Kind: input.Code, Name: name, Detail: detail, Digest: input.Digest{digest}}
	}
	closure := (&code.Closure{}).Encode()
	for _, tt := range []struct {
		old, new *input.Input
		want     string
	}{
		{in("binary", "a f at f.go:1", 1), in("binary", "a f at f.go:1", 1), ""},
		{in("binary", "a f at f.go:1", 1), in("binary", "b f at f.go:1", 2), "test binary changed"},
		{in("binary", "a f at f.go:1", 1), in("binary", "a g at f.go:2", 2), "another build function: f at f.go:1 -> g at f.go:2"},
		{in("binary", "a", 1), in("closure", "b", 2), "only what the build function reaches counts now, not all of the test binary"},
		{in("closure", "a", 1), in("closure", closure, 2), "since the build for another version of fixturecache: test binary changed"},
		{in("closure", closure, 1), in("closure", closure, 2), "test binary changed"},
	} {
		if got := input.ReasonText((&Comparison{Found: []Difference{codeDifference(tt.old, tt.new)}}).Reasons()); !strings.Contains(got, tt.want) || tt.want == "" && got != input.ReasonText(nil) {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// Which record is of the tests of another package its code tells.
func TestElsewhere(t *testing.T) {
	of := func(home string, digest byte) *input.Input {
		return &input.Input{Kind: input.Code, Name: "closure", Detail: (&code.Closure{Home: home}).Encode(), Digest: input.Digest{digest}}
	}
	if a, b := codeDifference(of("m/a", 1), of("m/a", 2)).Elsewhere, codeDifference(of("m/a", 1), of("m/b", 2)).Elsewhere; a != "" || b != "m/a" {
		t.Errorf("of the same package %q, of another one %q", a, b)
	}
}
