package golden

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// encode returns a tree of one file, which holds v.
func (g *golden) encode(v any) (tree, error) {
	g.json = true
	data, err := encodeJSON(v)
	if err != nil {
		return nil, fmt.Errorf("the value cannot be encoded: %w", err)
	}
	got := g.single(data)
	if _, err := canonical(got[""].data); err != nil {
		return nil, fmt.Errorf("after Scrub and Normalize the value is no JSON any more: %w\n%s", err, excerpt(got[""].data))
	}
	return got, nil
}

func encodeJSON(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return buf.Bytes(), err
}

// equalJSON reports whether want holds the value that got does.
func equalJSON(want, got []byte) bool {
	w, err := canonical(want)
	g, _ := canonical(got)
	return err == nil && bytes.Equal(w, g)
}

// canonical returns the one JSON value in data in a form that equal values share. Numbers
// keep all of their digits.
func canonical(data []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	return encodeJSON(v)
}
