package code

import (
	"path/filepath"
	"strings"
	"testing"
)

// What runs before the tests reads what the methods read that it calls, by their
// names: of its own module and of others, by interfaces and from the standard
// library. A method that nothing calls reads nothing.
func TestReadByMethodsBeforeTests(t *testing.T) {
	const x = `package x

import "os"

type Loader struct{ name string }

func New(name string) *Loader { return &Loader{name} }

func (l *Loader) Load() string { data, _ := os.ReadFile(l.name); return string(data) }

func (l *Loader) Len() int { return len(l.name) }

type Source interface{ Source() string }

func Get(s Source) string { return s.Source() }

type Lazy func() string

func (l Lazy) Both() string { return l() }

type Client struct{ mode string }

var Default = &Client{}

func (c *Client) Setup() { c.mode = os.Getenv("MODE") }

func (c *Client) Mode() string { return c.mode }

type Plugin interface{ Fill() }

var plugins []Plugin

func Register(p Plugin) { plugins = append(plugins, p) }

func FillAll() {
	for _, p := range plugins {
		p.Fill()
	}
}

func Walk(any) {}

var text string

func Set(s string) { text = s }

func Get() string { return text }
`
	for _, tc := range []struct{ name, src, want string }{
		{"of another module", `
var text = x.New("a.txt").Load()
func fn() string { return text }
`, "x.New: os.ReadFile in example.com/x.(*Loader).Load"},
		{"of another module, of its type", `
var l x.Loader
var text = l.Load()
func fn() string { return text }
`, "x.Loader: os.ReadFile in example.com/x.(*Loader).Load"},
		{"of another module, by no call", `
var n = x.New("a.txt").Len()
func fn() int { return n }
`, ""},
		{"of this module, by no call", `
type file string
func (f file) read() string { data, _ := os.ReadFile(string(f)); return string(data) }
func (f file) len() int { return len(f) }
var all = []file{file(strings.ToLower("A"))}
var n = all[0].len()
func fn() int { return n }
`, ""},
		{"of another type", `
type file string
func (f file) read() string { data, _ := os.ReadFile(string(f)); return string(data) }
type name string
func (n name) read() string { return string(n) }
var text = name("a").read()
func fn() string { return text }
`, ""},
		{"of this module", `
type file string
func (f file) read() string { data, _ := os.ReadFile(string(f)); return string(data) }
var text = file("a").read()
func fn() string { return text }
`, "os.ReadFile"},
		{"as a value", `
type file string
func (f file) read() string { data, _ := os.ReadFile(string(f)); return string(data) }
var read = file("a").read
var text = read()
func fn() string { return text }
`, "os.ReadFile"},
		{"by an interface", `
type file string
func (f file) read() string { data, _ := os.ReadFile(string(f)); return string(data) }
type reader interface{ read() string }
var text = get(file("a"))
func get(r reader) string { return r.read() }
func fn() string { return text }
`, "os.ReadFile"},
		{"by an interface of another module", `
type file string
func (f file) Source() string { data, _ := os.ReadFile(string(f)); return string(data) }
var text = x.Get(file("a"))
func fn() string { return text }
`, "os.ReadFile"},
		{"by an interface of the standard library", `
type file string
func (f file) String() string { data, _ := os.ReadFile(string(f)); return string(data) }
var text = fmt.Sprint(file("a"))
func fn() string { return text }
`, "os.ReadFile"},
		{"by its name in a template", `
type file string
func (f file) Text() string { data, _ := os.ReadFile(string(f)); return string(data) }
var text = render()
func render() string { var b strings.Builder; template.Must(template.New("").Parse("{{.Text}}")).Execute(&b, file("a")); return b.String() }
func fn() string { return text }
`, "os.ReadFile"},
		{"by reflection", `
type file string
func (f file) Text() string { data, _ := os.ReadFile(string(f)); return string(data) }
var text = reflect.ValueOf(file("a")).Method(0).Call(nil)[0].String()
func fn() string { return text }
`, "os.ReadFile"},
		{"of what is embedded", `
type file string
func (f file) read() string { data, _ := os.ReadFile(string(f)); return string(data) }
type named struct{ file; name string }
var text = named{"a", "b"}.read()
func fn() string { return text }
`, "os.ReadFile"},
		{"that another method calls", `
type file string
func (f file) read() string { data, _ := os.ReadFile(string(f)); return string(data) }
func (f file) both() string { return f.read() + "x" }
var text = file("a").both()
func fn() string { return text }
`, "os.ReadFile"},
		{"in a function that another module calls", `
var text = x.Lazy(func() string { return file("a").read() }).Both()
type file string
func (f file) read() string { data, _ := os.ReadFile(string(f)); return string(data) }
func fn() string { return text }
`, "os.ReadFile"},
		{"of another module, by code that changes nothing of ours", `
func init() { x.Default.Setup() }
func fn() string { return x.Default.Mode() }
`, "MODE"},
		{"of this module, by other code that another module is called by", `
var text string
type plugin struct{ name string }
func (p *plugin) Fill() { data, _ := os.ReadFile(p.name); text = string(data) }
func init() { x.Register(&plugin{"a.txt"}) }
func init() { x.FillAll() }
func fn() string { return text }
`, "os.ReadFile"},
		{"of this module, to set another", `
func init() { x.Set(os.Getenv("MODE")) }
func fn() string { return x.Get() }
`, "MODE"},
		{"of this module, to set another by a function of ours", `
func init() { set() }
func set() { x.Set(os.Getenv("MODE")) }
func fn() string { return x.Get() }
`, "MODE"},
		{"of this module, to set another that is not reached", `
func init() { x.Set(os.Getenv("MODE")) }
func fn() *x.Loader { return x.New("") }
`, ""},
		{"of a file system that another module is handed", `
var dir = os.DirFS("testdata")
func init() { x.Walk(dir) }
func fn() any { f, _ := dir.Open("a"); return f }
`, "os.DirFS"},
	} {
		imports := ""
		for _, path := range strings.Fields("fmt os reflect strings text/template example.com/x") {
			if strings.Contains(tc.src, filepath.Base(path)+".") {
				imports += "import \"" + path + "\"\n"
			}
		}
		root := writeTree(t, "m/go.mod", "module m\n\ngo 1.24\n\nrequire example.com/x v1.0.0\n", "m/m_test.go", "package m\n\n"+imports+tc.src,
			"cache/example.com/x@v1.0.0/x.go", x, "cache/cache/download/example.com/x/@v/v1.0.0.mod", "module example.com/x\n")
		t.Setenv("GOMODCACHE", filepath.Join(root, "cache"))
		d, err := FindDeps(isolated(filepath.Join(root, "m")), "fn")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, use := range d.Init {
			got = append(got, use.What)
		}
		for _, r := range d.Early {
			got = append(got, r.Name)
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}
