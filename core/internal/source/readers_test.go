package source

import "testing"

// What was read before the tests began is an input by its name where the source
// tells the name, and otherwise a refusal.
func TestReadBeforeTests(t *testing.T) {
	testUses(t, func(d *Deps) []Use { return d.Init }, []stateCase{
		{"by a method", `
var tmpl = template.Must(template.New("x").ParseFiles("templates/x.tmpl"))
func fn() string { return tmpl.Name() }
`, "template.ParseFiles"},
		{"a file that a variable names", `
var name = "x.txt"
var text, _ = os.ReadFile(name)
func fn() string { return string(text) }
`, "os.ReadFile"},
		{"a file that is named at another place too", `
var text = read("x.txt")
func read(name string) string { a, _ := os.ReadFile("a.txt"); b, _ := os.ReadFile(name); return string(a) + string(b) }
func fn() string { return text }
`, "os.ReadFile"},
		{"what reads files is handed on", `
var read = os.ReadFile
var text, _ = read("x.txt")
func fn() string { return string(text) }
`, "os.ReadFile"},
		{"a file in a directory that is left", `
var text, _ = os.ReadFile("x.txt")
func TestMain(m *testing.M) { os.Chdir("/"); m.Run() }
func fn() string { return string(text) }
`, "os.ReadFile"},
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
	})
	testUses(t, func(d *Deps) (list []Use) {
		for _, r := range d.Early {
			list = append(list, Use{What: r.Name})
		}
		return list
	}, []stateCase{
		{"template files", `
var tmpl = template.Must(template.ParseFiles("templates/x.tmpl"))
func fn() string { return tmpl.Name() }
`, "x.tmpl"},
		{"an archive", `
const name = "x" + ".zip"
var r, _ = zip.OpenReader(name)
func fn() int { return len(r.File) }
`, "x.zip"},
		{"source", `
var file, _ = parser.ParseFile(token.NewFileSet(), "x.go", nil, 0)
func fn() string { return file.Name.Name }
`, "x.go"},
		{"directories named by variables", `
var dir, _ = os.UserCacheDir()
func fn() string { return dir }
`, "HOME LocalAppData XDG_CACHE_HOME home"},
		{"variables in a text", `
var text = os.ExpandEnv("$A/${B}")
func fn() string { return text }
`, "A B"},
		{"past the log", `
func fn() string { v, _ := syscall.Getenv("A"); return v }
`, "A"},
	})
	testUses(t, func(d *Deps) []Use { return d.Asks }, []stateCase{
		{"variables of any name", `
var name = "A"
var text = os.Getenv(name)
func fn() string { return text }
`, "all variables environment"},
		{"all variables", `
func fn() []string { return exec.Command("x").Environ() }
`, "all variables commands"},
		{"a time zone", `
const zone = "Europe/" + "Berlin"
func fn() (*time.Location, error) { return time.LoadLocation(zone) }
`, "Berlin"},
		{"any time zone", `
func fn(name string) (*time.Location, error) { return time.LoadLocation(name) }
`, "time zones"},
		{"the local time", `
func fn(at int64) int { return time.Unix(at, 0).Hour() }
`, "local time"},
		{"the local time of a file", `
func fn(info fs.FileInfo) int { return info.ModTime().Hour() }
`, "local time"},
		{"the local time by another name", `
func fn(c *x509.Certificate) string { return c.NotAfter.Local().String() }
`, "local time"},
		{"no time", `
func fn() { time.Sleep(3 * time.Millisecond) }
`, ""},
		{"how the binary was built", `
func fn() *debug.BuildInfo { info, _ := debug.ReadBuildInfo(); return info }
`, "build info local time"},
	})
}
