package code

import (
	"cmp"
	"path/filepath"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/settings"
)

// What was read before the tests began is an input by its name where the source
// tells the name, and otherwise a refusal.
func TestReadBeforeTests(t *testing.T) {
	testUses(t, func(d *Deps) []Use { return d.Init }, []stateCase{
		{name: "by a method", src: `
var tmpl = template.Must(template.New("x").ParseFiles("templates/x.tmpl"))
func fn() string { return tmpl.Name() }
`, want: "ParseFiles"},
		{name: "a file that a variable names", src: `
var name = "x.txt"
var text, _ = os.ReadFile(name)
func fn() string { return string(text) }
`, want: "os.ReadFile"},
		{name: "a file whose name a function hands on, and computes too", src: `
var text = read("x.txt")
func read(name string) string { a, _ := os.ReadFile(name + ".old"); b, _ := os.ReadFile(name); return string(a) + string(b) }
func fn() string { return text }
`, want: "os.ReadFile"},
		{name: "what reads files is handed on", src: `
var read = os.ReadFile
var text, _ = read("x.txt")
func fn() string { return string(text) }
`, want: "os.ReadFile"},
		{name: "a file in a directory that is left", src: `
var text, _ = os.ReadFile("x.txt")
func TestMain(m *testing.M) { os.Chdir("/"); m.Run() }
func fn() string { return string(text) }
`, want: "os.ReadFile"},
		{name: "a file system that is read later", src: `
var data = os.DirFS("testdata")
func fn() (fs.File, error) { return data.Open("x") }
`, want: ""},
		{name: "and one that is read at once", src: `
var data = os.DirFS("testdata")
var text, _ = data.Open("x")
func fn() fs.File { return text }
`, want: "os.DirFS"},
		{name: "and one that is, in the same expression", src: `
var text, _ = os.DirFS("testdata").Open("x")
func fn() fs.File { return text }
`, want: "os.DirFS"},
		{name: "and one whose place is joined", src: `
var data = os.DirFS(filepath.Join("testdata", "x"))
func fn() (fs.File, error) { return data.Open("x") }
`, want: ""},
		{name: "and one whose place a variable of the environment tells", src: `
var data = os.DirFS(filepath.Join(os.Getenv("ROOT"), "x"))
func fn() (fs.File, error) { return data.Open("x") }
`, want: "os.DirFS"},
		{name: "and one whose place another tells", src: `
var data = os.DirFS(read(os.DirFS("conf")))
func read(f fs.FS) string { b, _ := fs.ReadFile(f, "dir.txt"); return string(b) }
func fn() (fs.File, error) { return data.Open("x") }
`, want: "os.DirFS"},
		{name: "a directory of package http read at once", src: `
var text = read()
func read() string { f, _ := http.Dir(".").Open("x"); b, _ := io.ReadAll(f); return string(b) }
func fn() string { return text }
`, want: "http.Dir"},
		{name: "types of package net read nothing", src: `
var loopback = net.ParseIP("127.0.0.1")
func fn() net.IP { return loopback }
`, want: ""},
	})
	testUses(t, func(d *Deps) (list []Use) {
		for _, r := range d.Early {
			list = append(list, Use{What: r.Name})
		}
		return list
	}, []stateCase{
		{name: "how the collector is set", src: `
func fn() int { return debug.SetGCPercent(100) }
`, want: "GOGC GOMEMLIMIT"},
		{name: "how much memory there is", src: `
func fn() uint64 { var m runtime.MemStats; runtime.ReadMemStats(&m); return m.NextGC }
`, want: "GOGC GOMEMLIMIT"},
		{name: "where Go lies", src: `
func fn() string { return runtime.GOROOT() }
`, want: "GOROOT"},
		{name: "and what other packages say of it", src: `
func fn() { metrics.Read(nil) }
`, want: "GOGC GOMEMLIMIT"},
		{name: "template files", src: `
var tmpl = template.Must(template.ParseFiles("templates/x.tmpl"))
func fn() string { return tmpl.Name() }
`, want: "x.tmpl"},
		{name: "an archive", src: `
const name = "x" + ".zip"
var r, _ = zip.OpenReader(name)
func fn() int { return len(r.File) }
`, want: "x.zip"},
		{name: "source", src: `
var file, _ = parser.ParseFile(token.NewFileSet(), "x.go", nil, 0)
func fn() string { return file.Name.Name }
`, want: "x.go"},
		{name: "directories named by variables", src: `
var dir, _ = os.UserCacheDir()
func fn() string { return dir }
`, want: "HOME LocalAppData XDG_CACHE_HOME home"},
		{name: "variables in a text", src: `
var text = os.ExpandEnv("$A/${B}")
func fn() string { return text }
`, want: "A B"},
		{name: "a variable that a function is handed the name of", src: `
const name = "PORT"
var port = getenv(name, "80")
var other = getenv("OTHER", "")
func getenv(name, otherwise string) string { return cmp.Or(os.Getenv(name), otherwise) }
func fn() string { return port }
`, want: "PORT"},
		{name: "variables of fields, by two functions, one of which is generic", src: `
var conf = load()
type config struct { host string; port int }
func load() config { return config{host: os.Getenv("HOST"), port: get("PORT", strconv.Atoi)} }
func get[T any](name string, parse func(string) (T, error)) T { v, _ := parse(lookup(name)); return v }
func lookup(name string) string { v, _ := os.LookupEnv(name); return v }
func fn() config { return conf }
`, want: "HOST PORT"},
		{name: "a file that is named at another place too", src: `
var text = read("x.txt")
func read(name string) string { a, _ := os.ReadFile("a.txt"); b, _ := os.ReadFile(name); return string(a) + string(b) }
func fn() string { return text }
`, want: "a.txt x.txt"},
		{name: "past the log", src: `
func fn() string { v, _ := syscall.Getenv("A"); return v }
`, want: "A"},
		{name: "variables whose names begin so", src: `
const tool = "TOOL_"
var level = os.Getenv(tool + name + "_LEVEL")
var name, mode = "a", os.Getenv((tool + "MODE_") + name)
func fn() (string, string) { return level, mode }
`, want: "TOOL_* TOOL_MODE_*"},
		{name: "a variable whose name is printed", src: `
const format = "TOOL_%s"
var name = "a"
var level, _ = os.LookupEnv(fmt.Sprintf(format, name))
func fn() string { return level }
`, want: "TOOL_*"},
	})
	testUses(t, func(d *Deps) []Use { return d.Settings }, []stateCase{
		{name: "variables of any name", src: `
var name = "A"
var text = os.Getenv(name)
func fn() string { return text }
`, want: "all variables environment reads"},
		{name: "variables of which nothing tells how their names begin", src: `
var a, b = "A", fmt.Sprintf
var text = os.Getenv(b("B%s", a)) + os.Getenv(path.Join("C", a)) + os.Getenv(path.Join("C", a) + "D") + os.Getenv(fmt.Sprintf("%s", a)) + os.Getenv(a + "E")
func fn() string { return text }
`, want: "all variables environment reads"},
		{name: "variables whose names begin as another constant says", src: `
const tool = "TOOL_"
func init() { tool := name; text = os.Getenv(tool + "A") }
var text, name = "", "a"
func fn() string { return text }
`, want: "all variables environment reads"},
		{name: "a variable that was set to what another told", src: `
var _ = os.Setenv("URL", "pg://"+getenv("HOST"))
var url = getenv("URL")
func getenv(name string) string { return os.Getenv(name) }
func TestMain(m *testing.M) { os.Unsetenv("URL"); m.Run() }
func fn() string { return url }
`, want: "all variables environment reads"},
		{name: "variables that a function is handed as a value", src: `
var text = all("A", "B")
func all(names ...string) (list []string) { for _, name := range names { list = append(list, os.Getenv(name)) }; return list }
func fn() []string { return text }
`, want: "all variables environment reads"},
		{name: "all variables", src: `
func fn() []string { return exec.Command("x").Environ() }
`, want: "all variables reads commands"},
		{name: "a time zone", src: `
const zone = "Europe/" + "Berlin"
func fn() error { _, err := time.LoadLocation(zone); return err }
`, want: "Berlin"},
		{name: "any time zone", src: `
func fn(name string) error { _, err := time.LoadLocation(name); return err }
`, want: "time zones"},
		{name: "the local time", src: `
func fn(at int64) int { return time.Unix(at, 0).Hour() }
`, want: "local time"},
		{name: "the local time of a file", src: `
func fn(info fs.FileInfo) int { return info.ModTime().Hour() }
`, want: "local time"},
		{name: "a file by its number", src: `
func fn() *os.File { return os.NewFile(0, "in") }
`, want: "standard input"},
		{name: "the local time by another name", src: `
func fn(c *x509.Certificate) string { return c.NotAfter.Local().String() }
`, want: "local time"},
		{name: "no time", src: `
func fn() { time.Sleep(3 * time.Millisecond) }
`, want: ""},
		{name: "how the binary was built", src: `
func fn() *debug.BuildInfo { info, _ := debug.ReadBuildInfo(); return info }
`, want: "build info"},
		{name: "how many processors, by a metric", src: `
func fn(s []metrics.Sample) { metrics.Read(s) }
`, want: "GOMAXPROCS"},
		{name: "how long a benchmark takes", src: `
func fn() int { return testing.Benchmark(func(b *testing.B) {}).N }
`, want: "command line files made local time"},
	})
}

