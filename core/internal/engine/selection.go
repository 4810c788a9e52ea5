package engine

import (
	"flag"
	"fmt"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code"
)

// selected is the setting that says which tests run, and in which order: an
// input where their code counts.
const selected = "tests selected"

// selection is its value: the flags of package testing that decide it, as they
// are given to go test, or "all".
func selection() string {
	var parts []string
	add := func(name, unless, format string) {
		f := flag.Lookup("test." + name)
		if f == nil {
			return
		}
		if value := f.Value.String(); value != "" && value != unless {
			parts = append(parts, fmt.Sprintf("-"+name+format, value))
		}
	}
	for _, name := range []string{"run", "skip", "bench", "fuzz"} {
		add(name, "", " %q")
	}
	for _, name := range []string{"shuffle", "count", "cpu", "parallel", "failfast"} {
		f := flag.Lookup("test." + name)
		if f != nil && f.Value.String() != f.DefValue {
			add(name, "off", "=%s")
		}
	}
	if len(parts) == 0 {
		return "all"
	}
	return strings.Join(parts, " ")
}

// shuffled reports that the tests whose code counts run in an order that nobody
// can know.
func (b *builder) shuffled(c *code.Closure) *notStored {
	if f := flag.Lookup("test.shuffle"); c.Cause.What == "" || f == nil || f.Value.String() != "on" {
		return nil
	}
	return &notStored{"variable", fmt.Sprintf("%s, and -shuffle=on runs them in an order that is not known: give its seed, as in -shuffle=1", c.Since())}
}

// told are the package variables that the caller answers for.
func (s *Spec) told() code.Covered {
	told := code.Covered{Package: s.Package, Names: append([]string(nil), s.Ignore.Captures...)}
	for _, v := range s.Values {
		told.Names = append(told.Names, v.Name)
	}
	return told
}
