package code

import (
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/settings"
)

// Where the code of the run counts, what it has read may decide what it leaves in
// state: also what it read before the tests began, or in a way that nothing can see.
func TestReadByTheRun(t *testing.T) {
	const use = "\nvar n = 1\nfunc fn() int { return n }\n"
	testUses(t, func(d *Deps) (list []Use) {
		for _, r := range d.Early {
			list = append(list, Use{What: r.Name})
		}
		return append(list, d.Init...)
	}, []stateCase{
		{name: "a variable, by which a test is skipped", src: use + `
var slow = os.Getenv("SLOW") != ""
func TestA(t *testing.T) { if !slow { t.Skip() }; n = 2 }
`, want: "SLOW"},
		{name: "a variable, in TestMain", src: use + `
var big bool
func TestMain(m *testing.M) { big = os.Getenv("BIG") != ""; m.Run() }
func TestA(t *testing.T) { if big { n = 2 } }
`, want: "BIG"},
		{name: "a variable, in init", src: use + `
var big bool
func init() { big = os.Getenv("BIG") != "" }
func TestA(t *testing.T) { if big { n = 2 } }
`, want: "BIG"},
		{name: "a file", src: use + `
var text, _ = os.ReadFile("a.txt")
func TestA(t *testing.T) { n = len(text) }
`, want: "a.txt"},
		{name: "files whose names are not told", src: use + `
var list, _ = filepath.Glob("testdata/*")
func TestA(t *testing.T) { n = len(list) }
`, want: "filepath.Glob"},
		{name: "a command, in TestMain", src: use + `
var text []byte
func TestMain(m *testing.M) { text, _ = exec.Command("x").Output(); m.Run() }
func TestA(t *testing.T) { n = len(text) }
`, want: "exec.Command"},
		{name: "a variable, for state of the library", src: `
var verbose = os.Getenv("VERBOSE") != ""
func TestA(t *testing.T) { if verbose { log.SetPrefix("a") } }
func fn() string { return log.Prefix() }
`, want: "VERBOSE"},

		{name: "not: in TestMain, what it removes", src: use + `
var dir string
func TestMain(m *testing.M) { dir, _ = os.MkdirTemp("", ""); m.Run(); os.RemoveAll(dir) }
func TestA(t *testing.T) { n = len(dir) }
`, want: ""},
		{name: "not: a server, in TestMain", src: use + `
var srv *httptest.Server
func TestMain(m *testing.M) { srv = httptest.NewServer(nil); m.Run() }
func TestA(t *testing.T) { n = len(srv.URL) }
`, want: ""},
		{name: "not: what no test uses", src: use + `
var slow = os.Getenv("SLOW") != ""
var list, _ = filepath.Glob("testdata/*")
func TestA(t *testing.T) { n = 2 }
`, want: ""},
		{name: "not: in TestMain, which leaves nothing", src: use + `
func TestMain(m *testing.M) { if os.Getenv("SKIP") == "" { m.Run() } }
func TestA(t *testing.T) { n = 2 }
`, want: ""},
		{name: "not: where only fn counts", src: `
var slow = os.Getenv("SLOW") != ""
func TestA(t *testing.T) { if !slow { t.Skip() } }
func fn() int { return 1 }
`, want: ""},
	})
	testUses(t, func(d *Deps) []Use { return d.Hidden }, []stateCase{
		{name: "by a system call", src: use + `
func TestA(t *testing.T) { b := make([]byte, 9); n, _ = syscall.Read(3, b) }
`, want: "syscall.Read"},
		{name: "by one that something else calls", src: use + `
func load() int { b := make([]byte, 9); n, _ := syscall.Read(3, b); return n }
func TestB(t *testing.T) { m = load() }
func TestA(t *testing.T) { n = m }
var m int
`, want: "syscall.Read"},
		{name: "in TestMain", src: use + `
var pid int
func TestMain(m *testing.M) { pid = syscall.Getpid(); m.Run() }
func TestA(t *testing.T) { n = pid }
`, want: "syscall.Getpid"},
		{name: "by a method that nothing calls", src: use + `
type T struct{}
func (T) Load() int { b := make([]byte, 9); n, _ := syscall.Read(3, b); return n }
func TestA(t *testing.T) { n = len(fmt.Sprint(T{})) }
`, want: "syscall.Read"},
		{name: "not: where only fn counts", src: `
func TestA(t *testing.T) { b := make([]byte, 9); syscall.Read(3, b) }
func fn() int { return 1 }
`, want: ""},
	})
}

// What the standard library keeps from its first use on may have been read before the
// tests began, when nothing is recorded.
func TestKeptBeforeTests(t *testing.T) {
	const proxy = "\nfunc proxy() string { u, _ := http.ProxyFromEnvironment(&http.Request{}); return fmt.Sprint(u) }\nfunc fn() string { return proxy() }\n"
	testUses(t, func(d *Deps) (list []Use) {
		for _, use := range d.Settings {
			if use.What == "all variables" {
				list = append(list, use)
			}
		}
		return append(list, d.Init...)
	}, []stateCase{
		{name: "in TestMain", src: proxy + `
func TestMain(m *testing.M) { proxy(); m.Run() }
`, want: "all variables"},
		{name: "in init", src: proxy + `
func init() { http.ProxyFromEnvironment(nil) }
`, want: "all variables"},
		{name: "by a client, in TestMain", src: proxy + `
func TestMain(m *testing.M) { var c http.Client; c.Get(""); m.Run() }
`, want: "all variables"},
		{name: "files, in TestMain", src: `
func TestMain(m *testing.M) { x509.SystemCertPool(); m.Run() }
func fn() *x509.CertPool { p, _ := x509.SystemCertPool(); return p }
`, want: "all variables x509.SystemCertPool"},
		{name: "not: by a method that nothing calls by then", src: proxy + `
type client struct{ n int }
func (c *client) get() string { return proxy() }
var c = &client{n: len(os.Args)}
func TestMain(m *testing.M) { c.n++; m.Run() }
`, want: ""},
		{name: "not: in a test", src: proxy + `
func TestA(t *testing.T) { proxy() }
`, want: ""},
		{name: "not: where fn uses none", src: `
func TestMain(m *testing.M) { http.ProxyFromEnvironment(nil); m.Run() }
func fn() int { return 1 }
`, want: ""},
	})
}

// What a test before has asked of the flags of the run may decide what it leaves in state.
func TestFlagsByTheRun(t *testing.T) {
	const use = "\nvar n = 1\nfunc fn() int { return n }\n"
	testUses(t, func(d *Deps) (list []Use) {
		for _, u := range d.Settings {
			if u.What == settings.CommandLine {
				list = append(list, u)
			}
		}
		return list
	}, []stateCase{
		{name: "when the run must have ended", src: use + `
func TestA(t *testing.T) { if _, ok := t.Deadline(); ok { n = 2 } }
`, want: "command line"},
		{name: "how often a benchmark runs", src: use + `
func BenchmarkA(b *testing.B) { n = b.N }
`, want: "command line"},
		{name: "not: the deadline of a context", src: use + `
func TestA(t *testing.T) { if _, ok := t.Context().Deadline(); ok { n = 2 } }
`, want: ""},
		{name: "not: where no test leaves anything", src: `
func fn() int { return 1 }
func TestA(t *testing.T) { t.Deadline() }
`, want: ""},
	})
}
