package typeid

import (
	htemplate "html/template"
	"reflect"
	"strings"
	"testing"
	ttemplate "text/template"
	"time"
)

type (
	namedInt int
	hidden   struct{ _ int }
	ring     struct{ _ *ring }
)

type pair[A, B any] struct {
	_ A
	_ B
}

func TestName(t *testing.T) {
	const here = "github.com/fixturecache/fixturecache/core/internal/typeid."
	for want, typ := range map[string]reflect.Type{
		"int":                                 reflect.TypeFor[int](),
		here + "hidden":                       reflect.TypeFor[hidden](),
		"map[string]*" + here + "hidden":      reflect.TypeFor[map[string]*hidden](),
		here + "pair[int," + here + "hidden]": reflect.TypeFor[pair[int, hidden]](),
		"[3][]time.Time":                      reflect.TypeFor[[3][]time.Time](),
		"func(int, ...string) (error)":        reflect.TypeFor[func(int, ...string) error](),
		"struct{A int \"json:\\\"a\\\"\"}": reflect.TypeFor[struct {
			A int `json:"a"`
		}](),
	} {
		if got := Name(typ); got != want {
			t.Errorf("Name = %s\nwant %s", got, want)
		}
	}
}

// Types of one spelling by reflect, from packages of one last name, have names
// of their own, which do not depend on the process.
func TestInterfaceName(t *testing.T) {
	names := map[string]bool{}
	types := []reflect.Type{
		reflect.TypeFor[interface{ F() *ttemplate.Template }](),
		reflect.TypeFor[interface{ F() *htemplate.Template }](),
		reflect.TypeFor[[]interface{ F(int) }](),
		reflect.TypeFor[[]interface{ F(uint) }](),
		reflect.TypeFor[interface{ f() }](),
	}
	for _, typ := range types {
		name := Name(typ)
		if !strings.Contains(name, "interface") || strings.Contains(name, "#00000000") {
			t.Errorf("Name(%s) = %s", typ, name)
		}
		names[name] = true
		if _, all := Declared(typ); all && strings.Contains(name, interfaceMark) {
			t.Errorf("Declared(%s) passes for complete", typ)
		}
	}
	if len(names) != len(types) {
		t.Errorf("names of %d types: %v", len(types), names)
	}
	if name := Name(reflect.TypeFor[[]any]()); name != "[]interface{}" {
		t.Errorf("Name([]any) = %s", name)
	}
}

func TestDeclared(t *testing.T) {
	type local struct{}
	for want, typ := range map[string]reflect.Type{
		"":                         reflect.TypeFor[map[string][]*int](),
		"typeid.hidden":            reflect.TypeFor[[]*hidden](),
		"typeid.pair typeid.local": reflect.TypeFor[pair[int, *local]](),
		"time.Time typeid.hidden": reflect.TypeFor[map[time.Time]struct {
			A hidden `json:"a.b"`
		}](),
	} {
		var words []string
		names, _ := Declared(typ)
		for _, name := range names {
			name = name[strings.LastIndexByte(name, '/')+1:]
			name, _, _ = strings.Cut(name, "·")
			words = append(words, name)
		}
		if got := strings.Join(words, " "); !strings.HasPrefix(got, want) {
			t.Errorf("Declared(%s) = %s\nwant %s", typ, got, want)
		}
	}
}

func TestOf(t *testing.T) {
	seen := map[Digest]reflect.Type{}
	for _, typ := range []reflect.Type{
		local1(), local2(), local3(), local4(),
		reflect.TypeFor[int](), reflect.TypeFor[int64](), reflect.TypeFor[namedInt](),
		reflect.TypeFor[[]int](), reflect.TypeFor[[2]int](), reflect.TypeFor[[3]int](),
		reflect.TypeFor[*int](), reflect.TypeFor[map[int]int](), reflect.TypeFor[ring](),
		reflect.TypeFor[struct{ A int }](), reflect.TypeFor[struct{ B int }](),
	} {
		d := Of(typ)
		if old, ok := seen[d]; ok {
			t.Errorf("%v and %v share a digest", old, typ)
		}
		if d != Of(typ) {
			t.Errorf("%v: not stable", typ)
		}
		seen[d] = typ
	}
}

func local1() reflect.Type { type User struct{ ID int }; return reflect.TypeFor[User]() }
func local2() reflect.Type {
	type User struct {
		ID    int
		Email string
	}
	return reflect.TypeFor[User]()
}
func local3() reflect.Type { type User struct{ ID string }; return reflect.TypeFor[User]() }
func local4() reflect.Type {
	type User struct {
		ID int `json:"id"`
	}
	return reflect.TypeFor[User]()
}
