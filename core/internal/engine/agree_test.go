package engine_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// storeNested stores n fixtures, of which each uses those that uses names. The
// last one also depends on a variable, as it is now.
func storeNested(t *testing.T, n int, uses func(i int) []int) engine.Config {
	config := engine.Config{Dir: t.TempDir(), Mode: engine.On}
	c, err := engine.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	code, variant, world := input.Digest{1}, store.VariantID{1}, &input.World{}
	slot := func(i int) store.SlotID { return store.SlotOf("m", fmt.Sprint(i)) }
	for i := range n {
		rec := &record.Record{Key: fmt.Sprint(i), Package: "m", Built: time.Unix(int64(i), 0), Output: store.ObjectRef{ID: store.ObjectID{byte(i), byte(i >> 8), 1}}}
		rec.Inputs = append(rec.Inputs, input.Input{Kind: input.Code, Name: "binary", Digest: code})
		if i == n-1 {
			rec.Inputs = append(rec.Inputs, world.EnvAt("CACHETEST_JUDGE_TEST", 0, nil))
		}
		for _, j := range uses(i) {
			rec.Inputs = append(rec.Inputs, input.Input{
				Kind: input.Child, Name: slot(j).String() + "/" + variant.String() + "/" + hex.EncodeToString(code[:16]), Detail: fmt.Sprint(j),
				Digest: rec.Algorithm.Cut(store.ObjectID{byte(j), byte(j >> 8), 1}),
			})
		}
		if err := c.Store().PutRecord(slot(i), variant, rec.ID(), rec.Encode()); err != nil {
			t.Fatal(err)
		}
	}
	return config
}

// A walk that came by each child as often as there are ways to it would not
// end.
func TestNestedFixturesAreJudgedOnce(t *testing.T) {
	for _, tc := range []struct {
		name string
		n    int
		uses func(i int) []int
		text string // why the first has changed
	}{
		{"a ladder", 122, func(i int) []int {
			if next := i/2*2 + 2; next < 121 {
				return []int{next, next + 1}
			}
			return nil
		}, `fixture "3", by way of 59 others, changed: env CACHETEST_JUDGE_TEST set (was unset)`},
		{"each uses all that come later", 64, func(i int) []int { return sequence(i+1, 64) },
			`fixture "63" changed: env CACHETEST_JUDGE_TEST set (was unset)`},
		{"all use each other", 64, func(i int) []int { return append(sequence(0, i), sequence(i+1, 64)...) },
			`fixture "63" changed: env CACHETEST_JUDGE_TEST set (was unset)`},
		{"a ring", 64, func(i int) []int { return []int{(i + 1) % 64} },
			`fixture "1", by way of 62 others, changed: env CACHETEST_JUDGE_TEST set (was unset)`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			config := storeNested(t, tc.n, tc.uses)
			unchanged, valid := nestedVerdicts(t, config)
			for key, v := range unchanged {
				if v.State != admin.Unknown || len(v.Reasons) > 0 {
					t.Fatalf("unchanged: %s is %+v", key, v)
				}
			}
			if !valid {
				t.Error("unchanged: a look-up finds a child that is not valid")
			}
			t.Setenv("CACHETEST_JUDGE_TEST", "set")
			changed, valid := nestedVerdicts(t, config)
			var texts []string
			for _, r := range changed["0"].Reasons {
				texts = append(texts, r.Text)
			}
			if got := strings.Join(texts, "\n"); changed["0"].State != admin.Changed || !strings.Contains(got, tc.text) {
				t.Errorf("changed: %.4000s\nwant %s", got, tc.text)
			}
			if valid {
				t.Error("changed: a look-up finds all children valid")
			}
			last := changed[fmt.Sprint(tc.n-1)]
			if len(last.Reasons) != 1 {
				t.Errorf("what has changed itself is told to have changed for others: %+v", last)
			}
		})
	}
}

// nestedVerdicts returns the verdicts on all fixtures, and what a look-up and
// an explanation find of the children of the first.
func nestedVerdicts(t *testing.T, config engine.Config) (verdicts map[string]admin.Verdict, valid bool) {
	c, err := admin.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	v := c.Inspect("")
	verdicts = map[string]admin.Verdict{}
	for s := range c.Records() {
		verdicts[s.Key] = v.Fixture([]*admin.Stored{s})
	}
	for file := range e.Store().All() {
		if file.Slot == store.SlotOf("m", "0") {
			valid = e.ChildrenHold(file)
		}
	}
	return verdicts, valid
}

func sequence(from, to int) (list []int) {
	for i := from; i < to; i++ {
		list = append(list, i)
	}
	return list
}
