package compare

import (
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
)

// With state in reach all fixtures of a run are children of those that follow, and these of
// the next. One that the process has got already is not compared once more for each of them.
func TestChildrenThatWereGot(t *testing.T) {
	child := ChildInput(Variant{}, "first", input.Digest{1}, input.Digest{2}, 0, input.Digest{})
	for _, tc := range []struct {
		name           string
		flags          input.Flags
		got, read, met bool
	}{
		{"got before", input.Before, true, false, true},
		{"got before, to another value by now", input.Before, false, true, false},
		{"asked for by the build itself", 0, true, true, false},
	} {
		in, read := child, false
		in.Flags |= tc.flags
		p := &Present{
			World: &input.World{Clock: time.Now},
			Read:  func(Variant) []*Record { read = true; return nil },
			Got:   func(*input.Input) bool { return tc.got },
		}
		c := p.Differences(&Record{Record: &record.Record{Inputs: []input.Input{in}}}, true)
		if met := len(c.Found) == 0; met != tc.met || read != tc.read {
			t.Errorf("%s: same %v, records read %v", tc.name, met, read)
		}
	}
}
