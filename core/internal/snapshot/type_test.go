package snapshot

import (
	htemplate "html/template"
	"reflect"
	"strings"
	"testing"
	ttemplate "text/template"
	"time"
)

type pair[A, B any] struct {
	a A
	b B
}

func TestTypeName(t *testing.T) {
	const here = "github.com/fixturecache/fixturecache/core/internal/snapshot."
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
		if got := TypeName(typ); got != want {
			t.Errorf("TypeName = %s\nwant %s", got, want)
		}
	}
}

// Types of one spelling by reflect, from packages of one last name, have names
// of their own, which do not depend on the process.
func TestInterfaceTypeName(t *testing.T) {
	names := map[string]bool{}
	types := []reflect.Type{
		reflect.TypeFor[interface{ F() *ttemplate.Template }](),
		reflect.TypeFor[interface{ F() *htemplate.Template }](),
		reflect.TypeFor[[]interface{ F(int) }](),
		reflect.TypeFor[[]interface{ F(uint) }](),
		reflect.TypeFor[interface{ f() }](),
	}
	for _, typ := range types {
		name := TypeName(typ)
		if !strings.Contains(name, "interface") || strings.Contains(name, "#00000000") {
			t.Errorf("TypeName(%s) = %s", typ, name)
		}
		names[name] = true
		if _, all := NamedTypes(typ); all && strings.Contains(name, interfaceMark) {
			t.Errorf("NamedTypes(%s) passes for complete", typ)
		}
	}
	if len(names) != len(types) {
		t.Errorf("names of %d types: %v", len(types), names)
	}
	if name := TypeName(reflect.TypeFor[[]any]()); name != "[]interface{}" {
		t.Errorf("TypeName([]any) = %s", name)
	}
}

func TestNamedTypes(t *testing.T) {
	type local struct{}
	for want, typ := range map[string]reflect.Type{
		"":                             reflect.TypeFor[map[string][]*int](),
		"snapshot.hidden":              reflect.TypeFor[[]*hidden](),
		"snapshot.pair snapshot.local": reflect.TypeFor[pair[int, *local]](),
		"time.Time snapshot.hidden": reflect.TypeFor[map[time.Time]struct {
			A hidden `json:"a.b"`
		}](),
	} {
		var words []string
		names, _ := NamedTypes(typ)
		for _, name := range names {
			name = name[strings.LastIndexByte(name, '/')+1:]
			name, _, _ = strings.Cut(name, "·")
			words = append(words, name)
		}
		if got := strings.Join(words, " "); !strings.HasPrefix(got, want) {
			t.Errorf("NamedTypes(%s) = %s\nwant %s", typ, got, want)
		}
	}
}

type shaped interface{ area() int }

//lint:ignore U1000 what it is made of is found by reflection
type round struct{ hidden }

//lint:ignore U1000 what it is made of is found by reflection
type square struct{ round *round }

func (round) area() int  { return 1 }
func (square) area() int { return 2 }

// The types whose methods a value brings are those that interfaces in it hold,
// and what they are made of.
func TestHashTypes(t *testing.T) {
	type local struct{ square }
	for _, tc := range []struct {
		value any
		want  string
	}{
		{nil, ""},
		{[]int{1}, ""},
		{[]shaped{}, "shaped"},
		{[]shaped{round{}, &square{}}, "hidden round shaped square"},
		{map[string]any{"a": []any{round{}}}, "hidden round"},
		{map[any]int{square{}: 1}, "hidden round square"},
		{local{}, "hidden local round square"},
		{(*square)(nil), "hidden round square"},
		{[]any{reflect.TypeFor[square]()}, "hidden round square"},
		{struct{ s shaped }{nil}, "shaped"},
		{time.Second, "Duration"},
	} {
		_, types, err := HashTypes(tc.value)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, name := range types {
			names = append(names, name[strings.LastIndexByte(name, '.')+1:])
		}
		if got := strings.Join(names, " "); got != tc.want {
			t.Errorf("%T: %s, not %s", tc.value, got, tc.want)
		}
	}
}

func TestTypeDigest(t *testing.T) {
	seen := map[Digest]reflect.Type{}
	for _, typ := range []reflect.Type{
		local1(), local2(), local3(), local4(),
		reflect.TypeFor[int](), reflect.TypeFor[int64](), reflect.TypeFor[namedInt](),
		reflect.TypeFor[[]int](), reflect.TypeFor[[2]int](), reflect.TypeFor[[3]int](),
		reflect.TypeFor[*int](), reflect.TypeFor[map[int]int](), reflect.TypeFor[ring](),
		reflect.TypeFor[struct{ A int }](), reflect.TypeFor[struct{ B int }](),
	} {
		d := TypeDigest(typ)
		if old, ok := seen[d]; ok {
			t.Errorf("%v and %v share a digest", old, typ)
		}
		if d != TypeDigest(typ) {
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

func TestDiffTypes(t *testing.T) {
	desc := TypeDescription
	for _, c := range []struct{ got, want string }{
		{DiffTypes(desc(local1()), desc(local2())), "type User changed: field Email added"},
		{DiffTypes(desc(local2()), desc(local1())), "type User changed: field Email removed"},
		{DiffTypes(desc(local1()), desc(local3())), "type User changed: field ID was int, is string"},
		{DiffTypes(desc(local1()), desc(local4())), "type User changed: tag of field ID changed"},
		{DiffTypes(desc(reflect.SliceOf(local1())), desc(reflect.SliceOf(local2()))), "type User changed: field Email added"},
		{DiffTypes(desc(reflect.TypeFor[int]()), desc(reflect.TypeFor[string]())), "type changed: was int, is string"},
		{DiffTypes(desc(local1()), desc(local1())), ""},
	} {
		if c.got != c.want {
			t.Errorf("DiffTypes = %q\nwant %q", c.got, c.want)
		}
	}
	if d := strings.Join(desc(reflect.TypeFor[*testing.T]()), "\n"); strings.Contains(d, "\t") && len(d) > 200 {
		t.Errorf("a library type is described by its parts: %s", d)
	}
}
