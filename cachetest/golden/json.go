package golden

import (
	"bytes"
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

// encode is a tree of one file, which holds v.
func (g *golden) encode(v any) (tree, error) {
	g.json = true
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("the value cannot be encoded: %w", err)
	}
	got := g.single(buf.Bytes())
	if _, err := decode(got[""].data); err != nil {
		return nil, fmt.Errorf("after Scrub and Normalize the value is no JSON any more: %w\n%s", err, excerpt(got[""].data))
	}
	return got, nil
}

// equalJSON says whether want holds the value that got does.
func equalJSON(want, got []byte) bool {
	w, err := decode(want)
	g, _ := decode(got)
	return err == nil && reflect.DeepEqual(w, g)
}

// diffJSON shows the values that differ; for what is no JSON, or too much of
// it, or where only the bytes differ, nothing but why.
func diffJSON(want, got []byte) string {
	wanted, err := decode(want)
	if err != nil {
		return fmt.Sprintf("the golden file is no JSON: %v\n", err)
	}
	if len(want) > maxValues || len(got) > maxValues {
		return ""
	}
	value, _ := decode(got)
	return cmp.Diff(wanted, value)
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