// What enters the system cannot be seen through, whatever its name is like.
func TestSystemCalls(t *testing.T) {
	testUses(t, func(d *Deps) []Use { return d.Hidden }, []stateCase{
		{name: "a limit", src: `
func fn() uint64 { var l syscall.Rlimit; syscall.Getrlimit(0, &l); return l.Cur }
`, want: "syscall.Getrlimit"},
		{name: "the process", src: `
func fn() int { return syscall.Getpid() }
`, want: "syscall.Getpid"},
		{name: "a time, which names of functions begin with too", src: `
func fn() (t syscall.Time_t, err error) { return syscall.Time(&t) }
`, want: "syscall.Time"},
		{name: "constants, types and what computes", src: `
func fn() any { var st syscall.Stat_t; p, _ := syscall.BytePtrFromString("x"); return []any{syscall.ENOENT, syscall.SIGTERM, st, p} }
`, want: ""},
	})
}

func TestSystemCallsOfOtherModules(t *testing.T) {
	const unix = "package unix\n\nconst AF_INET = 2\n\ntype Rlimit struct{ Cur uint64 }\n\nfunc RawSyscall(trap int) int\n\n" +
		"func UNAME() int { return RawSyscall(63) }\n\nfunc Getrlimit() int { return RawSyscall(97) }\n\nfunc MakeInt(a int) int { return a }\n"
	module := []string{"m/go.mod", "module m\n\ngo 1.24\n\nrequire golang.org/x/sys v1.0.0\n",
		"m/m_test.go", "package m\n\nimport \"golang.org/x/sys/unix\"\n\nfunc Upper() int { return unix.UNAME() }\n\nfunc Limit() int { return unix.Getrlimit() }\n\n" +
			"func Compute() int { var l unix.Rlimit; return unix.MakeInt(unix.AF_INET) + int(l.Cur) }\n",
		"m/cpu_test.go", "package m\n\nimport \"golang.org/x/sys/cpu\"\n\nfunc Processor() int { return cpu.ID() }\n",
		"m/way_test.go", "package m\n\nimport \"golang.org/x/sys/chooses\"\n\nfunc Way() int { return chooses.Way() }\n",
		"cache/cache/download/golang.org/x/sys/@v/v1.0.0.mod", "module golang.org/x/sys\n"}
	const cpu = "package cpu\n\nfunc id() int\n\nfunc ID() int { return id() }\n"
	const chooses = "package chooses\n\nimport \"golang.org/x/sys/cpu\"\n\nfunc Way() int { return cpu.ID() }\n"
	seen := map[string]string{"Processor": "cpu.ID: assembly in golang.org/x/sys/cpu.id", "Way": "", "Upper": "unix.UNAME: assembly in golang.org/x/sys/unix.RawSyscall", "Limit": "unix.Getrlimit: assembly in golang.org/x/sys/unix.RawSyscall", "Compute": ""}
	for _, tc := range []struct {
		reason string
		files  []string
		hidden map[string]string
	}{
		{"the module cache has the source", []string{"cache/golang.org/x/sys@v1.0.0/unix/u.go", unix, "cache/golang.org/x/sys@v1.0.0/cpu/c.go", cpu, "cache/golang.org/x/sys@v1.0.0/chooses/c.go", chooses}, seen},
		{"it is vendored, and all of the package counts", []string{"m/vendor/golang.org/x/sys/unix/u.go", unix, "m/vendor/golang.org/x/sys/cpu/c.go", cpu, "m/vendor/golang.org/x/sys/chooses/c.go", chooses,
			"m/vendor/modules.txt", "# golang.org/x/sys v1.0.0\n## explicit; go 1.24\ngolang.org/x/sys/unix\ngolang.org/x/sys/cpu\ngolang.org/x/sys/chooses\n"}, seen},
		{"there is no source", nil, map[string]string{"Upper": "unix.UNAME: no source"}},
	} {
		root := writeTree(t, append(tc.files, module...)...)
		t.Setenv("GOMODCACHE", filepath.Join(root, "cache"))
		for fn, want := range tc.hidden {
			d, err := FindDeps(isolated(filepath.Join(root, "m")), fn)
			if err != nil {
				t.Fatal(err)
			}
			if got := whats(d.Hidden); got != want {
				t.Errorf("%s: %q of %s is hidden, want %q", tc.reason, got, fn, want)
			}
		}
	}
}

