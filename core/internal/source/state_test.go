package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A stateCase is a package m whose function fn is asked for its state. In src,
// "-- name --" begins another file; seed.Rows and seed.Text are there.
type stateCase struct{ name, src, written string }

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
		put(name, "package "+pkg+"\n\n"+importsFor(text)+text)
	}
	return dir
}

// importsFor imports the packages that a text mentions.
func importsFor(text string) string {
	var b strings.Builder
	for path := range strings.FieldsSeq(`testing os io io/fs net fmt flag log maps sort strings sync time net/http net/netip math/big math/rand regexp
		encoding/json encoding/base64 text/template archive/zip go/parser go/token os/user m/seed m/conf m/app`) {
		if name := filepath.Base(path); strings.Contains(" "+strings.NewReplacer("\t", " ", "(", " ", "*", " ", "]", " ", "&", " ", "\n", " ", "!", " ", "{", " ").Replace(text), " "+name+".") {
			b.WriteString("import \"" + path + "\"\n")
		}
	}
	return b.String() + "\n"
}

func stateOf(t *testing.T, src string) *Deps {
	t.Helper()
	b := Static(stateModule(t, src))
	b.flags = goFlags{gowork: "off"}
	d, err := b.Deps("fn")
	if err != nil {
		t.Fatal(err)
	}
	return d
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

func testWritten(t *testing.T, cases []stateCase) {
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := names(stateOf(t, tc.src).Written); got != tc.written {
				t.Errorf("written %q, want %q", got, tc.written)
			}
		})
	}
}

func TestReadBeforeTests(t *testing.T) {
	for _, tc := range []struct{ name, src, init string }{
		{"template files", `
var tmpl = template.Must(template.ParseFiles("templates/x.tmpl"))
func fn() string { return tmpl.Name() }
`, "template.ParseFiles"},
		{"by a method", `
var tmpl = template.Must(template.New("x").ParseFiles("templates/x.tmpl"))
func fn() string { return tmpl.Name() }
`, "template.ParseFiles"},
		{"an archive", `
var r, _ = zip.OpenReader("x.zip")
func fn() int { return len(r.File) }
`, "zip.OpenReader"},
		{"source", `
var file, _ = parser.ParseFile(token.NewFileSet(), "x.go", nil, 0)
func fn() string { return file.Name.Name }
`, "parser.ParseFile"},
		{"directories named by variables", `
var dir, _ = os.UserCacheDir()
func fn() string { return dir }
`, "os.UserCacheDir"},
		{"a file system that is read later", `
var data = os.DirFS("testdata")
func fn() (fs.File, error) { return data.Open("x") }
`, ""},
		{"and one that is read at once", `
var data = os.DirFS("testdata")
var text, _ = data.Open("x")
func fn() fs.File { return text }
`, "os.DirFS"},
		{"a directory of package http read at once", `
var text = read()
func read() string { f, _ := http.Dir(".").Open("x"); b, _ := io.ReadAll(f); return string(b) }
func fn() string { return text }
`, "http.Dir"},
		{"types of package net read nothing", `
var loopback = net.ParseIP("127.0.0.1")
func fn() net.IP { return loopback }
`, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := names(stateOf(t, tc.src).Init); got != tc.init {
				t.Errorf("init %q, want %q", got, tc.init)
			}
		})
	}
}

