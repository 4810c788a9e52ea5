package input

import (
	"bytes"
	"errors"
	"fmt"
	"go/version"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/gomod"
	"github.com/fixturecache/fixturecache/core/internal/plainjson"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// goVariables are those that change what the go command builds (go help
// environment), and those by which a C compiler, a linker and pkg-config find things.
var goVariables = []string{
	"AR", "CC", "CGO_CFLAGS", "CGO_CFLAGS_ALLOW", "CGO_CFLAGS_DISALLOW", "CGO_CPPFLAGS", "CGO_CPPFLAGS_ALLOW",
	"CGO_CPPFLAGS_DISALLOW", "CGO_CXXFLAGS", "CGO_CXXFLAGS_ALLOW", "CGO_CXXFLAGS_DISALLOW", "CGO_ENABLED",
	"CGO_FFLAGS", "CGO_FFLAGS_ALLOW", "CGO_FFLAGS_DISALLOW", "CGO_LDFLAGS", "CGO_LDFLAGS_ALLOW",
	"CGO_LDFLAGS_DISALLOW", "COMPILER_PATH", "CPATH", "CPLUS_INCLUDE_PATH", "CXX", "C_INCLUDE_PATH", "FC",
	"GCC_EXEC_PREFIX", "GO111MODULE", "GO386", "GOAMD64", "GOARCH", "GOARM", "GOARM64", "GOENV", "GOEXPERIMENT",
	"GOFIPS140", "GOFLAGS", "GOMIPS", "GOMIPS64", "GOOS", "GOPPC64", "GORISCV64", "GOROOT", "GOTOOLCHAIN",
	"GOWASM", "GOWORK", "GO_EXTLINK_ENABLED", "LD_RUN_PATH", "LIBRARY_PATH", "PKG_CONFIG", "PKG_CONFIG_LIBDIR",
	"PKG_CONFIG_PATH", "PKG_CONFIG_SYSROOT_DIR",
}

// A goPackage is the answer of go list for a package, as far as it matters here.
type goPackage struct {
	Dir, ImportPath, Name string
	Standard, DepOnly     bool
	EmbedPatterns         []string
	GoFiles, CgoFiles     []string
	CgoLDFLAGS            []string
	Module                *goModule
	Error                 *struct{ Err string }
}

type goModule struct {
	Path, Version, Dir, GoMod string
	Main                      bool
	Replace                   *goModule
}

// A GoList is the answer of the go command about packages and about its settings.
type GoList struct {
	Relative bool // a flag may hold a name that is relative to the directory of the test
	patterns []string
	flags    []string
	packages []goPackage
	env      map[string]string
}

// goFields are the fields of go list that are asked for.
const goFields = "-json=Dir,ImportPath,Name,Standard,DepOnly,EmbedPatterns,GoFiles,CgoFiles,CgoLDFLAGS,Module,Error"

// GoPackages asks the go command what it would build the packages of some patterns from,
// with flags. The answer holds until one of the inputs made of it changes. An error is
// misuse, a pattern that stands for no package, or an *UnseenError, where there is no
// answer. Errors within a package are for the build to report.
func (w *World) GoPackages(patterns, flags []string) (*GoList, error) {
	l := &GoList{patterns: patterns, flags: flags}
	out, err := w.GoCommand("env", "-json", "CC", "CGO_ENABLED", "CGO_LDFLAGS", "GOENV", "GOFLAGS", "GOMOD", "GOMODCACHE", "GOWORK")
	if err == nil {
		err = plainjson.Unmarshal(out, &l.env)
	}
	if err != nil {
		return nil, &UnseenError{err}
	}
	args := append([]string{"list", "-deps", "-e", goFields}, buildFlags(flags)...)
	out, err = w.GoCommand(append(append(args, "--"), patterns...)...)
	if err != nil {
		return nil, &UnseenError{err}
	}
	for text := string(out); text != ""; {
		var p goPackage
		if text, err = plainjson.Next(text, &p); err != nil {
			return nil, err
		}
		if p.Error != nil && !p.DepOnly && len(p.GoFiles)+len(p.CgoFiles) == 0 {
			return nil, fmt.Errorf("go list: %s", p.Error.Err)
		}
		l.packages = append(l.packages, p)
	}
	if len(l.packages) == 0 {
		return nil, fmt.Errorf("go list: %s matches no package", strings.Join(patterns, " "))
	}
	return l, nil
}

// buildFlags returns the flags that go list understands as well as go build: all but
// those for coverage, which change no list.
func buildFlags(flags []string) []string {
	return slices.DeleteFunc(slices.Clone(flags), func(f string) bool {
		name, _, _ := cutGoFlag(f)
		return strings.HasPrefix(name, "cover")
	})
}

// GoCommand runs the go command that is on the PATH, in the directory that the
// process started in. Its path is spelled as that of a look of ours, so that the log's
// line for it is not taken for a command that a fixture runs.
func (w *World) GoCommand(args ...string) ([]byte, error) { return w.GoCommandIn(nil, 0, args...) }

// GoCommandIn is GoCommand with other environment variables and a limit, after which
// the command is killed: 0 is none.
func (w *World) GoCommandIn(env []string, limit time.Duration, args ...string) ([]byte, error) {
	path, _, ok := w.FindTool("go")
	if !ok {
		return nil, errors.New("there is no go command on the PATH")
	}
	cmd := exec.Cmd{Path: w.Root.Spell(path), Args: append([]string{"go"}, args...), Dir: w.goDir(), Env: env}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := unlogged.Start(&cmd)
	if err == nil {
		if limit > 0 {
			cmd.WaitDelay = time.Second // for what a command that was killed has left running
			defer time.AfterFunc(limit, func() { cmd.Process.Kill() }).Stop()
		}
		err = unlogged.Wait(&cmd)
	}
	if err != nil {
		err = fmt.Errorf("go %s: %w%s", args[0], err, strings.TrimRight("\n"+stderr.String(), "\n"))
	}
	return stdout.Bytes(), err
}

// goDir returns the directory that the go command runs in, spelled as for go test: an
// overlay names files by that spelling, and so does the search for go.work.
func (w *World) goDir() string {
	if rel, ok := w.Root.Rel(w.Dir); ok {
		return filepath.Join(w.Root.Lexical, filepath.FromSlash(rel))
	}
	return w.Dir
}

// Inputs returns all inputs of the go command's build, in their present state.
func (l *GoList) Inputs(w *World, old Lookup) []Input {
	g := &goInputs{GoList: l, w: w, old: old, seen: map[string]bool{}}
	g.add(w.ToolAt("go", Declared, old.Find(Tool, "go")))
	for _, name := range goVariables {
		g.add(w.EnvAt(name, Declared, nil))
	}
	g.settings()
	cgo := false
	for i := range l.packages {
		p := &l.packages[i]
		cgo = cgo || len(p.CgoFiles) > 0
		g.module(p.Module)
		if p.Dir != "" && !p.Standard && !l.cached(p.Dir) {
			g.sources(p)
		}
	}
	if cc := strings.Fields(l.env["CC"]); cgo && len(cc) > 0 {
		g.add(w.ToolAt(cc[0], Declared, old.Find(Tool, cc[0])))
		g.libraries(quotedFields(l.env["CGO_LDFLAGS"]))
	}
	for _, pattern := range l.patterns {
		g.wildcard(pattern)
	}
	return g.ins
}

// cached reports whether a path lies in the module cache, for whose content the
// versions of modules stand.
func (l *GoList) cached(path string) bool {
	dir := l.env["GOMODCACHE"]
	return dir != "" && strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

type goInputs struct {
	*GoList
	w    *World
	old  Lookup
	ins  []Input
	seen map[string]bool

	modules []string // directories of the modules that lie here
}

// add adds an input, once.
//
//go:noinline // inlined, it adds 4 kB to each test binary
func (g *goInputs) add(in Input) {
	key := string(rune(in.Kind)) + in.Name
	if !g.seen[key] || in.Kind == Walk { // a Walk belongs to the Glob before it
		g.seen[key] = true
		g.ins = append(g.ins, in)
	}
}

func (g *goInputs) file(path string) { g.named(g.w.Name(path)) }

func (g *goInputs) named(name string) { g.add(g.w.FileAt(name, Declared, g.old.Find(File, name))) }

// settings adds the files that hold for all packages.
func (g *goInputs) settings() {
	if filepath.IsAbs(g.env["GOENV"]) {
		g.named(goEnvName)
	}
	if mod := g.env["GOMOD"]; filepath.IsAbs(mod) && filepath.Base(mod) == "go.mod" {
		g.gomod(mod, filepath.Dir(mod))
		g.file(filepath.Join(filepath.Dir(mod), "vendor", "modules.txt"))
	}
	if work := g.env["GOWORK"]; filepath.IsAbs(work) {
		g.gomod(work, filepath.Dir(work))
		g.file(filepath.Join(filepath.Dir(work), "vendor", "modules.txt"))
	} else if work == "" && g.w.Root.Physical != "" {
		g.file(filepath.Join(g.w.Root.Lexical, "go.work"))
		g.named(goWorkName)
	}
	for _, flag := range append(quotedFields(g.env["GOFLAGS"]), g.flags...) {
		name, value, _ := cutGoFlag(flag)
		f, known := goFlagOf(name) // else it is one of another command
		g.Relative = g.Relative || known && !f.plain && !filepath.IsAbs(value) && !namesNoFile(name, value)
		switch file := g.w.Abs(value); {
		case name == "ldflags":
			for _, word := range quotedFields(value) { // one may be the value of -extldflags
				g.libraries(quotedFields(strings.TrimPrefix(word, "-extldflags=")))
			}
		case !f.file, value == "", namesNoFile(name, value):
		case name == "modfile":
			g.gomod(file, filepath.Dir(g.env["GOMOD"]))
		case name == "overlay":
			g.file(file)
			g.overlay(file)
		default:
			g.file(file)
		}
	}
}

// overlay adds the files that stand for others (go help build, -overlay).
func (g *goInputs) overlay(path string) {
	var o struct{ Replace map[string]string }
	data, err := unlogged.ReadFile(path)
	if err != nil || plainjson.Unmarshal(data, &o) != nil {
		return
	}
	for name, file := range o.Replace {
		g.Relative = g.Relative || !filepath.IsAbs(name) || file != "" && !filepath.IsAbs(file)
	}
	for _, file := range slices.Sorted(maps.Values(o.Replace)) {
		if file != "" {
			g.file(g.w.Abs(file))
		}
	}
}

// gomod adds a go.mod or go.work, which names directories against dir, and the
// go.mod of each module in those where what it requires chooses the versions of
// others, though no package of it is built: in a workspace, and before Go 1.17
// (go.dev/ref/mod#lazy-loading).
func (g *goInputs) gomod(path, dir string) {
	key := path + "\n" + dir
	if g.seen[key] {
		return
	}
	g.seen[key] = true
	g.file(path)
	g.file(strings.TrimSuffix(path, ".mod") + ".sum")
	if path != g.env["GOWORK"] {
		g.modules = append(g.modules, dir)
	}
	data, _ := unlogged.ReadFile(path)
	f, err := gomod.Parse(data)
	if err != nil { // the go command refuses it too
		return
	}
	at := func(path string) string {
		if filepath.IsAbs(path) {
			return filepath.Clean(path)
		}
		return filepath.Join(dir, path)
	}
	all := filepath.IsAbs(g.env["GOWORK"]) || version.Compare("go"+f.Go, "go1.17") < 0
	for _, r := range f.Replace {
		if r.New.Version == "" {
			g.modules = append(g.modules, at(r.New.Path))
			if all {
				f.Use = append(f.Use, r.New.Path)
			}
		}
	}
	for _, use := range f.Use {
		g.gomod(filepath.Join(at(use), "go.mod"), at(use))
	}
}

// module adds the go.mod of a module that lies here, or the version of one
// that does not.
func (g *goInputs) module(m *goModule) {
	if m == nil {
		return
	}
	if !m.Main && filepath.IsAbs(g.env["GOMOD"]) {
		g.add(g.w.ModuleAt(m.Path + " " + g.w.Name(g.env["GOMOD"])))
	}
	if m.Replace != nil {
		m = m.Replace
	}
	if filepath.IsAbs(m.GoMod) && !g.cached(m.GoMod) && !g.seen[m.GoMod] {
		g.seen[m.GoMod] = true
		g.file(m.GoMod) // what it replaces is nothing to the main module
		g.modules = append(g.modules, m.Dir)
	}
}

// sources adds the files that a package is built from, and patterns that find new ones. A file
// counts also where constraints keep it out: those may be lifted.
func (g *goInputs) sources(p *goPackage) {
	g.matching(p.Dir, goSources, noGoSources...)
	if p.Name == "main" {
		g.file(filepath.Join(p.Dir, "default.pgo"))
	}
	for _, pattern := range p.EmbedPatterns {
		g.matching(p.Dir, ofMatch(strings.TrimPrefix(pattern, "all:")))
	}
	g.libraries(p.CgoLDFLAGS)
	if m := p.Module; m != nil && m.Dir != "" { // a new go.mod takes the package out of the module
		for up := p.Dir; strings.HasPrefix(up, m.Dir+string(filepath.Separator)); up = filepath.Dir(up) {
			g.file(filepath.Join(up, "go.mod"))
		}
	}
}

// libraries adds what words for the linker name by an absolute path, which each
// build links anew: a file, or the libraries in a directory of the module.
func (g *goInputs) libraries(words []string) {
	for _, word := range words {
		path := strings.TrimPrefix(word, "-L")
		name := g.w.Name(path)
		if !filepath.IsAbs(path) {
			continue
		}
		if in := g.w.FileAt(name, Declared, g.old.Find(File, name)); !in.IsDirectory() {
			g.add(in)
		} else if _, inModule := g.w.Root.Rel(path); inModule {
			g.matching(path, "lib*")
		}
	}
}

// matching adds what expand returns. A pattern may match a directory, as those of go:embed
// do: then all that is in it.
func (g *goInputs) matching(dir, pattern string, ignore ...string) {
	for _, in := range g.expand(dir, pattern, ignore...) {
		g.add(in)
	}
}

// expand returns the inputs of a pattern below a directory, without files that the patterns
// in ignore match there.
func (g *goInputs) expand(dir, pattern string, ignore ...string) []Input {
	below := Quote(g.w.Name(dir))
	var names []string
	for _, pattern := range ignore {
		names = append(names, join(below, pattern))
	}
	ins, _ := g.w.Expand(join(below, pattern), names, g.old)
	return ins
}

// wildcard adds inputs that change when a pattern stands for more packages: one with
// "...", or a word such as "all", which is the path of none. A test alone makes a package.
func (g *goInputs) wildcard(pattern string) {
	base, _, more := strings.Cut(pattern, "...")
	isPath := strings.HasPrefix(base, ".") || filepath.IsAbs(base) || strings.HasSuffix(pattern, ".go")
	isOne := isPath || slices.ContainsFunc(g.packages, func(p goPackage) bool { return p.ImportPath == pattern })
	if isOne && !more || g.w.Root.Physical == "" {
		return
	}
	dirs := []string{g.w.Root.Physical}
	if isPath {
		dirs[0] = g.w.Abs(filepath.Dir(base + "x")) // "./cmd/x..." stands for ./cmd/xy too
	} else { // it may name packages of any module that lies here
		dirs = append(dirs, g.modules...)
	}
	slices.Sort(dirs)
	for _, dir := range slices.Compact(dirs) {
		for _, in := range g.expand(dir, "**/*.go", "**/testdata/**", "**/vendor/**") {
			if in.Kind == Glob || in.Kind == Walk {
				g.add(in)
			}
		}
	}
}
