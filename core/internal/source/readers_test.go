package source

import (
	"path/filepath"
	"testing"
)

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
		{"how the collector is set", `
func fn() int { return debug.SetGCPercent(100) }
`, "GOGC GOMEMLIMIT"},
		{"how much memory there is", `
func fn() uint64 { var m runtime.MemStats; runtime.ReadMemStats(&m); return m.NextGC }
`, "GOGC GOMEMLIMIT"},
		{"where Go lies", `
func fn() string { return runtime.GOROOT() }
`, "GOROOT"},
		{"and what other packages say of it", `
func fn() { metrics.Read(nil) }
`, "GOGC GOMEMLIMIT"},
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
func fn() error { _, err := time.LoadLocation(zone); return err }
`, "Berlin"},
		{"any time zone", `
func fn(name string) error { _, err := time.LoadLocation(name); return err }
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
`, "build info"},
	})
}

// What enters the system cannot be seen through, whatever its name is like.
func TestSystemCalls(t *testing.T) {
	testUses(t, func(d *Deps) []Use { return d.Hidden }, []stateCase{
		{"a limit", `
func fn() uint64 { var l syscall.Rlimit; syscall.Getrlimit(0, &l); return l.Cur }
`, "syscall.Getrlimit"},
		{"the process", `
func fn() int { return syscall.Getpid() }
`, "syscall.Getpid"},
		{"a time, which names of functions begin with too", `
func fn() (t syscall.Time_t, err error) { return syscall.Time(&t) }
`, "syscall.Time"},
		{"constants, types and what computes", `
func fn() any { var st syscall.Stat_t; p, _ := syscall.BytePtrFromString("x"); return []any{syscall.ENOENT, syscall.SIGTERM, st, p} }
`, ""},
	})
}

func TestSystemCallsOfOtherModules(t *testing.T) {
	const unix = "package unix\n\nconst AF_INET = 2\n\ntype Rlimit struct{ Cur uint64 }\n\nfunc RawSyscall(trap int) int\n\n" +
		"func UNAME() int { return RawSyscall(63) }\n\nfunc Getrlimit() int { return RawSyscall(97) }\n\nfunc MakeInt(a int) int { return a }\n"
	module := []string{"m/go.mod", "module m\n\ngo 1.24\n\nrequire golang.org/x/sys v1.0.0\n",
		"m/m_test.go", "package m\n\nimport \"golang.org/x/sys/unix\"\n\nfunc Upper() int { return unix.UNAME() }\n\nfunc Limit() int { return unix.Getrlimit() }\n\n" +
			"func Compute() int { var l unix.Rlimit; return unix.MakeInt(unix.AF_INET) + int(l.Cur) }\n",
		"cache/cache/download/golang.org/x/sys/@v/v1.0.0.mod", "module golang.org/x/sys\n"}
	seen := map[string]string{"Upper": "unix.UNAME: golang.org/x/sys/unix.RawSyscall", "Limit": "unix.Getrlimit: golang.org/x/sys/unix.RawSyscall", "Compute": ""}
	for _, tc := range []struct {
		reason string
		files  []string
		hidden map[string]string
	}{
		{"the module cache has the source", []string{"cache/golang.org/x/sys@v1.0.0/unix/u.go", unix}, seen},
		{"it is vendored, and all of the package counts", []string{"m/vendor/golang.org/x/sys/unix/u.go", unix,
			"m/vendor/modules.txt", "# golang.org/x/sys v1.0.0\n## explicit; go 1.24\ngolang.org/x/sys/unix\n"}, seen},
		{"there is no source", nil, map[string]string{"Upper": "unix.UNAME: no source"}},
	} {
		root := writeTree(t, append(tc.files, module...)...)
		t.Setenv("GOMODCACHE", filepath.Join(root, "cache"))
		for fn, want := range tc.hidden {
			d, err := FindDeps(isolated(filepath.Join(root, "m")), fn)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, use := range d.Hidden {
				got += use.What
			}
			if got != want {
				t.Errorf("%s: %q of %s is hidden, want %q", tc.reason, got, fn, want)
			}
		}
	}
}
