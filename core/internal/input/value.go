package input

import (
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Bounds of an Excerpt.
const (
	maxText  = 60 // bytes of a value that is shown whole
	maxLeaf  = 40 // bytes of a text within another value
	maxParts = 64 // parts of a value
	maxLevel = 8  // levels of parts within parts
)

// Excerpt returns the text that a record keeps of a value to explain a difference: the
// whole of a short value, or else its parts, a line each of a path, a tab and a text. It
// is empty where the value has no part with a short text.
func Excerpt(v any) string {
	r := reflect.ValueOf(v)
	if text, ok := basicText(r, maxText); ok {
		return text
	}
	var p parts
	p.add("", r, 0)
	return strings.Join(p.lines, "\n")
}

// DifferingPart returns the path of the first part that differs in the excerpts of two
// values, "" if none does.
func DifferingPart(a, b any) string {
	part, _, _, _ := differingPart(Excerpt(a), Excerpt(b))
	return part
}

// basicText writes a value that has no parts, "" for one that is too long.
func basicText(r reflect.Value, limit int) (text string, ok bool) {
	switch r.Kind() {
	case reflect.String:
		text = strconv.Quote(r.String()[:min(r.Len(), limit+1)])
	case reflect.Bool:
		text = strconv.FormatBool(r.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		text = strconv.FormatInt(r.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		text = strconv.FormatUint(r.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		text = strconv.FormatFloat(r.Float(), 'g', -1, 64)
	case reflect.Complex64, reflect.Complex128:
		text = strconv.FormatComplex(r.Complex(), 'g', -1, 128)
	case reflect.Invalid:
		text = "nil"
	default:
		return "", false
	}
	if len(text) > limit {
		return "", true
	}
	return text, true
}

// Shorten returns a text, or the beginning of a long one, marked as such.
func Shorten(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "…"
}

type parts struct{ lines []string }

func (p *parts) add(path string, r reflect.Value, level int) {
	if len(p.lines) >= maxParts || level > maxLevel {
		return
	}
	if text, ok := basicText(r, maxLeaf); ok {
		p.line(path, text)
		return
	}
	switch r.Kind() {
	case reflect.Pointer, reflect.Interface:
		p.add(path, r.Elem(), level+1) // "nil", where there is none
	case reflect.Slice, reflect.Array:
		for i := 0; i < r.Len() && len(p.lines) < maxParts; i++ {
			p.add(fmt.Sprintf("%s[%d]", path, i), r.Index(i), level+1)
		}
	case reflect.Map:
		p.entries(path, r, level)
	case reflect.Struct:
		p.fields(path, r, level)
	}
}

func (p *parts) line(path, text string) {
	if text != "" {
		p.lines = append(p.lines, strings.TrimPrefix(path, ".")+"\t"+text)
	}
}

// entries adds the entries of a map whose keys have a short text, and none of a large
// map, of which no entries are the first.
func (p *parts) entries(path string, r reflect.Value, level int) {
	if r.Len() > maxParts {
		return
	}
	type entry struct {
		key   string
		value reflect.Value
	}
	var list []entry
	for it := r.MapRange(); it.Next(); {
		if key, ok := basicText(it.Key(), maxLeaf); ok && key != "" {
			list = append(list, entry{key, it.Value()})
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].key < list[j].key }) // SortFunc weighs more for each type
	for _, e := range list {
		p.add(path+"["+e.key+"]", e.value, level+1)
	}
}

func (p *parts) fields(path string, r reflect.Value, level int) {
	if r.Type() == reflect.TypeFor[time.Time]() {
		if r.CanInterface() {
			p.line(path, r.Interface().(time.Time).Format(time.RFC3339Nano))
		}
		return
	}
	for i := range r.NumField() {
		p.add(path+"."+r.Type().Field(i).Name, r.Field(i), level+1)
	}
}

// valueReason tells how a value differs: by the first part that does, if its
// parts are known.
func valueReason(old, new *Input) []Reason {
	r := Reason{Code: "value.changed", Subject: new.Name, Old: old.Detail, New: new.Detail}
	part, more := "", ""
	if strings.Contains(old.Detail+new.Detail, "\t") {
		var n int
		if part, r.Old, r.New, n = differingPart(old.Detail, new.Detail); n > 1 {
			more = fmt.Sprintf(" (+%d more)", n-1)
		}
	}
	r.Text = "value " + new.Name + " changed"
	if r.Old != r.New {
		r.Text += ": " + strings.TrimPrefix(part+" ", " ") + orNone(r.Old) + " -> " + orNone(r.New) + more
	}
	return []Reason{r}
}

func listValue(in *Input) string {
	return strings.ReplaceAll(strings.ReplaceAll(in.Detail, "\t", "="), "\n", " ")
}

// ShowValue tells the value that a reason of value.changed is about: rows=5000,
// or "cfg: Opts.Deep[0] 1 -> 2", where that is known.
func ShowValue(r Reason) string {
	how, told := strings.CutPrefix(r.Text, "value "+r.Subject+" changed: ")
	switch {
	case !told:
		return "another value of " + r.Subject
	case how == orNone(r.Old)+" -> "+orNone(r.New):
		return r.Subject + "=" + orNone(r.New)
	}
	return r.Subject + ": " + how
}

// differingPart returns the first part in which two excerpts differ, and how many
// there are.
func differingPart(old, new string) (part, was, is string, n int) {
	before, after := partsOf(old), partsOf(new)
	for _, line := range append(strings.Split(new, "\n"), strings.Split(old, "\n")...) {
		name, _, _ := strings.Cut(line, "\t")
		a, b := before[name], after[name]
		if a == b {
			continue
		}
		if n == 0 {
			part, was, is = name, a, b
		}
		n++
		before[name] = b // count it once
	}
	return part, was, is, n
}

func partsOf(excerpt string) map[string]string {
	parts := map[string]string{}
	for line := range strings.SplitSeq(excerpt, "\n") {
		name, text, _ := strings.Cut(line, "\t")
		parts[name] = text
	}
	return parts
}

// typeReason returns the reason of another type, or of a type whose declaration has changed:
// how it has, the reason of the code says.
func typeReason(old, new *Input) []Reason {
	r := Reason{Code: "type.changed", Subject: new.Detail, Old: old.Detail, New: new.Detail, Text: "type " + new.Detail + " changed"}
	if old.Detail != new.Detail {
		r.Text = "type changed: " + old.Detail + " -> " + new.Detail
	}
	return []Reason{r}
}
