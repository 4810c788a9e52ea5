package typeid

import (
	htemplate "html/template"
	"reflect"
	"slices"
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
	} {
		if got := Name(typ); got != want {
			t.Errorf("Name = %s\nwant %s", got, want)
		}
	}
}

func TestHolds(t *testing.T) {
	for typ, want := range map[reflect.Type]bool{
		reflect.TypeFor[error]():                          true,
		reflect.TypeFor[[]map[string]*pair[int, any]]():   true,
		reflect.TypeFor[map[any]int]():                    true,
		reflect.TypeFor[pair[*ring, []error]]():           true,
		reflect.TypeFor[pair[[]*ring, map[string]uint]](): false,
		reflect.TypeFor[[2]func(any)]():                   false,
	} {
		if Holds(typ, reflect.Interface) != want {
			t.Errorf("%v: %v", typ, !want)
		}
	}
}

// Types of one spelling by reflect, from packages of one last name, have names
// of their own, which do not depend on the process.
func TestUnnamed(t *testing.T) {
	names := map[string]bool{}
	types := []reflect.Type{
		reflect.TypeFor[struct{ F *ttemplate.Template }](),
		reflect.TypeFor[struct{ F *htemplate.Template }](),
		reflect.TypeFor[struct{ f int }](),
		reflect.TypeFor[struct {
			f int `a:"b"`
		}](),
		reflect.TypeFor[func(...ttemplate.Template)](),
		reflect.TypeFor[func(...htemplate.Template)](),
		reflect.TypeFor[interface{ F() *ttemplate.Template }](),
		reflect.TypeFor[interface{ F() *htemplate.Template }](),
		reflect.TypeFor[[]interface{ F(int) }](),
		reflect.TypeFor[[]interface{ F(uint) }](),
		reflect.TypeFor[interface{ f() }](),
	}
	for _, typ := range types {
		name := Name(typ)
		if !strings.HasPrefix(name, typ.String()+"#") && typ.Kind() != reflect.Slice || strings.Contains(name, "#00000000") {
			t.Errorf("Name(%s) = %s", typ, name)
		}
		names[name] = true
		if strings.Contains(name, "interface") && !slices.Contains(Declared(typ), Unknown) {
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
		"":                                    reflect.TypeFor[map[string][]*int](),
		"typeid.hidden":                       reflect.TypeFor[[]*hidden](),
		"typeid.local typeid.pair":            reflect.TypeFor[pair[int, *local]](),
		"typeid.hidden typeid.pair":           reflect.TypeFor[pair[int, func(...hidden)]](),
		"typeid.hidden typeid.ring time.Time": reflect.TypeFor[func(hidden, <-chan time.Time) *ring](),
		"template.Template typeid.pair": reflect.TypeFor[pair[struct {
			A int `tag:"a.b\"c.d"`
		}, <-chan *ttemplate.Template]](),
		"typeid.hidden time.Time": reflect.TypeFor[map[time.Time]struct {
			A hidden `json:"a.b"`
		}](),
	} {
		var words []string
		for _, name := range Declared(typ) {
			name = name[strings.LastIndexByte(name, '/')+1:]
			name, _, _ = strings.Cut(name, "·")
			words = append(words, name)
		}
		slices.Sort(words)
		wanted := strings.Fields(want)
		slices.Sort(wanted)
		if !slices.Equal(words, wanted) {
			t.Errorf("Declared(%s) = %s\nwant %s", typ, words, wanted)
		}
	}
}

// Paths are spelled as the linker spells them, and those in type arguments are read as
// the compiler does.
func TestSpelled(t *testing.T) {
	for path, want := range map[string]string{
		"example.com/m": "example.com/m", "a.b": "a%2eb", "a.b/c-d.v1": "a.b/c-d%2ev1", "a/b~c+d": "a/b~c+d", "a%b": "a%25b",
	} {
		if got := escaped(path); got != want {
			t.Errorf("escaped(%s) = %s, want %s", path, got, want)
		}
	}
	for args, want := range map[string]string{
		"int]":        "",
		"a/my-pkg.T]": "a/my-pkg.T",
		"map[string]<-chan a/b%2ev1.T,chan<- a.U]":    "a/b%2ev1.T a.U",
		"func(...a/b.T) (a.U, error)]":                "a/b.T a.U",
		"struct { A a.T \"db:\\\"b.c\\\"\"; B int }]": "a.T",
		"a.Box[*b.row·1]]":                            "a.Box b.row·1",
		"interface { Set(a/b.T) }]":                   "a/b.T",
	} {
		if got := strings.Join(spelled(args), " "); got != want {
			t.Errorf("spelled(%s) = %s, want %s", args, got, want)
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
