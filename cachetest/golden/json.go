package golden

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"

	"github.com/google/go-cmp/cmp"
)

// maxValues is the size in bytes up to which JSON is compared value by value:
// go-cmp takes seconds for megabytes, lines take milliseconds.
const maxValues = 1 << 20

// checkJSON does the work of JSON.
func (g *golden) checkJSON(name string, v any, opts []Option) error {
	if err := g.ask(name, false, opts); err != nil {
		return err
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("%s: the value cannot be encoded: %w", g.loc, err)
	}
	got := g.prepare(buf.Bytes())
	value, err := decode(got)
	if err != nil {
		return fmt.Errorf("%s: after Scrub and Normalize the value is no JSON any more: %w\n%s", g.loc, err, excerpt(got))
	}
	return g.check(comparison{
		got:   got,
		value: sha256.Sum256(canonical(value)),
		same:  func(want []byte) bool { return g.sameJSON(want, got, value) },
		diff:  func(want []byte) string { return g.diffJSON(want, got, value) },
	})
}

func (g *golden) sameJSON(want, got []byte, value any) bool {
	if g.same(want, got) {
		return true
	}
	wanted, err := decode(want)
	return !g.binary && err == nil && reflect.DeepEqual(wanted, value)
}

// diffJSON shows the values that differ; for what is no JSON, or too much of
// it, or where only the bytes differ, the lines.
func (g *golden) diffJSON(want, got []byte, value any) string {
	wanted, err := decode(want)
	if err != nil {
		return fmt.Sprintf("the golden file is no JSON: %v\n", err) + g.diff(g.loc, want, got)
	}
	if len(want) > maxValues || len(got) > maxValues {
		return g.diff(g.loc, want, got)
	}
	if diff := cmp.Diff(wanted, value); diff != "" {
		return cut(diff, maxLines)
	}
	return g.diff(g.loc, want, got)
}

// decode returns the one JSON value in data, with numbers that lose nothing.
func decode(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	return numbers(v), nil
}

// numbers replaces each json.Number that an int64 or a float64 holds exactly:
// those are what a reader expects in a diff.
func numbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, elem := range v {
			v[key] = numbers(elem)
		}
	case []any:
		for i, elem := range v {
			v[i] = numbers(elem)
		}
	case json.Number:
		if i, err := v.Int64(); err == nil && strconv.FormatInt(i, 10) == v.String() {
			return i
		}
		if f, err := v.Float64(); err == nil && strconv.FormatFloat(f, 'g', -1, 64) == v.String() {
			return f
		}
	}
	return v
}

// canonical encodes a decoded value with its keys in order.
func canonical(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // what was decoded can be encoded
	}
	return data
}
