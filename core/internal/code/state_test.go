package code

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// A stateCase is a package m whose function fn is asked for its state. In src,
// "-- name --" begins another file; seed.Rows and seed.Text are there.
type stateCase struct{ name, src, want string }

// stateModule writes the files of a case.
func stateModule(t *testing.T, src string) string {
	t.Helper()
	dir := t.TempDir()
	put := func(name, text string) {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	put("go.mod", "module m\n\ngo 1.24\n")
	put("seed/seed.go", "package seed\n\nfunc Rows() int { return 1 }\n\nfunc Text() string { return \"one\" }\n")
	for i, part := range strings.Split("-- m_test.go --\n"+src, "-- ") {
		if i == 0 {
			continue
		}
		name, text, _ := strings.Cut(part, " --\n")
		pkg := "m"
		if d := filepath.Dir(name); d != "." {
			pkg = filepath.Base(d)
		}
		put(name, "package "+pkg+"\n\n"+importsFor(t, text)+text)
	}
	return dir
}

// importsFor imports the packages that a text mentions. If the library of this version of Go
// lacks one, the test is skipped.
func importsFor(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	for path := range strings.FieldsSeq(`testing bytes embed os os/exec io io/fs net errors github.com/fixturecache/fixturecache/cachetest fmt flag log maps sort strings sync sync/atomic time net/http net/netip math/big math/rand regexp
		syscall encoding/gob runtime/debug expvar log/slog encoding/json encoding/base64 text/template archive/zip go/parser go/token os/user slices unicode crypto os/signal net/rpc strconv runtime runtime/metrics runtime/pprof go/types go/ast maps image image/color crypto/elliptic crypto/ecdh testing/cryptotest hash/crc32 net/http mime crypto/x509 path/filepath reflect context net/http/httptest m/seed m/conf`) {
		if name := filepath.Base(path); strings.Contains(" "+strings.NewReplacer("\t", " ", "(", " ", "*", " ", "]", " ", "&", " ", "\n", " ", "!", " ", "{", " ").Replace(text), " "+name+".") {
			if first, _, _ := strings.Cut(path, "/"); first != "m" && first != "github.com" && !std.IsPackage(path) {
				t.Skip("this version of Go has no " + path)
			}
			b.WriteString("import \"" + path + "\"\n")
		}
	}
	if strings.Contains(text, "crand.") {
		b.WriteString("import crand \"crypto/rand\"\n")
	}
	return b.String() + "\n"
}

func stateOf(t *testing.T, src string) *Deps { t.Helper(); return stateIn(t, src, Covered{Same: true}) }

// stateIn is that of a call that answers for some variables.
func stateIn(t *testing.T, src string, told Covered) *Deps {
	t.Helper()
	p, err := isolated(stateModule(t, src)).program(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Deps{Closure: p.closure(p.graph.Functions("fn"), false, Turn{}, told)}
}

func names(list []Use) string {
	var all []string
	for _, u := range list {
		if name := u.What[strings.LastIndexByte(u.What, '/')+1:]; len(all) == 0 || all[len(all)-1] != name {
			all = append(all, name)
		}
	}
	return strings.Join(all, " ")
}

// testCause checks which variable makes the code of the whole run count.
func testCause(t *testing.T, cases []stateCase) {
	testUses(t, func(d *Deps) []Use {
		if d.Cause.What == "" {
			return nil
		}
		return []Use{d.Cause}
	}, cases)
}

func testUses(t *testing.T, of func(*Deps) []Use, cases []stateCase) {
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := names(of(stateOf(t, tc.src))); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// What initialisation calls at once has been done before any test, whoever uses it later.
func TestSetAtOnce(t *testing.T) {
	testCause(t, []stateCase{
		{name: "a flag", src: `
var loud = flag.Bool("loud", false, "")
func fn() bool { return *loud }
func TestB(t *testing.T) { if *loud { t.Skip() } }
`, want: ""},
		{name: "a flag that a test may define", src: `
var define = flag.Bool
var loud = flag.Bool("loud", false, "")
func fn() bool { return *loud }
func TestB(t *testing.T) { if *define("quiet", false, "") { t.Skip() } }
`, want: "flag.CommandLine"},
	})
}

// TestHandedOver: a function that is handed to one call for a fixture is not called
// by that, unless it may be for several.
func TestHandedOver(t *testing.T) {
	const fn = `
var last string
func fn() (string, error) { l := last; last = seed.Text(); return l, nil }
`
	testCause(t, []stateCase{
		{name: "by a test", src: fn + `
func TestA(t *testing.T) { cachetest.Memo(t, "a", fn) }
`, want: ""},
		{name: "by TestMain", src: fn + `
func TestMain(m *testing.M) { cachetest.Main(m, func(tb cachetest.TB) { cachetest.Memo(tb, "a", fn) }) }
func TestA(t *testing.T) {}
`, want: ""},
		{name: "by a function that tests call", src: fn + `
func get(t *testing.T) string { return cachetest.Memo(t, "a", fn) }
func TestA(t *testing.T) { get(t) }
func TestB(t *testing.T) { get(t) }
`, want: ""},
		{name: "by one whose key is the name of the test", src: fn + `
func get(t *testing.T) string { return cachetest.Memo(t, t.Name(), fn) }
func TestA(t *testing.T) { get(t) }
func TestB(t *testing.T) { get(t) }
`, want: "m.last"},
		{name: "by one that has another function ask for the name", src: fn + `
func key(t *testing.T) string { return t.Name() }
func get(t *testing.T) string { return cachetest.Memo(t, key(t), fn) }
func TestA(t *testing.T) { get(t) }
func TestB(t *testing.T) { get(t) }
`, want: "m.last"},
		{name: "by one that hands its handle to a function that does not ask", src: fn + `
func check(t *testing.T, s string) { if s == "" { check(t, "x"); t.Fatal() } }
func get(t *testing.T) string { s := cachetest.Memo(t, "a", fn); check(t, s); return s }
func TestA(t *testing.T) { get(t) }
func TestB(t *testing.T) { get(t) }
`, want: ""},
		{name: "to one that asks by another", src: fn + `
func name(t testing.TB) string { return t.Name() }
func key(t *testing.T) string { if t.Failed() { return key(t) }; return name(t) }
func get(t *testing.T) string { return cachetest.Memo(t, key(t), fn) }
func TestA(t *testing.T) { get(t) }
func TestB(t *testing.T) { get(t) }
`, want: "m.last"},
		{name: "to one that may ask", src: fn + `
func key(t any) string { return t.(*testing.T).Name() }
func get(t *testing.T) string { return cachetest.Memo(t, key(t), fn) }
func TestA(t *testing.T) { get(t) }
func TestB(t *testing.T) { get(t) }
`, want: "m.last"},
		{name: "to one that nobody knows", src: fn + `
var key = func(t *testing.T) string { return t.Name() }
func get(t *testing.T) string { return cachetest.Memo(t, key(t), fn) }
func TestA(t *testing.T) { get(t) }
func TestB(t *testing.T) { get(t) }
`, want: "m.last"},
		{name: "by one that takes the key", src: fn + `
func get(t *testing.T, key string) string { return cachetest.Memo(t, key, fn) }
func TestA(t *testing.T) { get(t, "a") }
func TestB(t *testing.T) { get(t, "b") }
`, want: "m.last"},
	})
}

// TestHandedOverTwice: a function that tests call asks for several fixtures if the key or an
// option may differ from call to call, and a test that nothing calls for one all the same.
func TestHandedOverTwice(t *testing.T) {
	const fn = `
var last string
func fn() (string, error) { l := last; last = seed.Text(); return l, nil }
`
	for src, want := range map[string]string{
		`func get(t *testing.T) string { return cachetest.Memo(t, "a", fn, cachetest.With("text", seed.Text())) }
func TestA(t *testing.T) { get(t) }`: "m.last",
		`func TestA(t *testing.T) { cachetest.Memo(t, "a", fn, cachetest.With("text", seed.Text())) }`: "",
	} {
		if got := stateIn(t, fn+src, Covered{}).Cause.What; got != want {
			t.Errorf("got %q, want %q: %s", got, want, src)
		}
	}
}

// TestLiteralHandedOver: a literal is run once by the call that it is written in, and may be run
// more often by whatever else has it.
func TestLiteralHandedOver(t *testing.T) {
	const lit = "func() (string, error) { l := last; last = seed.Text(); return l, nil }"
	for src, want := range map[string]string{
		"cachetest.Memo(t, \"a\", LIT) // CALL":                                                                         "",
		"t.Run(\"a\", func(t *testing.T) {\n\t\tcachetest.Memo(t, \"a\", LIT) // CALL\n\t})":                            "",
		"build := LIT\n\tbuild()\n\tcachetest.Memo(t, \"a\", build) // CALL":                                            "m.last",
		"s := struct{ f func() (string, error) }{LIT}\n\tcachetest.Memo(t, \"a\", s.f) // CALL":                         "m.last",
		"get := func(fn func() (string, error)) {\n\t\tfn()\n\t\tcachetest.Memo(t, \"a\", fn) // CALL\n\t}\n\tget(LIT)": "m.last",
	} {
		dir := stateModule(t, "var last string\nfunc TestA(t *testing.T) {\n\t"+strings.ReplaceAll(src, "LIT", lit)+"\n}\n")
		file := filepath.Join(dir, "m_test.go")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		line := func(mark string) int {
			before, _, _ := strings.Cut(string(text), mark)
			return strings.Count(before, "\n") + 1
		}
		b, fn := isolated(dir), Func{File: file, Line: line(lit)}
		c, err := b.Closure(Root{Func: fn, Captured: b.Captures(fn, Site{File: file, Line: line(" // CALL")}, "Memo", nil)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Cause.What; got != want {
			t.Errorf("got %q, want %q: %s", got, want, src)
		}
	}
}

// TestHandedToAPI: what a fixture is built, encoded or reported by is called, and what it is
// told, and depends on, is looked at.
func TestHandedToAPI(t *testing.T) {
	const next = `
func counter() (get func() int, next func() (int, error)) { n := 0; return func() int { return n }, func() (int, error) { n++; return n, nil } }
var get, next = counter()
func fn() int { return get() }
`
	const codec = `
type counting struct { cachetest.Codec[int]; n int }
func (c *counting) Name() string { c.n++; return "counting" }
var codec = &counting{}
func fn() int { return codec.n }
`
	const handle = `
type handle struct { cachetest.TB; n int }
func (h *handle) Helper() { h.n++ }
var tb = &handle{}
func fn() int { return tb.n }
`
	const list = `
var list = []string{"a.txt"}
func fn() []string { return append([]string{}, list...) }
`
	testCause(t, []stateCase{
		{name: "to build", src: next + `func TestA(t *testing.T) { cachetest.Memo(t, "a", next) }`, want: "m.next"},
		{name: "to be called with an argument", src: next + `func TestA(t *testing.T) { cachetest.Call(t, "a", next, func(f func() (int, error)) (int, error) { return f() }) }`, want: "m.next"},
		{name: "to encode", src: codec + `func TestA(t *testing.T) { cachetest.Memo(t, "a", func() (int, error) { return 1, nil }, cachetest.WithCodec[int](codec)) }`, want: "m.codec"},
		{name: "to encode always", src: codec + `func TestA(t *testing.T) { cachetest.RegisterCodec[int](codec) }`, want: "m.codec"},
		{name: "to report", src: handle + `func TestA(t *testing.T) { cachetest.Memo(tb, "a", func() (int, error) { return 1, nil }) }`, want: "m.tb"},
		{name: "as a value", src: list + `func TestA(t *testing.T) { cachetest.Memo(t, "a", func() (int, error) { return 1, nil }, cachetest.With("list", list)) }`, want: ""},
		{name: "as names of files", src: list + `func TestA(t *testing.T) { cachetest.Memo(t, "a", func() (int, error) { return 1, nil }, cachetest.Files(list...)) }`, want: ""},
	})
}

// TestGivenTypes: a function that is given a value of the library is called by other
// code as well.
func TestGivenTypes(t *testing.T) {
	b := isolated(stateModule(t, `
var last string
func fn() (string, error) { l := last; last = seed.Text(); return l, nil }
func TestA(t *testing.T) { fn() }
`))
	p, err := b.program(nil)
	if err != nil {
		t.Fatal(err)
	}
	f := p.graph.Functions("fn")[0]
	roots, _, _, err := p.roots(Root{Func: Func{File: f.File.Path, Line: f.Fact.Line}, ArgTypes: []string{"time.Duration"}})
	if err != nil {
		t.Fatal(err)
	}
	if c := p.closure(roots, false, Turn{}, Covered{}); c.Cause.What != "m.last" {
		t.Errorf("got %q", c.Cause.What)
	}
}

func TestWrittenByMethodsOfOthers(t *testing.T) {
	testCause(t, []stateCase{
		{name: "a template that is parsed into", src: `
var tmpl = template.Must(template.New("x").Parse("a"))
func TestMain(m *testing.M) { template.Must(tmpl.Parse("b" + seed.Text())); m.Run() }
func fn() error { return tmpl.Execute(io.Discard, 1) }
`, want: "m.tmpl"},
		{name: "and one that is executed", src: `
var tmpl = template.Must(template.New("x").Parse("a"))
func TestA(t *testing.T) { tmpl.Execute(io.Discard, seed.Text()) }
func fn() error { return tmpl.Execute(io.Discard, 1) }
`, want: "m.tmpl"},
		{name: "a regular expression", src: `
var re = regexp.MustCompile("a|ab")
func TestA(t *testing.T) { re.Longest() }
func TestB(t *testing.T) { re.FindString(seed.Text()) }
func fn() string { return re.FindString("ab") }
`, want: "m.re"},
		{name: "encodings, addresses and numbers that are looked at", src: `
var enc = base64.NewEncoding("x")
var addr = netip.MustParseAddr("::1")
var zero = big.NewInt(0)
func TestA(t *testing.T) { enc.EncodeToString(nil); addr.Next(); zero.Cmp(nil) }
func fn() string { return enc.EncodeToString(nil) + addr.String() + zero.String() }
`, want: ""},
		{name: "a list that is searched by a function", src: `
var list = []string{"a"}
func TestA(t *testing.T) { t.Log(slices.ContainsFunc(list, func(s string) bool { return s == "a" })) }
func fn() string { return list[0] }
`, want: "m.list"},
		{name: "a list whose elements are handed to a function", src: `
var list = []*T{{1}}
type T struct{ n int }
func zero(p *T) bool { p.n = 0; return true }
func TestA(t *testing.T) { t.Log(slices.ContainsFunc(list, zero)) }
func fn() int { return list[0].n }
`, want: "m.list"},
		{name: "a function with a memory that is handed to one that calls it", src: `
var first = once()
func once() func(rune) bool { n := 0; return func(rune) bool { n++; return n == 1 } }
func TestA(t *testing.T) { t.Log(strings.IndexFunc("a", first)) }
func fn() bool { return first('a') }
`, want: "m.first"},
		{name: "such a function of a type", src: `
type match func(rune) bool
var first match = once()
func once() match { n := 0; return func(rune) bool { n++; return n == 1 } }
func TestA(t *testing.T) { t.Log(strings.IndexFunc("a", first)) }
func fn() bool { return first('a') }
`, want: "m.first"},
		{name: "an error that wraps one that can be changed", src: `
type fault struct{ n int }
func (f *fault) Error() string { return "fault" }
var errX = fmt.Errorf("x: %w", &fault{1})
func TestA(t *testing.T) { err := errX; var f *fault; if errors.As(err, &f) { f.n = 2 } }
func fn() error { return errX }
`, want: "m.errX"},
		{name: "errors that wrap others", src: `
var base = errors.New("base")
var errX = fmt.Errorf("x %d: %w", 1, base)
var errY error = fmt.Errorf("y %s: %w", "a", io.EOF)
var errZ = fmt.Errorf("z: %w", errX)
func TestA(t *testing.T) { err := errX; t.Log(err, errors.Is(err, errY), errors.Is(err, errZ)) }
func fn() error { return errors.Join(errX, errY, errZ) }
`, want: "m.errX"},
		{name: "errors of the standard library that are handed on", src: `
func closed() error { return net.ErrClosed }
func TestA(t *testing.T) { t.Log(closed(), errors.Join(http.ErrServerClosed)) }
func fn() []error { return []error{closed(), http.ErrServerClosed} }
`, want: ""},
		{name: "an error that wraps several", src: `
var errX = fmt.Errorf("%w, %w", io.EOF, io.ErrUnexpectedEOF)
func TestA(t *testing.T) { err := errX; err.(interface{ Unwrap() []error }).Unwrap()[0] = nil }
func fn() error { return errX }
`, want: "m.errX"},
		{name: "texts that are replaced", src: `
var dots = strings.NewReplacer(".", "/")
func TestA(t *testing.T) { t.Log(dots.Replace("a.b")) }
func fn() string { return dots.Replace("c.d") }
`, want: ""},
		{name: "values that become JSON", src: `
var list = []string{"a"}
func TestA(t *testing.T) { b, _ := json.Marshal(list); t.Log(string(b)) }
func fn() string { return list[0] }
`, want: "m.list"},
		{name: "an expression that is handed on by another name and made to look for the longest", src: `
var re = regexp.MustCompile("a|ab")
func TestA(t *testing.T) { r := re; r.Longest() }
func fn() string { return re.FindString("ab") }
`, want: "m.re"},
		{name: "names of an expression that are handed out", src: `
var re = regexp.MustCompile("(?P<a>b)")
func TestA(t *testing.T) { re.SubexpNames()[1] = "x" }
func fn() []string { return re.SubexpNames() }
`, want: "m.re"},
		{name: "a table of characters", src: `
var table = unicode.Latin
func TestA(t *testing.T) { x := table; x.R16 = nil }
func fn() bool { return unicode.Is(table, 'a') }
`, want: "m.table"},
		{name: "constants and types of a package whose tables can be changed", src: `
type letters struct{ list []*unicode.RangeTable }
func TestA(t *testing.T) { x := unicode.MaxRune; y := new(unicode.RangeTable); t.Log(x, unicode.ReplacementChar, y, letters{}) }
func fn() bool { return unicode.Is(unicode.Latin, 'a') }
`, want: ""},
		{name: "and a table of it", src: `
func TestA(t *testing.T) { x := unicode.Latin; x.R16 = nil }
func fn() bool { return unicode.Is(unicode.Latin, 'a') }
`, want: "unicode.Latin"},
		{name: "types of a package whose addresses can be changed", src: `
type list []net.IP
func TestA(t *testing.T) { t.Log(append(list{}, make(net.IP, 4)), new(net.IPMask), net.IPv6len, []net.Flags{net.FlagUp}) }
func fn() string { return net.IPv4bcast.String() }
`, want: ""},
		{name: "and an address of it", src: `
func TestA(t *testing.T) { x := net.IPv4bcast; x[0] = 1 }
func fn() string { return net.IPv4bcast.String() }
`, want: "net.IPv4bcast"},
		{name: "a variable of it whose address is kept", src: `
var at = &io.ErrShortWrite
func TestA(t *testing.T) { *at = nil }
func fn() string { return io.ErrShortWrite.Error() }
`, want: "io.ErrShortWrite"},
		{name: "an address of it that is kept", src: `
var ip net.IP
func init() { ip = net.IPv4bcast }
func TestA(t *testing.T) { ip[0] = 1 }
func fn() string { return net.IPv4bcast.String() }
`, want: "m.ip"},
		{name: "a list of addresses that are changed", src: `
var list = []net.IP{net.IPv4bcast}
func TestA(t *testing.T) { list[0][0] = 1 }
func fn() string { return net.IPv4bcast.String() }
`, want: "net.IPv4bcast"},
		{name: "a list of addresses that a function keeps", src: `
var kept []net.IP
var _ = keep([]net.IP{net.IPv4bcast})
func keep(list []net.IP) bool { kept = list; return true }
func TestA(t *testing.T) { kept[0][0] = 1 }
func fn() string { return net.IPv4bcast.String() }
`, want: "m.kept"},
		{name: "what a decoder that is registered does when it is used", src: `
var n int
func init() { image.RegisterFormat("a", "a", decode, nil) }
func decode(io.Reader) (image.Image, error) { n++; return nil, nil }
func TestA(t *testing.T) { image.Decode(strings.NewReader("a")) }
func fn() int { return n }
`, want: "image.RegisterFormat"},
		{name: "what is decoded where nothing is registered", src: `
var n int
func TestA(t *testing.T) { image.Decode(strings.NewReader("a")) }
func fn() string { _, s, _ := image.Decode(strings.NewReader("b")); return s }
`, want: ""},
		{name: "what is logged, where code that runs first says whereto", src: `
var buf bytes.Buffer
func init() { log.SetOutput(&buf) }
func TestA(t *testing.T) { log.Print("a") }
func fn() string { return buf.String() }
`, want: "log.Default"},
		{name: "what is logged with levels, where code that runs first says how", src: `
var buf bytes.Buffer
var _ = set()
func set() bool { slog.SetDefault(slog.New(slog.NewTextHandler(&buf, nil))); return true }
func TestA(t *testing.T) { slog.Info("a") }
func fn() string { return buf.String() }
`, want: "log.Default"},
		{name: "what is logged with levels, where code that runs first says whereto all logs go", src: `
var buf bytes.Buffer
func init() { log.SetOutput(&buf) }
func TestA(t *testing.T) { slog.Info("a") }
func fn() string { return buf.String() }
`, want: "log.Default"},
		{name: "what a logger with levels is asked to log, where code that runs first says whereto", src: `
var buf bytes.Buffer
var _ = set()
func set() bool { log.SetOutput(&buf); return true }
func TestA(t *testing.T) { slog.Default().Info("a") }
func fn() string { return buf.String() }
`, want: "log.Default"},
		{name: "a logger with levels of its own, where code that runs first says whereto", src: `
var buf bytes.Buffer
func init() { log.SetOutput(&buf) }
var own = slog.With("a", 1)
func TestA(t *testing.T) { own.Info("a") }
func fn() string { return buf.String() }
`, want: "m.own"},
		{name: "what is logged where nothing says whereto", src: `
func TestA(t *testing.T) { log.Print("a"); slog.Info("a") }
func fn() string { log.Print("b"); slog.Info("b"); return log.Prefix() }
`, want: ""},
		{name: "what only code that logs has to do with", src: `
type counter struct{ n int }
func (c *counter) Write(p []byte) (int, error) { c.n++; return len(p), nil }
func init() { log.SetOutput(&counter{}) }
func TestA(t *testing.T) { log.Print("a") }
func fn() int { log.Print("b"); return 1 }
`, want: ""},
		{name: "a server that calls what is registered", src: `
var n int
func init() { http.HandleFunc("/", count) }
func count(http.ResponseWriter, *http.Request) { n++ }
func TestA(t *testing.T) { http.Serve(nil, nil) }
func fn() int { return n }
`, want: "http.DefaultServeMux"},
		{name: "a list of tables that are read", src: `
var list = []*unicode.RangeTable{unicode.Latin}
func init() { for range unicode.Scripts { unicode.In('a', unicode.Latin) } }
func TestA(t *testing.T) { t.Log(unicode.In('a', list[0]), len(list)) }
func fn() bool { return unicode.Is(unicode.Latin, 'a') && unicode.Scripts["Han"] != nil }
`, want: "unicode.Latin"},
		{name: "a number that is set", src: `
var zero = big.NewInt(0)
func TestA(t *testing.T) { zero.Add(zero, zero) }
func fn() string { return zero.String() }
`, want: "m.zero"},
		{name: "tables in a list that is looked at", src: `
func oneOf(list []*unicode.RangeTable) bool { return unicode.IsOneOf(list, 'a') && unicode.In('a', list...) }
func TestA(t *testing.T) { t.Log(unicode.IsOneOf([]*unicode.RangeTable{unicode.Latin}, 'a'), oneOf([]*unicode.RangeTable{unicode.Latin})) }
func fn() bool { return unicode.Is(unicode.Latin, 'a') }
`, want: ""},
		{name: "a table in a list that is set", src: `
func widen(list []*unicode.RangeTable) { for _, t := range list { t.R16[0].Lo = 1 } }
func TestA(t *testing.T) { widen([]*unicode.RangeTable{unicode.Latin}) }
func fn() bool { return unicode.Is(unicode.Latin, 'a') }
`, want: "unicode.Latin"},
		{name: "a table in a list that is handed on", src: `
func TestA(t *testing.T) { slices.Clone([]*unicode.RangeTable{unicode.Latin})[0].R16 = nil }
func fn() bool { return unicode.Is(unicode.Latin, 'a') }
`, want: "unicode.Latin"},
		{name: "a table in a list that is kept", src: `
var kept []*unicode.RangeTable
func keep(list ...*unicode.RangeTable) { kept = list }
func TestA(t *testing.T) { keep([]*unicode.RangeTable{unicode.Latin}...); kept[0].R16 = nil }
func fn() bool { return unicode.Is(unicode.Latin, 'a') }
`, want: "unicode.Latin"},
		{name: "a number in a list of pointers to it", src: `
var n = 1
func set(list [1]*int) { *list[0] = 2 }
func TestA(t *testing.T) { set([1]*int{&n}) }
func fn() int { return n }
`, want: "m.n"},
		{name: "a number in a list that is sorted", src: `
var zero = big.NewInt(0)
func TestA(t *testing.T) { slices.SortFunc([]*big.Int{zero, zero}, func(a, b *big.Int) int { a.Add(a, b); return 0 }) }
func fn() string { return zero.String() }
`, want: "m.zero"},
		{name: "a variable whose address is kept, of a type that only its package changes", src: `
var zone time.Location
var kept *time.Location
func keep(p *time.Location) { kept = p }
func TestA(t *testing.T) { keep(&zone); *kept = *time.UTC }
func fn() string { return zone.String() }
`, want: "m.zone"},
		{name: "one whose address is kept by way of a list", src: `
var zone time.Location
var kept *time.Location
func keep(list []*time.Location) { kept = list[0] }
func TestA(t *testing.T) { keep([]*time.Location{&zone}); *kept = *time.UTC }
func fn() string { return zone.String() }
`, want: "m.zone"},
		{name: "by way of an array and a copy", src: `
var zone time.Location
var kept [1]*time.Location
func keep(list [1]*time.Location) { l := list; kept = l }
func TestA(t *testing.T) { keep([1]*time.Location{&zone}); *kept[0] = *time.UTC }
func fn() string { return zone.String() }
`, want: "m.zone"},
		{name: "by way of a list and a copy", src: `
var zone time.Location
var kept *time.Location
func keep(list []*time.Location) { for _, p := range list { q := p; kept = q } }
func TestA(t *testing.T) { keep([]*time.Location{&zone}); *kept = *time.UTC }
func fn() string { return zone.String() }
`, want: "m.zone"},
		{name: "one whose address is handed on and looked at", src: `
var zone time.Location
func show(p *time.Location) string { return name(p) }
func name(p *time.Location) string { return p.String() }
func TestA(t *testing.T) { t.Log(show(&zone)) }
func fn() string { return zone.String() }
`, want: ""},
		{name: "a pointer that is kept, whose target only its package changes", src: `
var zone = time.FixedZone("x", 1)
var kept *time.Location
func keep(p *time.Location) { kept = p }
func TestA(t *testing.T) { keep(zone) }
func fn() string { return zone.String() }
`, want: ""},
		{name: "a copy in a list that is set", src: `
type pair struct{ a, b int }
var one = pair{1, 1}
func set(list []pair) { list[0].a = 2 }
func TestA(t *testing.T) { set([]pair{one}) }
func fn() int { return one.a }
`, want: ""},
		{name: "what a copy in a list leads to", src: `
type pair struct{ a *int }
var one = pair{new(int)}
func set(list []pair) { *list[0].a = 2 }
func TestA(t *testing.T) { set([]pair{one}) }
func fn() int { return *one.a }
`, want: "m.one"},
	})
}

func TestWrittenByPrinting(t *testing.T) {
	testCause(t, []stateCase{
		{name: "into memory", src: `
var notes = &bytes.Buffer{}
func TestA(t *testing.T) { fmt.Fprintf(notes, "a") }
func fn() string { return notes.String() }
`, want: "m.notes"},
		{name: "into memory that was handed on", src: `
var notes = bytes.NewBufferString("")
func note(b *bytes.Buffer, s string) { fmt.Fprintln(b, s) }
func TestA(t *testing.T) { note(notes, "a") }
func fn() string { return notes.String() }
`, want: "m.notes"},
		{name: "to the terminal", src: `
var out io.Writer = os.Stdout
func note(w io.Writer, s string) { fmt.Fprintln(w, s) }
func TestA(t *testing.T) { fmt.Fprint(out, "a"); note(out, "b") }
func fn() int { note(out, "fn"); return 1 }
`, want: "m.out"},
	})
}

func TestWrittenByHandingOn(t *testing.T) {
	testCause(t, []stateCase{
		{name: "pointer that a function made", src: `
func TestA(t *testing.T) { conf.Configure(conf.Current, seed.Rows()) }
func fn() int { return conf.Current.Rows }
-- conf/conf.go --
type Config struct{ Rows int }
func New() *Config { return &Config{} }
var Current = New()
func Configure(c *Config, n int) { c.Rows = n }
`, want: "conf.Current"},
		{name: "and json.Unmarshal", src: `
func TestA(t *testing.T) { json.Unmarshal([]byte(seed.Text()), conf.Current) }
func fn() int { return conf.Current.Rows }
-- conf/conf.go --
type Config struct{ Rows int }
func New() *Config { return &Config{} }
var Current = New()
`, want: "conf.Current"},
		{name: "a named map", src: `
type reg map[string]int
var all = reg{}
func fill(r reg, n int) { r["a"] = n }
func TestA(t *testing.T) { fill(all, seed.Rows()) }
func fn() int { return all["a"] }
`, want: "m.all"},
		{name: "a struct that holds a map", src: `
type store struct{ rows map[string]int }
var global = store{map[string]int{}}
func fill(s store, n int) { s.rows["a"] = n }
func TestA(t *testing.T) { fill(global, seed.Rows()) }
func fn() int { return global.rows["a"] }
`, want: "m.global"},
		{name: "a struct that holds none is copied", src: `
type point struct{ x, y int }
var origin = point{}
func move(p point, n int) point { p.x += n; return p }
func TestA(t *testing.T) { _ = move(origin, seed.Rows()) }
func fn() int { return origin.x }
`, want: ""},
	})
}

func TestLeftInTheLibrary(t *testing.T) {
	testCause(t, []stateCase{
		{name: "a variable that is published", src: `
var n = expvar.NewInt("n")
func TestA(t *testing.T) { n.Set(int64(seed.Rows())) }
func fn() string { return expvar.Get("n").String() }
`, want: "m.n"},
		{name: "a handler", src: `
type handler struct{ n int }
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, h.n) }
var h = &handler{}
func init() { http.Handle("/n", h) }
func TestA(t *testing.T) { h.n = seed.Rows() }
func fn(w http.ResponseWriter, r *http.Request) { http.DefaultServeMux.ServeHTTP(w, r) }
`, want: "m.h"},
		{name: "a handler in a function that an init calls", src: `
var hits []string
func add() { http.HandleFunc("/n", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, len(hits)) }) }
func init() { add() }
func TestA(t *testing.T) { hits = append(hits, seed.Text()) }
func fn(w http.ResponseWriter, r *http.Request) { http.DefaultServeMux.ServeHTTP(w, r) }
`, want: "m.hits"},
		{name: "a flag", src: `
var size = flag.Int("size", 1, "")
func TestA(t *testing.T) { *size = seed.Rows() }
func fn() string { return flag.Lookup("size").Value.String() }
`, want: "m.size"},
		{name: "in state that is not used", src: `
type handler struct{ n int }
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, h.n) }
var h = &handler{}
func init() { http.Handle("/n", h) }
func TestA(t *testing.T) { h.n = seed.Rows() }
func fn() string { return fmt.Sprint(seed.Rows()) }
`, want: ""},
	})
}

func TestTellsOfHandles(t *testing.T) {
	testUses(t, func(d *Deps) []Use { return d.HandleUses }, []stateCase{
		{name: "a field that is a handle", src: `
type env struct{ t *testing.T }
func (e *env) id() string { return "id-" + e.t.Name() }
func newEnv(t *testing.T) *env { return &env{t} }
func fn(t *testing.T) string { return newEnv(t).id() }
`, want: "Name()"},
		{name: "an embedded handle", src: `
type suite struct{ *testing.T }
func (s suite) id() string { return "id-" + s.Name() }
func fn(t *testing.T) string { return suite{t}.id() }
`, want: "Name()"},
		{name: "another name", src: `
func id(t *testing.T) string { u := t; return u.Name() }
func fn(t *testing.T) string { return id(t) }
`, want: "Name()"},
		{name: "an interface of its own", src: `
func id(t *testing.T) string { var x any = t; return x.(interface{ Name() string }).Name() }
func fn(t *testing.T) string { return id(t) }
`, want: "Name()"},
		{name: "a method value", src: `
func id(t *testing.T) string { f := t.Name; return f() }
func fn(t *testing.T) string { return id(t) }
`, want: "Name()"},
		{name: "a field of that name that is none", src: `
type user struct{ t kind; name string }
type kind struct{ name string }
func (k kind) Name() string { return k.name }
func (u user) id() string { return u.t.Name() }
func fn(t *testing.T) string { return user{}.id() }
`, want: ""},
		{name: "an interface that a handle in a field fits", src: `
type namer interface{ Name() string }
type db struct{ tb testing.TB }
func (d *db) id() string { var n namer = d.tb; return n.Name() }
func open(tb testing.TB) *db { return &db{tb: tb} }
func fn(t *testing.T) string { return open(t).id() }
`, want: "Name()"},
		{name: "in another package", src: `
func fn(t *testing.T) string { return db.Open(t).ID() }
-- db/db.go --
type namer interface{ Name() string }
type DB struct{ n namer }
func Open(n namer) *DB { return &DB{n} }
func (d *DB) ID() string { return d.n.Name() }
`, want: "Name()"},
		{name: "handed to a method that takes an interface", src: `
type namer interface{ Name() string }
type db struct{}
func (db) id(n namer) string { return n.Name() }
func fn(t *testing.T) string { return helper(t) }
func helper(t *testing.T) string { var d db; return d.id(t) }
`, want: "Name()"},
		{name: "in a closure, a map, a type parameter", src: `
func id[T interface{ Name() string }](x T) string { return x.Name() }
func fn(t *testing.T) string { return helper(t) }
func helper(t *testing.T) string { return id(t) }
`, want: "Name()"},
		{name: "sent", src: `
func fn(t *testing.T) string { return helper(t) }
func helper(t *testing.T) string { c := make(chan testing.TB, 1); c <- t; return (<-c).Name() }
`, want: "Name()"},
		{name: "printed", src: `
func fn(t *testing.T) string { return helper(t) }
func helper(t *testing.T) string { return fmt.Sprint(t) }
`, want: "Name()"},
		{name: "handed on as a handle, compared, and no more", src: `
func fn(t *testing.T) int { return helper(t) }
func helper(t *testing.T) int { if t == nil { return 0 }; t.Log("x"); defer t.Helper(); return inner(t) }
func inner(t testing.TB) int { t.Cleanup(func() { t.Log("done") }); return 1 }
`, want: ""},
		{name: "to a method, which is not followed", src: `
type db struct{}
func (db) open(t testing.TB) int { t.Helper(); return 1 }
func fn(t *testing.T) int { return helper(t) }
func helper(t *testing.T) int { return db{}.open(t) }
`, want: "Name()"},
		{name: "to what only checks", src: `
import "example.com/require"
func fn(t *testing.T) int { return helper(t) }
func helper(t *testing.T) int { require.NoError(t, nil); return 1 }
`, want: ""},
		{name: "to what may hand it back", src: `
import "example.com/require"
func fn(t *testing.T) int { return helper(t) }
func helper(t *testing.T) (n int) { require.Fill(t, &n); return n }
`, want: "Name()"},
		{name: "the time that is left of one in a field", src: `
type db struct{ tb *testing.T }
func fn(t *testing.T) bool { return helper(&db{t}) }
func helper(d *db) bool { _, ok := d.tb.Deadline(); return ok }
`, want: "Name() Deadline()"},
		{name: "of which type it is", src: `
func fn(t *testing.T) int { return kind(t) }
func kind(tb testing.TB) int { switch tb.(type) { case *testing.B: return 1 }; return 2 }
`, want: "Name()"},
		{name: "whether another test was skipped", src: `
func fn(t *testing.T) bool { return helper(t) }
func helper(t *testing.T) bool { u := t; return u.Skipped() }
`, want: "Name() Skipped()"},
		{name: "an interface that a handle fits", src: `
type namer interface{ Name() string }
func describe(n namer) string { return n.Name() }
func fn(t *testing.T) string { return describe(t) }
`, want: "Name()"},
	})
}

func TestWrittenByParts(t *testing.T) {
	testCause(t, []stateCase{
		{name: "an iterator that has a memory", src: `
var seq = counter()
func counter() iter.Seq2[int, int] { n := seed.Rows(); return func(yield func(int, int) bool) { n++; yield(n, n) } }
func TestA(t *testing.T) { for range seq { } }
func fn() int { for k, v := range seq { return k + v }; return 0 }
`, want: "m.seq"},
		{name: "what an immutable pointer leads to, by the address of a copy", src: `
var zone = time.FixedZone("a", 1)
func set(p **time.Location) { **p = *time.FixedZone(seed.Text(), 2) }
func TestA(t *testing.T) { z := zone; set(&z) }
func fn() string { return zone.String() }
`, want: "m.zone"},
		{name: "what an immutable pointer leads to, by a copy of the pointer", src: `
var zone = time.FixedZone("a", 60)
func TestA(t *testing.T) { z := zone; *z = *time.FixedZone(seed.Text(), 1) }
func fn() string { return zone.String() }
`, want: "m.zone"},
		{name: "a result handed on", src: `
func TestA(t *testing.T) { conf.Fill(conf.Default(), seed.Rows()) }
func fn() int { return conf.Default().Rows }
-- conf/conf.go --
type Config struct{ Rows int }
var std = &Config{}
func Default() *Config { return std }
func Fill(c *Config, n int) { c.Rows = n }
`, want: "conf.std"},
		{name: "an element handed on", src: `
func TestA(t *testing.T) { conf.Fill(conf.All["a"], seed.Rows()) }
func fn() int { return conf.All["a"].Rows }
-- conf/conf.go --
type Config struct{ Rows int }
var All = map[string]*Config{"a": {}}
func Fill(c *Config, n int) { c.Rows = n }
`, want: "conf.All"},
		{name: "a slice of it handed on", src: `
var words = []string{"a", "c", "b"}
func TestA(t *testing.T) { sort.Strings(words[1:]) }
func fn() string { return words[1] }
`, want: "m.words"},
		{name: "a slice of an array", src: `
var key [2]byte
func TestMain(m *testing.M) { strings.NewReader(seed.Text()).Read(key[:]); m.Run() }
func fn() string { return string(key[:]) }
`, want: "m.key"},
		{name: "a method value", src: `
func TestA(t *testing.T) { set := conf.Current.Set; set(seed.Rows()) }
func fn() int { return conf.Current.Rows }
-- conf/conf.go --
type Config struct{ Rows int }
var Current = &Config{}
func (c *Config) Set(n int) { c.Rows = n }
`, want: "conf.Current"},
		{name: "a table whose rows are handed to what looks", src: `
var cases = []struct{ name string; args []string }{{"a", nil}}
func run(c struct{ name string; args []string }) int { return len(strings.Join(c.args, " ")) }
func TestA(t *testing.T) { for _, tc := range cases { run(tc) } }
func fn() int { return len(cases[0].args) }
`, want: ""},
		{name: "pointers in a table", src: `
var rows = 1
type binding struct { p *int; v int }
var bindings = []binding{{&rows, 5}}
func TestA(t *testing.T) { for _, b := range bindings { *b.p = b.v * seed.Rows() } }
func fn() int { return rows }
`, want: "m.rows"},
		{name: "a function in a table is called", src: `
var cases = []struct{ name string; f func(int) int }{{"a", nil}}
func TestA(t *testing.T) { for _, tc := range cases { tc.f(1) } }
func fn() int { return cases[0].f(1) }
`, want: "m.cases"},
	})
}

func TestWrittenByMethods(t *testing.T) {
	testCause(t, []stateCase{
		{name: "through an interface", src: `
type store interface{ ReplaceAll(n int); Rows() int }
type mem struct{ rows int }
func (m *mem) ReplaceAll(n int) { m.rows = n }
func (m *mem) Rows() int { return m.rows }
var db store = &mem{}
func TestA(t *testing.T) { db.ReplaceAll(seed.Rows()) }
func fn() int { return db.Rows() }
`, want: "m.db"},
		{name: "promoted", src: `
type base struct{ rows int }
func (b *base) LoadRows(n int) { b.rows = n }
type mem struct{ base }
var db = &mem{}
func TestA(t *testing.T) { db.LoadRows(seed.Rows()) }
func fn() int { return db.rows }
`, want: "m.db"},
		{name: "promoted, that reads", src: `
type base struct{ rows int }
func (b *base) Rows() int { return b.rows }
type mem struct{ sync.Mutex; *base }
type plain struct{ *base }
var db, locked = &plain{&base{1}}, &mem{base: &base{1}}
func TestA(t *testing.T) { db.Rows() }
func TestB(t *testing.T) { locked.Rows() } // Mutex has no such method, which is not known
func fn() int { return db.rows + locked.rows }
`, want: "m.locked"},
		{name: "hidden by a field of a function", src: `
type base struct{ rows int }
func (b *base) load() {}
type table struct { base; load func() }
type mem struct{ *table }
var db = mem{&table{}}
func TestA(t *testing.T) { db.load() }
func fn() int { return db.rows }
`, want: "m.db"},
		{name: "of a result", src: `
func TestA(t *testing.T) { conf.Default().Load(seed.Rows()) }
func fn() int { return conf.Default().Rows }
-- conf/conf.go --
type Config struct{ Rows int }
var std = &Config{}
func Default() *Config { return std }
func (c *Config) Load(n int) { c.Rows = n }
`, want: "conf.std"},
		{name: "that changes what a field leads to", src: `
type mem struct{ m map[string]int }
func (m *mem) Put(n int) { rows := m.m; rows["a"] = n }
var db = &mem{}
func TestA(t *testing.T) { db.Put(seed.Rows()) }
func fn() int { return db.m["a"] }
`, want: "m.db"},
		{name: "that hands a field to what changes it", src: `
type mem struct{ m map[string]int }
func (m *mem) Put(o map[string]int) { maps.Copy(m.m, o) }
var db = &mem{}
func TestA(t *testing.T) { db.Put(map[string]int{"a": seed.Rows()}) }
func fn() int { return db.m["a"] }
`, want: "m.db"},
		{name: "that changes elements of a field", src: `
type row struct{ n int }
type mem struct{ rows []*row }
func (m *mem) Scale(k int) { for _, r := range m.rows { r.n *= k } }
var db = &mem{}
func TestA(t *testing.T) { db.Scale(seed.Rows()) }
func fn() int { return db.rows[0].n }
`, want: "m.db"},
		{name: "that looks", src: `
type mem struct{ m map[string]int; names []string }
func (m *mem) Sum() (n int) { for _, v := range m.m { n += v }; return n + len(strings.Join(m.names, ",")) }
var db = &mem{}
func TestA(t *testing.T) { db.Sum() }
func fn() int { return db.Sum() }
`, want: ""},
		{name: "of which another variable had the one that it calls, which calls it", src: `
type node struct{ n int }
func (x *node) Set(k, n int) { if k > 0 { x.Later(k, n) }; x.n = n }
func (x *node) Later(k, n int) { x.Set(k - 1, n) }
var a = &node{}
var b = &node{}
func TestA(t *testing.T) { b.Later(1, seed.Rows()) }
func fn() int { a.Set(0, 1); return b.n }
`, want: "m.b"},
		{name: "of an embedded field, for which its type hides another's", src: `
type clock struct{ ticks int }
func (c *clock) Tick() int { c.ticks++; return c.ticks }
type event struct{ *clock }
func (e event) Tick() int { return 0 }
type plain event
var last = plain{&clock{}}
func TestA(t *testing.T) { last.Tick() }
func fn() int { return last.ticks }
`, want: "m.last"},
		{name: "of an alias", src: `
type clock struct{ ticks int }
func (c *clock) Ticks() int { return c.ticks }
type watch = clock
var last = &watch{}
func TestA(t *testing.T) { last.Ticks() }
func fn() int { return last.ticks }
`, want: ""},
		{name: "that look by one another", src: `
type node struct{ n int }
func (x *node) Sum(k int) int { if k > 0 { return x.Later(k) }; return x.n }
func (x *node) Later(k int) int { return x.Sum(k - 1) }
var a = &node{}
var b = &node{}
func TestA(t *testing.T) { b.Later(1) }
func fn() int { return a.Sum(0) + b.n }
`, want: ""},
		{name: "that fills once", src: `
type lazy struct{ once sync.Once; text string }
func (l *lazy) Text() string { l.once.Do(l.build); return l.text }
func (l *lazy) build() { l.text = "a" + l.text }
var x = &lazy{}
func TestA(t *testing.T) { x.Text() }
func fn() string { return x.Text() }
`, want: "m.x"},
	})
}

// Functions of fn's own that other tests call too.
func TestWrittenByCallersOfOwn(t *testing.T) {
	testCause(t, []stateCase{
		{name: "a counter", src: `
var counter int
func nextID() int { counter++; return counter }
func newUser() int { return nextID() }
func TestA(t *testing.T) { for range seed.Rows() { newUser() } }
func fn() int { return newUser() }
`, want: "m.counter"},
		{name: "an atomic counter", src: `
var counter int64
func nextID() int64 { return atomic.AddInt64(&counter, 1) }
func TestA(t *testing.T) { for range seed.Rows() { nextID() } }
func fn() int64 { return nextID() }
`, want: "m.counter"},
		{name: "a setter of a field", src: `
func TestA(t *testing.T) { conf.Configure(seed.Rows()) }
func fn() int { if false { conf.Configure(1) }; return conf.Get() }
-- conf/conf.go --
type Config struct{ rows int }
var cfg Config
func Configure(n int) { cfg.rows = n }
func Get() int { return cfg.rows }
`, want: "conf.cfg"},
		{name: "a setter by way of a local variable, two levels down", src: `
var rows int
func configure(n int) { m := n * 2; rows = m }
func apply(n int) { configure(n) }
func TestA(t *testing.T) { apply(seed.Rows()) }
func fn() int { if false { apply(1) }; return rows }
`, want: "m.rows"},
		{name: "a file that is loaded once", src: `
var once sync.Once
var data string
func load() { b, _ := os.ReadFile("x"); data = string(b) }
func get() string { once.Do(load); return data }
func TestA(t *testing.T) { get() }
func fn() string { return get() }
`, want: "m.once"},
		{name: "whether it is the first call", src: `
var once sync.Once
func first() (is bool) { once.Do(func() { is = true }); return is }
func TestA(t *testing.T) { first() }
func fn() bool { return first() }
`, want: "m.once"},
		{name: "a variable that is filled if it is empty", src: `
var mu sync.Mutex
var data map[string]int
func get() map[string]int {
	mu.Lock()
	defer mu.Unlock()
	if data == nil {
		data = map[string]int{"a": 1}
	}
	return data
}
func TestA(t *testing.T) { get() }
func fn() int { return get()["a"] }
`, want: "m.data"},
		{name: "one that is returned early", src: `
var data []string
var loaded bool
func get() []string {
	if loaded {
		return data
	}
	data, loaded = strings.Fields("a b"), true
	return data
}
func TestA(t *testing.T) { get() }
func fn() int { return len(get()) }
`, want: "m.data"},
		{name: "what is remembered by its argument", src: `
var cache = map[string]int{}
func get(k string) int {
	if v, ok := cache[k]; ok {
		return v
	}
	v := len(k) * 2
	cache[k] = v
	return v
}
func TestA(t *testing.T) { get("a") }
func fn() int { return get("b") }
`, want: "m.cache"},
		{name: "the same by sync.Map", src: `
var cache sync.Map
func get(k string) int {
	if v, ok := cache.Load(k); ok {
		return v.(int)
	}
	v := len(k) * 2
	cache.Store(k, v)
	return v
}
func TestA(t *testing.T) { get("a") }
func fn() int { return get("b") }
`, want: "m.cache"},
		{name: "what is put by its argument", src: `
var cache = map[string]int{}
func put(k string, n int) { if cache[k] == 0 { cache[k] = n } }
func TestA(t *testing.T) { put("a", seed.Rows()) }
func fn() int { put("a", 1); return cache["a"] }
`, want: "m.cache"},
		{name: "a function that fills, called where it is empty", src: `
var data []string
func load() { data = strings.Fields("a b") }
func get() []string { if data == nil { load() }; return data }
func TestA(t *testing.T) { get() }
func fn() int { return len(get()) }
`, want: "m.data"},
	})
}

// What an earlier test may have been the first to load must count as read.
func TestStateOfLazyLoading(t *testing.T) {
	for _, tc := range []struct{ name, src string }{
		{"behind an interface", `
type source interface{ Get() string }
type fileSource struct{ once sync.Once; text string }
func (f *fileSource) Get() string { f.once.Do(func() { b, _ := os.ReadFile("in.txt"); f.text = string(b) }); return f.text }
var src source = &fileSource{}
func TestA(t *testing.T) { src.Get() }
func fn() string { return src.Get() }
`},
		{"of a field", `
type conf struct{ text string }
func (c *conf) Get() string { if c.text == "" { b, _ := os.ReadFile("in.txt"); c.text = string(b) }; return c.text }
type application struct{ conf *conf }
var app = application{&conf{}}
func TestA(t *testing.T) { app.conf.Get() }
func fn() string { return app.conf.Get() }
`},
		{"by a cache of a field", `
type cache struct{ m map[string]string }
func (c *cache) GetOrLoad(k string, load func(string) string) string { if v, ok := c.m[k]; ok { return v }; v := load(k); c.m[k] = v; return v }
func read(k string) string { b, _ := os.ReadFile(k); return string(b) }
type store struct{ cache *cache }
func (s *store) rows(k string) string { return s.cache.GetOrLoad(k, read) }
var db = &store{&cache{map[string]string{}}}
func TestA(t *testing.T) { db.rows("in.txt") }
func fn() string { return db.rows("in.txt") }
`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := stateOf(t, tc.src)
			if !d.State {
				t.Error("no state")
			}
		})
	}
}

func TestWrittenInStd(t *testing.T) {
	testCause(t, []stateCase{
		{name: "an error that functions of the library return", src: `
func TestA(t *testing.T) { strconv.ErrRange = errors.New("mine") }
func fn() string { _, err := strconv.Atoi("99999999999999999999"); return err.Error() }
`, want: "strconv.ErrRange"},
		{name: "a table that another package of the library reads", src: `
func TestA(t *testing.T) { unicode.CaseRanges = nil }
func fn() string { return strings.ToUpper("x") }
`, want: "unicode.CaseRanges"},
		{name: "a function, which nobody can set", src: `
func TestA(t *testing.T) { f := unicode.ToLower; f = unicode.ToUpper; _ = f('x') }
func fn() string { return strings.ToUpper("x") }
`, want: ""},
		{name: "what is printed to", src: `
func TestA(t *testing.T) { os.Stdout = nil }
func fn() string { return strings.ToUpper("x") }
`, want: ""},
		{name: "hashes", src: `
func TestA(t *testing.T) { crypto.RegisterHash(crypto.MD4, nil) }
func fn() bool { return crypto.MD4.Available() }
`, want: "crypto.RegisterHash"},
		{name: "signals", src: `
func TestA(t *testing.T) { signal.Ignore(syscall.SIGHUP) }
func fn() bool { return signal.Ignored(syscall.SIGHUP) }
`, want: "signal.Notify"},
		{name: "services", src: `
func TestA(t *testing.T) { rpc.RegisterName("x", 1) }
func fn() error { return rpc.RegisterName("x", 1) }
`, want: "rpc.DefaultServer"},
		{name: "profiles", src: `
func TestA(t *testing.T) { pprof.NewProfile("x") }
func fn() int { return len(pprof.Profiles()) }
`, want: "pprof.NewProfile"},
		{name: "the local time zone", src: `
func TestMain(m *testing.M) { time.Local = time.FixedZone("x", seed.Rows()); m.Run() }
func fn() string { return time.Unix(0, 0).String() }
`, want: "time.Local"},
		{name: "the transport of all clients", src: `
func TestMain(m *testing.M) { http.DefaultTransport = nil; m.Run() }
func fn() error { _, err := http.Get("x"); return err }
`, want: "http.DefaultTransport"},
		{name: "a prefix of what is logged", src: `
func TestA(t *testing.T) { log.SetPrefix(seed.Text()) }
func fn() string { return log.Prefix() }
`, want: "log.Default"},
		{name: "a zone that is only named", src: `
func TestA(t *testing.T) { t.Log(time.Date(2000, 1, 1, 0, 0, 0, 0, time.Local)) }
func fn() string { return time.Unix(0, 0).String() }
`, want: ""},
		{name: "a zone that a method asks for", src: `
func TestA(t *testing.T) { time.Local = time.UTC }
func fn(when time.Time) string { return when.Local().String() }
`, want: "time.Local"},
		{name: "a flag that is looked up", src: `
var rows = flag.Int("rows", 1, "")
func TestA(t *testing.T) { flag.Lookup("rows").Value.Set(seed.Text()) }
func fn() int { return *rows }
`, want: "flag.CommandLine"},
		{name: "modes of files", src: `
func TestA(t *testing.T) { syscall.Umask(0) }
func fn() error { return os.WriteFile("x", nil, 0o666) }
`, want: "syscall.Umask"},
		{name: "a method of a package that a variable holds", src: `
func TestA(t *testing.T) { types.Unsafe.SetName(seed.Text()) }
func fn() string { return types.Unsafe.Name() }
`, want: "types.Unsafe"},
		{name: "a part of what a method of a result hands out", src: `
func TestA(t *testing.T) { elliptic.P256().Params().Name = seed.Text() }
func fn() string { return elliptic.P256().Params().Name }
`, want: "elliptic.P256"},
		{name: "a table that is handed out", src: `
func TestA(t *testing.T) { crc32.MakeTable(crc32.Castagnoli)[0] = uint32(seed.Rows()) }
func fn() uint32 { return crc32.Checksum([]byte("x"), crc32.MakeTable(crc32.Castagnoli)) }
`, want: "crc32.MakeTable"},
		{name: "a table of characters that functions use", src: `
func TestA(t *testing.T) { maps.Copy(unicode.Scripts, map[string]*unicode.RangeTable{seed.Text(): nil}) }
func fn() bool { return regexp.MustCompile("\\p{Latin}").MatchString("x") }
`, want: "unicode.Scripts"},
		{name: "a part of a table of characters", src: `
func widen(t *unicode.RangeTable) { t.R16[0].Lo = uint16(seed.Rows()) }
func TestA(t *testing.T) { widen(unicode.Upper) }
func fn() bool { return unicode.IsUpper('x') }
`, want: "unicode.Upper"},
		{name: "functions that only look at tables of characters", src: `
func TestA(t *testing.T) { t.Log(unicode.IsUpper('y'), strings.Map(unicode.ToUpper, "x")) }
func fn() bool { return unicode.IsUpper('x') }
`, want: ""},
		{name: "a colour", src: `
func TestA(t *testing.T) { image.Black.C = color.White }
func fn() color.Color { return image.Black.At(0, 0) }
`, want: "image.Black"},
		{name: "a client that hands out its parts", src: `
func TestA(t *testing.T) { c := http.DefaultClient; c.Timeout = 1 }
func fn() error { _, err := http.Head("x"); return err }
`, want: "http.DefaultClient"},
		{name: "an encoding that only encodes", src: `
func TestA(t *testing.T) { t.Log(base64.StdEncoding.EncodeToString([]byte(seed.Text()))) }
func fn() string { return base64.StdEncoding.EncodeToString([]byte("x")) }
`, want: ""},
		{name: "output that is only written to", src: `
func TestA(t *testing.T) { fmt.Fprintln(os.Stdout, seed.Text()); fmt.Println("x"); log.Printf("x") }
func fn() string { fmt.Println("x"); log.Print("y"); return "" }
`, want: ""},
		{name: "a random number", src: `
func TestA(t *testing.T) { t.Log(rand.Int()) }
func fn() int { return rand.Int() }
`, want: ""},
		{name: "names of types", src: `
func TestA(t *testing.T) { gob.RegisterName("x", 1) }
func fn() error { return gob.NewEncoder(io.Discard).Encode(1) }
`, want: "gob.Register"},
		{name: "numbers of types, which gob writes", src: `
func TestA(t *testing.T) { gob.NewEncoder(io.Discard).Encode(1) }
func fn(b *bytes.Buffer) error { return gob.NewEncoder(b).Encode(1) }
`, want: "gob.NewEncoder"},
		{name: "numbers of types, which gob reads as they were written", src: `
func TestA(t *testing.T) { gob.NewEncoder(io.Discard).Encode(1) }
func fn(r io.Reader, v *int) error { return gob.NewDecoder(r).Decode(v) }
`, want: ""},
		{name: "random numbers of which a test sets the seed", src: `
func TestA(t *testing.T) { cryptotest.SetGlobalRandom(t, 1) }
func fn() (*ecdh.PrivateKey, error) { return ecdh.X25519().GenerateKey(nil) }
`, want: "rand.Reader"},
		{name: "the collector", src: `
func TestA(t *testing.T) { debug.SetGCPercent(7) }
func fn() int { return debug.SetGCPercent(100) }
`, want: "debug.SetGCPercent"},
		{name: "published variables", src: `
func TestA(t *testing.T) { expvar.NewInt("x").Set(2) }
func fn() string { return expvar.Get("x").String() }
`, want: "expvar.Publish"},
		{name: "the default of structured logs", src: `
func TestA(t *testing.T) { slog.SetDefault(nil) }
func fn() *slog.Logger { return slog.Default() }
`, want: "slog.SetDefault"},
		{name: "a client that is handed on", src: `
func change(c *http.Client) { c.Timeout = 1 }
func TestA(t *testing.T) { change(http.DefaultClient) }
func fn() error { _, err := http.Get("x"); return err }
`, want: "http.DefaultClient"},
		{name: "a prefix that fn only logs with", src: `
func TestA(t *testing.T) { log.SetPrefix(seed.Text()) }
func fn() string { log.Print("x"); return "" }
`, want: ""},
		{name: "handlers of all servers", src: `
func TestA(t *testing.T) { http.HandleFunc("/", nil) }
func fn() http.Handler { return http.DefaultServeMux }
`, want: "http.DefaultServeMux"},
		{name: "a flag", src: `
var rows = flag.Int("rows", 1, "")
func TestMain(m *testing.M) { flag.Set("rows", seed.Text()); m.Run() }
func fn() int { return *rows }
`, want: "flag.CommandLine"},
		{name: "arguments", src: `
func TestA(t *testing.T) { os.Args = []string{seed.Text()} }
func fn() string { return os.Args[0] }
`, want: "os.Args"},
		{name: "where output goes", src: `
func TestA(t *testing.T) { os.Stdout = nil }
func fn() string { os.Stdout.WriteString("x"); return "" }
`, want: "os.Stdout"},
	})
}

// Code that is not Go may write to any variable of its package.
func TestStateBesideAssembly(t *testing.T) {
	root := writeTree(t, "go.mod", "module m\n\ngo 1.24\n", "set.s", "// nothing\n",
		"m.go", "package m\n\nvar n = 1\n\nfunc set()\n\nfunc fn() int { return n + 1 }\n",
		"m_test.go", "package m\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { set() }\n")
	b := isolated(root)
	d, err := FindDeps(b, "fn")
	if err != nil {
		t.Fatal(err)
	}
	if d.Cause.What != "m.n" {
		t.Errorf("cause %v", d.Cause)
	}
}

// TestCausesAtOnce: variables that the code of the run may change are told at once, three
// of those too that one declaration of the closure, or of another module, changes.
func TestCausesAtOnce(t *testing.T) {
	d := depsOnModule(t,
		"package x\n\nvar d, e, f int\n\nfunc Touch() { d++; e++; f++ }\n\nfunc Get() int { return d + e + f }\n",
		"package m\n\nimport (\n\t\"testing\"\n\n\t\"example.com/x\"\n)\n\nvar a, b, c int\n\nfunc touch() { a++; b++; c++ }\n\nfunc TestA(t *testing.T) { touch(); x.Touch() }\n\nfunc fn() int { touch(); return a + b + c + x.Get() }\n")
	got := append([]string{d.Cause.What}, d.Also...)
	slices.Sort(got)
	if want := "example.com/m.a example.com/m.b example.com/m.c example.com/x.d example.com/x.e example.com/x.f"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
