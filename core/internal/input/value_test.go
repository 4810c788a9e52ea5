package input

import (
	"strings"
	"testing"
	"time"
)

func TestExcerpt(t *testing.T) {
	type deep struct{ Deep []string }
	type config struct {
		Opts   deep
		Rows   int
		hidden map[string]bool
		At     time.Time
		Next   *config
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	for _, tt := range []struct {
		value any
		want  string
		why   string
	}{
		{5000, "5000", "a number"},
		{"a\tb", `"a\tb"`, "text is quoted"},
		{strings.Repeat("x", 100), "", "a long text is not kept"},
		{nil, "nil", "nothing"},
		{func() {}, "", "what has no parts that can be told"},
		{config{Opts: deep{[]string{"x"}}, Rows: 5, hidden: map[string]bool{"b": true, "a": false}, At: at},
			"Opts.Deep[0]\t\"x\"\nRows\t5\nhidden[\"a\"]\tfalse\nhidden[\"b\"]\ttrue\nAt\t2026-01-02T03:04:05.000000006Z\nNext\tnil", "each part by its path"},
		{[]string{strings.Repeat("x", 100), "y"}, "[1]\t\"y\"", "a long part is left out"},
	} {
		if got := Excerpt(tt.value); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.why, got, tt.want)
		}
	}
	if n := strings.Count(Excerpt(make([]int, 10_000)), "\n"); n >= maxParts {
		t.Errorf("%d parts of a large value", n)
	}
	loop := &config{}
	loop.Next = loop
	if got := Excerpt(loop); len(got) > 1<<10 {
		t.Errorf("a value that holds itself: %d bytes", len(got))
	}
}

func TestValueReason(t *testing.T) {
	type s struct{ A, B int }
	for _, tt := range []struct {
		old, new    any
		text, first string
	}{
		{1000, 5000, "value v changed: 1000 -> 5000", "v=5000"},
		{"x", "", `value v changed: "x" -> ""`, `v=""`},
		{s{1, 2}, s{1, 3}, "value v changed: B 2 -> 3", "v: B 2 -> 3"},
		{s{1, 2}, s{5, 3}, "value v changed: A 1 -> 5 (+1 more)", "v: A 1 -> 5 (+1 more)"},
		{[]int{1, 2}, []int{1}, "value v changed: [1] 2 -> (none)", "v: [1] 2 -> (none)"},
		{map[string]int{"a": 1}, map[string]int{"a": 1, "b": 2}, `value v changed: ["b"] (none) -> 2`, `v: ["b"] (none) -> 2`},
		{strings.Repeat("x", 99), strings.Repeat("y", 99), "value v changed", "another value of v"},
	} {
		old := &Input{Kind: Value, Name: "v", Detail: Excerpt(tt.old), Digest: Digest{1}}
		now := &Input{Kind: Value, Name: "v", Detail: Excerpt(tt.new), Digest: Digest{2}}
		r := Compare(old, now)
		if len(r) != 1 || r[0].Text != tt.text {
			t.Errorf("%v -> %v: %+v, want %q", tt.old, tt.new, r, tt.text)
			continue
		}
		if got := ShowValue(r[0]); got != tt.first {
			t.Errorf("%v -> %v: first run for %s, want %s", tt.old, tt.new, got, tt.first)
		}
	}
}