// whats joins what is done, in full.
func whats(list []Use) (all string) {
	for _, use := range list {
		all += use.What
	}
	return all
}

// A driver that one package registers with another module is not named by code that leads
// to it, nor by the package of the registry.
func TestRegisteredWithOtherModules(t *testing.T) {
	const raw = "func (Raw) Open(name string) (driver.Conn, error) { syscall.Open(name, 0, 0); return nil, nil }\n"
	for _, tc := range []struct{ reason, driver, want, own string }{
		{"it enters the system", "import (\n\t\"database/sql/driver\"\n\t\"syscall\"\n\n\t\"example.com/reg\"\n)\n\ntype Raw struct{}\n\n" + raw +
			"\nfunc init() { reg.Register(Raw{}) }\n", "syscall.Open in example.com/drv.(Raw).Open", ""},
		{"it asks for a driver that enters the system", "import (\n\t\"database/sql\"\n\t\"database/sql/driver\"\n\t\"syscall\"\n\n\t\"example.com/reg\"\n)\n\ntype Raw struct{}\n\n" + raw +
			"\ntype Outer struct{}\n\nfunc (Outer) Open(name string) (driver.Conn, error) { sql.Open(\"raw\", name); return nil, nil }\n" +
			"\nfunc init() { reg.Register(Outer{}) }\n\nfunc init() { sql.Register(\"raw\", Raw{}) }\n", "syscall.Open in example.com/drv.(Raw).Open", ""},
		{"a package of the module registers one of its own", "", "syscall.Open", "package own\n\nimport (\n\t\"database/sql/driver\"\n\t\"syscall\"\n\n\t\"example.com/reg\"\n)\n\ntype Raw struct{}\n\n" + raw +
			"\nfunc init() { reg.Register(Raw{}) }\n"},
		{"it only computes", "import (\n\t\"database/sql/driver\"\n\n\t\"example.com/reg\"\n)\n\ntype Raw struct{}\n\n" +
			"func (Raw) Open(name string) (driver.Conn, error) { return nil, nil }\n\nfunc init() { reg.Register(Raw{}) }\n", "", ""},
	} {
		imports := ""
		if tc.own != "" {
			imports = "\t_ \"m/own\"\n"
		}
		d := depsBesideCache(t, writeTree(t, "m/go.mod", "module m\n\ngo 1.24\n\nrequire (\n\texample.com/drv v1.0.0\n\texample.com/reg v1.0.0\n)\n",
			"m/m_test.go", "package m\n\nimport (\n\t_ \"example.com/drv\"\n\t\"example.com/reg\"\n"+imports+")\n\nfunc Open() { reg.Open(\"x\") }\n", "m/own/own.go", cmp.Or(tc.own, "package own\n"),
			"cache/cache/download/example.com/drv/@v/v1.0.0.mod", "module example.com/drv\n",
			"cache/cache/download/example.com/reg/@v/v1.0.0.mod", "module example.com/reg\n",
			"cache/example.com/reg@v1.0.0/reg.go", "package reg\n\nimport \"database/sql/driver\"\n\nvar drivers []driver.Driver\n\nfunc Register(d driver.Driver) { drivers = append(drivers, d) }\n\n"+
				"func Open(name string) { drivers[0].Open(name) }\n",
			"cache/example.com/drv@v1.0.0/drv.go", "package drv\n\n"+tc.driver), "Open")
		if got := whats(d.Hidden); got != tc.want {
			t.Errorf("%s: %q is hidden, want %q", tc.reason, got, tc.want)
		}
	}
}

// A file that imports a package with a dot may have other names than its calls tell.
func TestReadThroughDotImport(t *testing.T) {
	root := writeTree(t, "go.mod", "module m\n\ngo 1.25.0\n", "a_test.go", `package m

import (
	"os"
	. "os"
)

var name = "b.txt"
var text = read()

func read() string {
	a, _ := os.ReadFile("a.txt")
	b, _ := ReadFile(name)
	return string(a) + string(b)
}

func fn() (string, string, []string) { return text, os.Args[0], Args }
`)
	d, err := FindDeps(isolated(root), "fn")
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Init) == 0 || d.Init[0].What != "os.ReadFile" || !d.DependsOn(settings.CommandLine) {
		t.Errorf("got %v and %v", d.Init, d.Settings)
	}
}
