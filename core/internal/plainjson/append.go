// Package plainjson writes and reads JSON (RFC 8259) for structs, slices, strings,
// whole numbers, bools and, in base64, bytes, with the names and the omitempty of
// encoding/json's field tags. It is there for its weight: encoding/json adds 0.23 MB
// to each test binary.
//
// It writes times and fractions, and does not read them; it reads maps by string, and does
// not write them. It ignores methods of types, and escapes nothing for HTML. Names are read
// in upper or lower case; those that a struct does not have are passed over.
package plainjson

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

var (
	timeType  = reflect.TypeFor[time.Time]()
	bytesType = reflect.TypeFor[[]byte]()
)

// Marshal returns v as JSON.
func Marshal(v any) ([]byte, error) { return appendValue(nil, reflect.ValueOf(v)) }

func appendValue(b []byte, v reflect.Value) (_ []byte, err error) {
	switch v.Kind() {
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool()), nil
	case reflect.Int, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10), nil
	case reflect.Float64:
		return strconv.AppendFloat(b, v.Float(), 'f', -1, 64), nil
	case reflect.String:
		return appendString(b, v.String()), nil
	case reflect.Slice:
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		if v.Type() == bytesType {
			return append(base64.StdEncoding.AppendEncode(append(b, '"'), v.Bytes()), '"'), nil
		}
		b = append(b, '[')
		for i := range v.Len() {
			b = comma(b)
			if b, err = appendValue(b, v.Index(i)); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	case reflect.Struct:
		if v.Type() == timeType {
			return append(v.Interface().(time.Time).AppendFormat(append(b, '"'), time.RFC3339Nano), '"'), nil
		}
		b, err = appendFields(append(b, '{'), v)
		return append(b, '}'), err
	}
	return nil, fmt.Errorf("plainjson: %s", v.Type())
}

// comma separates a value from the one before.
func comma(b []byte) []byte {
	if last := b[len(b)-1]; last == '[' || last == '{' {
		return b
	}
	return append(b, ',')
}

// appendFields appends the fields of a struct, and those of what it embeds.
func appendFields(b []byte, v reflect.Value) (_ []byte, err error) {
	for i := range v.NumField() {
		name, omitEmpty := fieldName(v.Type().Field(i))
		switch f := v.Field(i); {
		case name == "" && f.Kind() == reflect.Struct:
			b, err = appendFields(b, f)
		case name == "" || name == "-", omitEmpty && f.Kind() != reflect.Struct && (f.IsZero() || f.Kind() == reflect.Slice && f.Len() == 0):
		default:
			b, err = appendValue(append(appendString(comma(b), name), ':'), f)
		}
		if err != nil {
			return nil, err
		}
	}
	return b, nil
}

// fieldName returns the name of a field: "" where its own fields stand for it, -
// where it is left out.
func fieldName(f reflect.StructField) (name string, omitEmpty bool) {
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" && !f.Anonymous {
		if name = f.Name; !f.IsExported() {
			name = "-"
		}
	}
	return name, options == "omitempty"
}

// appendString appends s as a JSON string. Bytes that are no UTF-8 become U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r < ' ':
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
