package snapshot

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// TypeName returns the name of t with full package paths, also inside type
// arguments and composite types: "map[string]*example.com/m/user.User". Types
// declared inside functions carry their bare name, so two of them may share
// one; [TypeDigest] tells them apart unless they are built alike.
func TypeName(t reflect.Type) string {
	var b strings.Builder
	writeTypeName(&b, t)
	return b.String()
}

// NamedTypes returns the names of the declared types that t's name is made of,
// as import/path.Name, type arguments too: of []*a.Box[b.User] a.Box and b.User.
// It reports false where there may be others: see writeInterfaceName.
func NamedTypes(t reflect.Type) (names []string, all bool) {
	spelled := TypeName(t)
	for _, word := range strings.FieldsFunc(spelled, func(r rune) bool { return strings.ContainsRune("[]*(){}, ;<-", r) }) {
		if dot := strings.LastIndexByte(word, '.'); dot > strings.LastIndexByte(word, '/') && dot > 0 && !slices.Contains(names, word) {
			names = append(names, word)
		}
	}
	return names, !strings.Contains(spelled, interfaceMark)
}

// interfaceMark stands where the name of an interface type does not spell the
// paths of the packages that its methods mention.
const interfaceMark = "}#"

func writeTypeName(b *strings.Builder, t reflect.Type) {
	if t == nil {
		b.WriteString("nil")
		return
	}
	if t.Name() != "" {
		if t.PkgPath() != "" {
			b.WriteString(t.PkgPath())
			b.WriteByte('.')
		}
		b.WriteString(t.Name()) // type arguments are spelled out with their paths
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		b.WriteByte('*')
		writeTypeName(b, t.Elem())
	case reflect.Slice:
		b.WriteString("[]")
		writeTypeName(b, t.Elem())
	case reflect.Array:
		b.WriteString("[" + strconv.Itoa(t.Len()) + "]")
		writeTypeName(b, t.Elem())
	case reflect.Map:
		b.WriteString("map[")
		writeTypeName(b, t.Key())
		b.WriteByte(']')
		writeTypeName(b, t.Elem())
	case reflect.Chan:
		b.WriteString(t.ChanDir().String() + " ")
		writeTypeName(b, t.Elem())
	case reflect.Struct:
		writeStructName(b, t)
	case reflect.Func:
		b.WriteString("func")
		writeSignature(b, t)
	case reflect.Interface:
		writeInterfaceName(b, t)
	default:
		b.WriteString(t.String())
	}
}

func writeStructName(b *strings.Builder, t reflect.Type) {
	b.WriteString("struct{")
	for i := range t.NumField() {
		f := t.Field(i)
		if i > 0 {
			b.WriteString("; ")
		}
		if f.PkgPath != "" {
			b.WriteString(f.PkgPath + ".") // an unexported field belongs to its package
		}
		if f.Anonymous {
			b.WriteString("embedded ")
		}
		b.WriteString(f.Name + " ")
		writeTypeName(b, f.Type)
		if f.Tag != "" {
			b.WriteString(" " + strconv.Quote(string(f.Tag)))
		}
	}
	b.WriteByte('}')
}

func writeSignature(b *strings.Builder, t reflect.Type) {
	b.WriteByte('(')
	for i := range t.NumIn() {
		if i > 0 {
			b.WriteString(", ")
		}
		if t.IsVariadic() && i == t.NumIn()-1 {
			b.WriteString("...")
			writeTypeName(b, t.In(i).Elem())
			continue
		}
		writeTypeName(b, t.In(i))
	}
	b.WriteString(") (")
	for i := range t.NumOut() {
		if i > 0 {
			b.WriteString(", ")
		}
		writeTypeName(b, t.Out(i))
	}
	b.WriteByte(')')
}
