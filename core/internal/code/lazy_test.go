package code

import (
	"fmt"
	"strings"
	"testing"
)

// The law of what is filled at its first use: where the filling asks for
// variables or files, and another test fills it and sets variables or leaves the
// directory, the code of the whole run counts. Each case is one way to fill, one thing that is
// asked, and one way to set that.

// lazyFills are ways to keep a string, ASK, for function load.
var lazyFills = []struct{ name, src string }{
	{"OnceValue", `var load = sync.OnceValue(func() string { return ASK })`},
	{"OnceValue of a function", "var load = sync.OnceValue(find)\nfunc find() string { return ASK }"},
	{"OnceFunc", "var kept string\nvar fill = sync.OnceFunc(func() { kept = ASK })\nfunc load() string { fill(); return kept }"},
	{"Once", "var once sync.Once\nvar kept string\nfunc load() string { once.Do(func() { kept = ASK }); return kept }"},
	{"Once of a function", "var once sync.Once\nvar kept string\nfunc fill() { kept = ASK }\nfunc load() string { once.Do(fill); return kept }"},
	{"nil", "var kept []string\nfunc load() string { if kept == nil { kept = []string{ASK} }; return kept[0] }"},
	{"flag", "var done bool\nvar kept string\nfunc load() string { if !done { kept = ASK; done = true }; return kept }"},
	{"key", "var cache = map[string]string{}\nfunc get(key string) string { if v, ok := cache[key]; ok { return v }; cache[key] = key + ASK; return cache[key] }\nfunc load() string { return get(\"X\") }"},
	{"lock", "var mu sync.Mutex\nvar kept string\nfunc load() string { mu.Lock(); defer mu.Unlock(); if kept == \"\" { kept = ASK }; return kept }"},
}

var (
	lazyVariables = []string{`os.Getenv("X")`, `os.ExpandEnv("$X")`, `second(os.LookupEnv("X"))`, `first(os.UserHomeDir())`, `os.Environ()[0]`, `ask()`}
	lazyFiles     = []string{`string(first(os.ReadFile("x.txt")))`, `first(os.Getwd())`, `first(filepath.Abs("x"))`, `first(filepath.Glob("*"))[0]`, `first(os.Stat("x")).Name()`, `read()`}
	lazySetEnv    = []string{`t.Setenv("X", "1")`, `os.Setenv("X", "1")`, `os.Unsetenv("X")`, `os.Clearenv()`, `syscall.Setenv("X", "1")`, `set()`, `func(tb testing.TB) { tb.Setenv("X", "1") }(t)`}
	lazySetDir    = []string{`t.Chdir("/")`, `os.Chdir("/")`, `syscall.Chdir("/")`, `first(os.Open("/")).Chdir()`, `leave()`}
)

const lazyHelpers = `
func ask() string { v := os.Getenv; return v("X") }
func read() string { f := first(os.Open("x.txt")); defer f.Close(); return string(first(io.ReadAll(f))) }
func set() { func() { os.Setenv("X", "1") }() }
func leave() { change := os.Chdir; change("/") }
func first[A, B any](a A, _ B) A { return a }
func second(_ string, ok bool) string { return fmt.Sprint(ok) }
`

func TestLawOfLazyLoads(t *testing.T) {
	count := 0
	law := func(asks, sets []string) {
		for _, fill := range lazyFills {
			for i, ask := range asks {
				set := sets[(i+count)%len(sets)] // each pair is met, over the ways to fill
				count++
				t.Run(fmt.Sprintf("%s, %s, %s", fill.name, ask, set), func(t *testing.T) {
					t.Parallel()
					if d := stateOf(t, lazyCase(fill.src, ask, set)); d.Cause.What == "" {
						t.Errorf("not the whole run; state %v", d.State)
					}
				})
			}
		}
	}
	law(lazyVariables, lazySetEnv)
	law(lazyFiles, lazySetDir)
	t.Logf("%d cases", count)
}

func lazyCase(fill, ask, set string) string {
	return strings.ReplaceAll(fill, "ASK", ask) + "\nfunc fn() string { return load() }\nfunc TestA(t *testing.T) { " + set + " }\nfunc TestB(t *testing.T) { load() }\n" + lazyHelpers
}

// What the library keeps from its first call on.
func TestLazyLibrary(t *testing.T) {
	const tests = "\nfunc TestA(t *testing.T) { t.Setenv(\"X\", \"1\") }\n"
	testCause(t, []stateCase{
		{name: "a proxy", src: `func fn() any { u, _ := http.ProxyFromEnvironment(nil); return u }` + tests, want: "os.Environ"},
		{name: "certificates", src: `func fn() any { p, _ := x509.SystemCertPool(); return p }` + tests, want: "os.Environ"},
		{name: "a variable", src: `func fn() string { return os.Getenv("X") }` + tests, want: ""},
		{name: "a function that sets it itself", src: `
func fn() any { os.Setenv("X", "1"); u, _ := http.ProxyFromEnvironment(nil); return u }
func TestA(t *testing.T) { http.ProxyFromEnvironment(nil) }
`, want: "os.Environ"},
	})
}

// The same in other modules, which may be what sets a variable, too.
func TestLazyLoadsOfOtherModules(t *testing.T) {
	const keeps = "import (\"os\"; \"sync\")\nvar load = sync.OnceValue(func() string { return os.Getenv(\"X\") })\nfunc Level() string { return load() }\nfunc Set() { os.Setenv(\"X\", \"1\") }\n"
	const asks = "import \"os\"\nfunc Level() string { return os.Getenv(\"X\") }\nfunc Set() { os.Setenv(\"X\", \"1\") }\n"
	const proxy = "import (\"net/http\"; \"os\")\nfunc Level() string { u, _ := http.ProxyFromEnvironment(nil); return u.Host }\nfunc Set() { os.Setenv(\"X\", \"1\") }\n"
	for _, tc := range []struct{ name, src, test, want string }{
		{"a test sets it", keeps, `t.Setenv("X", x.Level())`, "example.com/x.load"},
		{"the module sets it", keeps, `x.Set(); x.Level()`, "example.com/x.load"},
		{"nobody else asks", keeps, `x.Set()`, ""},
		{"the library keeps it", proxy, `x.Set()`, "os.Environ"},
		{"nothing is kept", asks, `x.Set(); x.Level()`, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root := writeTree(t,
				"cache/cache/download/example.com/x/@v/v1.2.0.mod", "module example.com/x\n",
				"cache/example.com/x@v1.2.0/x.go", "package x\n"+tc.src,
				"m/go.mod", "module example.com/m\n\ngo 1.26.0\n\nrequire example.com/x v1.2.0\n",
				"m/m_test.go", "package m\n\nimport (\n\t\"testing\"\n\n\t\"example.com/x\"\n)\n\nfunc TestA(t *testing.T) { "+tc.test+" }\n\nfunc fn() string { return x.Level() }\n")
			d := depsBesideCache(t, root, "fn")
			if d.Cause.What != tc.want {
				t.Errorf("got %v, want %q", d.Cause, tc.want)
			}
		})
	}
}
