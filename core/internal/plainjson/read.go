package plainjson

import (
	"encoding/base64"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

var errSyntax = errors.New("this is no JSON of the wanted form")

// Unmarshal reads the one value in data into *ptr.
func Unmarshal(data []byte, ptr any) error {
	rest, err := Next(string(data), ptr)
	if err == nil && len(rest) > 0 {
		err = errSyntax
	}
	return err
}

// Next reads the first value in data into *ptr, and returns what follows it.
func Next(data string, ptr any) (rest string, err error) {
	r := &reader{data}
	r.skip()
	err = r.value(reflect.ValueOf(ptr).Elem(), 0)
	r.skip()
	return r.rest, err
}

type reader struct{ rest string }

func (r *reader) skip() { r.rest = strings.TrimLeft(r.rest, " \t\r\n") }

// take takes prefix, and white space after it.
func (r *reader) take(prefix string) bool {
	rest, ok := strings.CutPrefix(r.rest, prefix)
	if ok {
		r.rest = rest
		r.skip()
	}
	return ok
}

// maxDepth bounds how deep values lie in one another.
const maxDepth = 10_000

// value reads the next value into v, or nowhere where v is not valid.
func (r *reader) value(v reflect.Value, depth int) error {
	if depth > maxDepth {
		return errSyntax
	}
	if r.take("null") {
		return nil
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return r.value(v.Elem(), depth+1)
	}
	switch {
	case strings.HasPrefix(r.rest, `"`):
		return r.text(v)
	case r.take("true"):
		return setBool(v, true)
	case r.take("false"):
		return setBool(v, false)
	case r.take("["):
		return r.list(v, depth)
	case r.take("{"):
		return r.object(v, depth)
	}
	return r.number(v)
}

func setBool(v reflect.Value, b bool) error {
	switch v.Kind() {
	case reflect.Invalid:
	case reflect.Bool:
		v.SetBool(b)
	default:
		return errSyntax
	}
	return nil
}

func (r *reader) number(v reflect.Value) (err error) {
	end := 0
	for end < len(r.rest) && strings.IndexByte("+-.0123456789Ee", r.rest[end]) >= 0 {
		end++
	}
	text := r.rest[:end]
	r.rest = r.rest[end:]
	r.skip()
	switch v.Kind() {
	case reflect.Int, reflect.Int64:
		var n int64
		n, err = strconv.ParseInt(text, 10, 64)
		v.SetInt(n)
		return err
	case reflect.Invalid:
		if text != "" {
			return nil
		}
	}
	return errSyntax
}

func (r *reader) text(v reflect.Value) error {
	s, err := r.str()
	switch {
	case err != nil || !v.IsValid():
	case v.Kind() == reflect.String:
		v.SetString(s)
	case v.Type() == bytesType:
		var b []byte
		b, err = base64.StdEncoding.DecodeString(s)
		v.SetBytes(b)
	default:
		err = errSyntax
	}
	return err
}

func (r *reader) str() (string, error) {
	var b []byte
	for s := r.rest[min(1, len(r.rest)):]; strings.HasPrefix(r.rest, `"`); {
		end := strings.IndexAny(s, `"\`)
		if end < 0 {
			break
		}
		b = append(b, s[:end]...)
		if s[end] == '"' {
			r.rest = s[end+1:]
			r.skip()
			return string(b), nil
		}
		c, rest, ok := unescape(s[end+1:])
		if !ok {
			break
		}
		b, s = utf8.AppendRune(b, c), rest
	}
	return "", errSyntax
}

// unescape reads what follows a backslash.
func unescape(s string) (c rune, rest string, ok bool) {
	if s == "" {
		return 0, "", false
	}
	if at := strings.IndexByte(`"\/bfnrt`, s[0]); at >= 0 {
		return rune("\"\\/\b\f\n\r\t"[at]), s[1:], true
	}
	if s[0] != 'u' || len(s) < 5 {
		return 0, "", false
	}
	n, err := strconv.ParseUint(s[1:5], 16, 16)
	c, rest = rune(n), s[5:]
	if utf16.IsSurrogate(c) {
		if len(rest) >= 6 && rest[:2] == `\u` {
			if low, err := strconv.ParseUint(rest[2:6], 16, 16); err == nil {
				if both := utf16.DecodeRune(c, rune(low)); both != utf8.RuneError {
					return both, rest[6:], true
				}
			}
		}
		c = utf8.RuneError
	}
	return c, rest, err == nil
}

func (r *reader) list(v reflect.Value, depth int) error {
	if v.IsValid() && v.Kind() != reflect.Slice {
		return errSyntax
	}
	if v.IsValid() {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	}
	for first := true; !r.take("]"); first = false {
		if !first && !r.take(",") {
			return errSyntax
		}
		var e reflect.Value
		if v.IsValid() {
			e = reflect.New(v.Type().Elem()).Elem()
		}
		if err := r.value(e, depth+1); err != nil {
			return err
		}
		if v.IsValid() {
			v.Set(reflect.Append(v, e))
		}
	}
	return nil
}

func (r *reader) object(v reflect.Value, depth int) error {
	if v.IsValid() && v.Kind() != reflect.Struct && v.Kind() != reflect.Map {
		return errSyntax
	}
	if v.Kind() == reflect.Map && v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	for first := true; !r.take("}"); first = false {
		if !first && !r.take(",") {
			return errSyntax
		}
		name, err := r.str()
		if err != nil || !r.take(":") {
			return errSyntax
		}
		e := field(v, name)
		if v.Kind() == reflect.Map {
			e = reflect.New(v.Type().Elem()).Elem()
		}
		if err := r.value(e, depth+1); err != nil {
			return err
		}
		if v.Kind() == reflect.Map {
			key := reflect.New(v.Type().Key()).Elem()
			key.SetString(name)
			v.SetMapIndex(key, e)
		}
	}
	return nil
}

// field returns the field of a struct, or of what it embeds, with this name; an
// invalid value if there is none.
func field(v reflect.Value, name string) (found reflect.Value) {
	if v.Kind() != reflect.Struct {
		return found
	}
	for i := range v.NumField() {
		switch known, _ := fieldName(v.Type().Field(i)); {
		case known != "" && known != "-" && strings.EqualFold(known, name):
			return v.Field(i)
		case known == "" && v.Field(i).Kind() == reflect.Struct:
			if f := field(v.Field(i), name); f.IsValid() {
				found = f
			}
		}
	}
	return found
}
