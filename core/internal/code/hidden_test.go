package code

import (
	"strings"
	"testing"
)

// hiddenWays are ways in which a function comes to a method T.Load or another that
// calls raw, which makes a system call.
var hiddenWays = []struct{ reason, src string }{
	{"called", `func fn() string { return T{}.Load() }`},
	{"by an interface", `func fn() string { var l Loader = T{}; return l.Load() }`},
	{"as a value", `func fn() string { f := T{}.Load; return f() }`},
	{"as an expression", `func fn() string { return T.Load(T{}) }`},
	{"in a field", "type F struct{ f func() string }\nfunc fn() string { return F{T{}.Load}.f() }"},
	{"promoted", "type W struct{ T }\nfunc fn() string { return W{}.Load() }"},
	{"promoted from an interface", "type W struct{ Loader }\nfunc fn() string { return W{T{}}.Load() }"},
	{"promoted from a pointer", "type W struct{ *T }\nfunc fn() string { var l Loader = W{&T{}}; return l.Load() }"},
	{"by an alias", "type A = T\nfunc fn() string { return A{}.Load() }"},
	{"by a type parameter", "func call[L Loader](l L) string { return l.Load() }\nfunc fn() string { return call(T{}) }"},
	{"of a generic type", "type G[X any] struct{ x X }\nfunc (G[X]) Get() string { return raw() }\nfunc fn() string { return G[int]{}.Get() }"},
	{"by an assertion", `func fn() string { var x any = T{}; return x.(interface{ Load() string }).Load() }`},
	{"by a variable", "var def Loader = T{}\nfunc fn() string { return def.Load() }"},
	{"when the program starts", "var text = T{}.Load()\nfunc fn() string { return text }"},
	{"when the program starts, by the library", "var text = fmt.Sprint(S{})\nfunc (S) String() string { return raw() }\ntype S struct{}\nfunc fn() string { return text }"},
	{"in init", "var text string\nfunc init() { text = T{}.Load() }\nfunc fn() string { return text }"},
	{"registered in init", "var reg = map[string]Loader{}\nfunc init() { reg[\"a\"] = T{} }\nfunc fn() string { return reg[\"a\"].Load() }"},
	{"at the first use", "var once = sync.OnceValue(func() string { return T{}.Load() })\nfunc fn() string { return once() }"},
	{"in a goroutine", `func fn() string { c := make(chan string); go func() { c <- T{}.Load() }(); return <-c }`},
	{"by a range", "func (T) All(yield func(string) bool) { yield(raw()) }\nfunc fn() string { for s := range (T{}).All { return s }; return \"\" }"},
	{"by fmt", "func (T) String() string { return raw() }\nfunc fn() string { return fmt.Sprint(T{}) }"},
	{"by json", "func (T) MarshalText() ([]byte, error) { return []byte(raw()), nil }\nfunc fn() any { b, _ := json.Marshal(map[T]int{{}: 1}); return b }"},
	{"by sort", "type S []string\nfunc (s S) Len() int { return len(s) }\nfunc (s S) Swap(i, j int) {}\nfunc (s S) Less(i, j int) bool { return raw() < s[i] }\nfunc fn() any { s := S{\"a\", \"b\"}; sort.Sort(s); return s }"},
	{"by errors", "func (T) Error() string { return \"\" }\nfunc (T) Is(error) bool { return raw() != \"\" }\nfunc fn() bool { return errors.Is(T{}, io.EOF) }"},
	{"by io", "func (T) Read(b []byte) (int, error) { return copy(b, raw()), io.EOF }\nfunc fn() any { b, _ := io.ReadAll(T{}); return b }"},
	{"by a flag", "func (T) String() string { return \"\" }\nfunc (t *T) Set(string) error { t.s = raw(); return nil }\nfunc fn() any { var x T; f := flag.NewFlagSet(\"\", 0); f.Var(&x, \"a\", \"\"); f.Parse(nil); return x }"},
	{"by a context", "type C struct{ context.Context }\nfunc (C) Value(any) any { return raw() }\nfunc fn() any { c, _ := context.WithCancel(C{context.Background()}); return c.Value(1) }"},
	{"by reflection, of a name", `func fn() any { return reflect.ValueOf(T{}).MethodByName("Lo" + "ad").Call(nil)[0].String() }`},
	{"by reflection, of a number", `func fn() any { return reflect.ValueOf(T{}).Method(0).Call(nil)[0].String() }`},
	{"by a template", `func fn() error { return template.Must(template.New("").Parse("{{.Load}}")).Execute(io.Discard, T{}) }`},
	{"before, by another test", "type K struct{ s string }\nfunc (k *K) Fill() { k.s = raw() }\nfunc (k *K) Get() string { return k.s }\nvar kept = &K{}\nfunc TestA(t *testing.T) { kept.Fill() }\nfunc fn() string { return kept.Get() }"},
	{"before, in TestMain", "type K struct{ s string }\nfunc (k *K) Fill() { k.s = raw() }\nfunc (k *K) Get() string { return k.s }\nvar kept = &K{}\nfunc TestMain(m *testing.M) { kept.Fill(); m.Run() }\nfunc fn() string { return kept.Get() }"},

	{"by nothing", "func (T) Name() string { return \"t\" }\nfunc fn() string { return T{}.Name() }"},

	{"not: of another type", "type U struct{ s string }\nfunc (u U) Load() string { return u.s }\nfunc fn() string { return U{}.Load() }"},
}

// A system call is hidden where the function, or initialisation, leads to it: also in a
// method that neither calls, by which others may have read what state holds.
func TestHiddenIsWhatIsReached(t *testing.T) {
	for _, way := range hiddenWays {
		t.Run(way.reason, func(t *testing.T) {
			t.Parallel()
			d := stateOf(t, `
func raw() string { b := make([]byte, 9); n, _ := syscall.Read(7, b); return string(b[:n]) }

type T struct{ s string }

func (T) Load() string { return raw() }

type Loader interface{ Load() string }

`+way.src+"\n")
			want := "syscall.Read"
			if strings.HasPrefix(way.reason, "not:") {
				want = ""
			}
			if got := names(d.Hidden); got != want {
				t.Errorf("hidden are %q, want %q", got, want)
			}
		})
	}
}
