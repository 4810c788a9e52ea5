// Package config reads .cachetest.yaml, the settings of a module.
//
// Test processes read it each time they begin, so it is read by a small reader
// of a subset of YAML (a key and a scalar or a list of scalars): a YAML library
// takes longer to initialise than a look-up takes. A file that the reader accepts
// means the same to the library; a test and a fuzz test hold it to that. Anything
// else is an error, with line and column.
package config

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/human"
)

// Name is the name of the file, at the module root.
const Name = ".cachetest.yaml"

// A File has the settings of the file, in the order of keys. Zero stands for no setting.
type File struct {
	Dir      string // the directory of the store; relative to the module root
	MaxAge   time.Duration
	MaxBytes int64
	MaxCount int64
	Remote   string
	Values   string   // "hidden": keep only digests of the values of With, Call and Version
	Ignore   []string // patterns of files, relative to the module root
	Env      []string // variables
}

// keys lists the keys of the file, and the environment variables that can set some of them.
var keys = [...]struct{ name, variable string }{
	{"dir", "CACHETEST_DIR"},
	{"max_age", "CACHETEST_MAX_AGE"},
	{"max_bytes", "CACHETEST_MAX_BYTES"},
	{"max_count", "CACHETEST_MAX_COUNT"},
	{"remote", "CACHETEST_REMOTE"},
	{"values", ""},
	{"ignore", ""},
	{"env", ""},
}

// errorAt says what is wrong with a file, and where: line and column count from 1.
func errorAt(line, column int, format string, args []any) error {
	return fmt.Errorf("%d:%d: %s", line, column, fmt.Sprintf(format, args...))
}

// Parse reads a file.
func Parse(data []byte) (*File, error) {
	entries, err := parseFlat(data)
	if err != nil {
		return nil, err
	}
	f := &File{}
	seen := map[string]int{}
	for _, e := range entries {
		if line, again := seen[e.key]; again {
			return nil, e.errorf("%s stands on line %d already", e.key, line)
		}
		seen[e.key] = e.line
		if err := f.set(e); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *File) set(e flatEntry) error {
	var names []string
	for _, key := range keys {
		names = append(names, key.name)
	}
	at := slices.Index(names, e.key)
	if at < 0 {
		return e.errorf("unknown key %q; the keys are %s", e.key, strings.Join(names, ", "))
	}
	if len(e.values) == 0 && !e.isList {
		return e.errorf("%s has no value", e.key)
	}
	field := reflect.ValueOf(f).Elem().Field(at)
	if isList := field.Kind() == reflect.Slice; isList != e.isList {
		if isList {
			return e.errorf("%s is a list: write %s: [%s]", e.key, e.key, strings.Join(e.values, ""))
		}
		return e.errorf("%s is a single value, not a list", e.key)
	}
	if e.isList {
		if i := slices.IndexFunc(e.values, func(v string) bool { return v == "" || e.key == "env" && strings.ContainsAny(v, "=\x00") }); i >= 0 {
			return e.errorf("%s: %q is no name", e.key, e.values[i])
		}
		field.Set(reflect.ValueOf(e.values))
		return nil
	}
	if err := f.Set(e.key, e.values[0]); err != nil {
		return e.errorf("%s: %v", e.key, err)
	}
	return nil
}

// Set sets a single value by its key. A limit of 0 is none, and becomes -1.
func (f *File) Set(key, value string) (err error) {
	switch key {
	case "dir":
		f.Dir = value
	case "remote":
		f.Remote = value
	case "values":
		if f.Values = value; value != "hidden" {
			err = fmt.Errorf("%q is not hidden, which is all that can be said of values", value)
		}
	case "max_age":
		f.MaxAge, err = human.ParseAge(value)
		f.MaxAge = cmp.Or(f.MaxAge, -1)
	case "max_bytes":
		f.MaxBytes, err = human.ParseSize(value)
		f.MaxBytes = cmp.Or(f.MaxBytes, -1)
	case "max_count":
		if f.MaxCount, err = strconv.ParseInt(value, 10, 64); err != nil || f.MaxCount < 0 {
			err = fmt.Errorf("%q is not a number of records", value)
		}
		f.MaxCount = cmp.Or(f.MaxCount, -1)
	}
	return err
}