func TestWrittenByMethodsOfOthers(t *testing.T) {
	testWritten(t, []stateCase{
		{"a template that is parsed into", `
var tmpl = template.Must(template.New("x").Parse("a"))
func TestMain(m *testing.M) { template.Must(tmpl.Parse("b" + seed.Text())); m.Run() }
func fn() error { return tmpl.Execute(io.Discard, 1) }
`, "m.tmpl"},
		{"and one that is executed", `
var tmpl = template.Must(template.New("x").Parse("a"))
func TestA(t *testing.T) { tmpl.Execute(io.Discard, seed.Text()) }
func fn() error { return tmpl.Execute(io.Discard, 1) }
`, ""},
		{"a regular expression", `
var re = regexp.MustCompile("a|ab")
func TestA(t *testing.T) { re.Longest() }
func TestB(t *testing.T) { re.FindString(seed.Text()) }
func fn() string { return re.FindString("ab") }
`, "m.re"},
		{"encodings, addresses and numbers that are looked at", `
var enc = base64.NewEncoding("x")
var addr = netip.MustParseAddr("::1")
var zero = big.NewInt(0)
func TestA(t *testing.T) { enc.EncodeToString(nil); addr.Next(); zero.Cmp(nil) }
func fn() string { return enc.EncodeToString(nil) + addr.String() + zero.String() }
`, ""},
		{"a number that is set", `
var zero = big.NewInt(0)
func TestA(t *testing.T) { zero.Add(zero, zero) }
func fn() string { return zero.String() }
`, "m.zero"},
	})
}

func TestWrittenByHandingOn(t *testing.T) {
	testWritten(t, []stateCase{
		{"pointer that a function made", `
func TestA(t *testing.T) { conf.Configure(conf.Current, seed.Rows()) }
func fn() int { return conf.Current.Rows }
-- conf/conf.go --
type Config struct{ Rows int }
func New() *Config { return &Config{} }
var Current = New()
func Configure(c *Config, n int) { c.Rows = n }
`, "conf.Current"},
		{"and json.Unmarshal", `
func TestA(t *testing.T) { json.Unmarshal([]byte(seed.Text()), conf.Current) }
func fn() int { return conf.Current.Rows }
-- conf/conf.go --
type Config struct{ Rows int }
func New() *Config { return &Config{} }
var Current = New()
`, "conf.Current"},
		{"a named map", `
type reg map[string]int
var all = reg{}
func fill(r reg, n int) { r["a"] = n }
func TestA(t *testing.T) { fill(all, seed.Rows()) }
func fn() int { return all["a"] }
`, "m.all"},
		{"a struct that holds a map", `
type store struct{ rows map[string]int }
var global = store{map[string]int{}}
func fill(s store, n int) { s.rows["a"] = n }
func TestA(t *testing.T) { fill(global, seed.Rows()) }
func fn() int { return global.rows["a"] }
`, "m.global"},
		{"a struct that holds none is copied", `
type point struct{ x, y int }
var origin = point{}
func move(p point, n int) point { p.x += n; return p }
func TestA(t *testing.T) { _ = move(origin, seed.Rows()) }
func fn() int { return origin.x }
`, ""},
	})
}

func TestTellsOfHandles(t *testing.T) {
	for _, tc := range []struct{ name, src, tells string }{
		{"a field that is a handle", `
type env struct{ t *testing.T }
func (e *env) id() string { return "id-" + e.t.Name() }
func newEnv(t *testing.T) *env { return &env{t} }
func fn(t *testing.T) string { return newEnv(t).id() }
`, "Name()"},
		{"an embedded handle", `
type suite struct{ *testing.T }
func (s suite) id() string { return "id-" + s.Name() }
func fn(t *testing.T) string { return suite{t}.id() }
`, "Name()"},
		{"a method value", `
func id(t *testing.T) string { f := t.Name; return f() }
func fn(t *testing.T) string { return id(t) }
`, "Name()"},
		{"a field of that name that is none", `
type user struct{ t kind; name string }
type kind struct{ name string }
func (k kind) Name() string { return k.name }
func (u user) id() string { return u.t.Name() }
func fn(t *testing.T) string { return user{}.id() }
`, ""},
		{"a type with a Name of its own", `
type suite struct{ *testing.T; name string }
func (s suite) Name() string { return s.name }
func (s suite) id() string { return "id-" + s.Name() }
func fn(t *testing.T) string { return suite{t, "x"}.id() }
`, ""},
		{"an interface that a handle fits", `
type namer interface{ Name() string }
func describe(n namer) string { return n.Name() }
func fn(t *testing.T) string { return describe(t) }
`, "Name()"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := names(stateOf(t, tc.src).Tells); got != tc.tells {
				t.Errorf("tells %q, want %q", got, tc.tells)
			}
		})
	}
}
