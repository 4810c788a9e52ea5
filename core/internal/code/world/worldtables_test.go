package world

import (
	"go/ast"
	gobuild "go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/facts"
	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/std"
	"github.com/fixturecache/fixturecache/core/internal/settings"
)

// nothing is a declaration that gives no names to what it mentions.
var nothing = &graph.Node{Fact: &facts.Decl{}}

// stdPaths are the packages of the standard library that can be imported.
func stdPaths(t *testing.T) (list []string) {
	t.Helper()
	src := filepath.Join(gobuild.Default.GOROOT, "src")
	err := filepath.WalkDir(src, func(path string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel(src, path)
		if rel = filepath.ToSlash(rel); err == nil && d.IsDir() && std.IsPackage(rel) {
			list = append(list, rel)
		}
		return err
	})
	if err != nil {
		t.Skip(err)
	}
	return list
}

// stdFiles parses a package of the standard library, without its tests.
func stdFiles(t *testing.T, path string) (files []*ast.File) {
	t.Helper()
	dir := filepath.Join(gobuild.Default.GOROOT, "src", filepath.FromSlash(path))
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Skip(err)
	}
	for _, e := range entries {
		if ok, err := gobuild.Default.MatchFile(dir, e.Name()); filepath.Ext(e.Name()) != ".go" || err != nil || !ok || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// TestIdentities: which packages of the standard library ask for the identity of
// files. Of package os the answer is in what it does, but for SameFile, and
// os/exec takes nothing of it that is an input.
func TestIdentities(t *testing.T) {
	known := []string{"archive/tar", "internal/fuzz", "os", "os/exec"}
	for _, path := range stdPaths(t) {
		for _, f := range stdFiles(t, path) {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if s, ok := call.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "SameFile" || s.Sel.Name == "Sys") && !slices.Contains(known, path) {
					t.Errorf("%s calls %s", path, s.Sel.Name)
				}
				return true
			})
		}
	}
	for _, x := range []graph.External{
		{Path: "os", Name: "SameFile"}, {Path: "io/fs", Name: "Sys"},
		{Path: "archive/tar", Name: "FileInfoHeader"}, {Path: "archive/tar", Name: "NewWriter"}, {Path: "archive/tar", Name: "Writer"}, // AddFS
	} {
		if !slices.Contains(answerOf(nothing, x).reads, Read{readSetting, settings.Identity}) {
			t.Errorf("%s asks for no identity", shortRef(x))
		}
	}
}

// osFunction returns a function of package os.
func osFunction(t *testing.T, name string) *ast.FuncDecl {
	t.Helper()
	for _, f := range stdFiles(t, "os") {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == name {
				return fn
			}
		}
	}
	t.Fatalf("package os has no function %s", name)
	return nil
}

// The variables that tell where a user's directories are, on any system, are
// those that package os reads.
func TestHomes(t *testing.T) {
	for _, fn := range []string{"UserHomeDir", "UserCacheDir", "UserConfigDir"} {
		var want, got []string
		text := func(e ast.Expr) {
			if lit, ok := e.(*ast.BasicLit); ok {
				name, _ := strconv.Unquote(lit.Value)
				want = append(want, name)
			}
		}
		ast.Inspect(osFunction(t, fn), func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "Getenv" {
					text(n.Args[0])
				}
			case *ast.AssignStmt:
				if id, ok := n.Lhs[0].(*ast.Ident); ok && id.Name == "env" {
					text(n.Rhs[0])
				}
			}
			return true
		})
		for _, r := range answerOf(nothing, graph.External{Path: "os", Name: fn}).reads {
			if r.Kind == ReadVariable {
				got = append(got, r.Name)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if want = slices.Compact(want); !slices.Equal(got, want) {
			t.Errorf("%s reads %v, and the table says %v", fn, want, got)
		}
	}
}

// The variables that tell http.ProxyFromEnvironment of a proxy are those that the
// package which it asks reads.
func TestProxyVariables(t *testing.T) {
	file := filepath.Join(gobuild.Default.GOROOT, "src", "vendor", "golang.org", "x", "net", "http", "httpproxy", "proxy.go")
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		fun := types.ExprString(call.Fun)
		for _, arg := range call.Args {
			lit, ok := arg.(*ast.BasicLit)
			switch {
			case fun == "os.Environ", fun == "os.LookupEnv", fun == "getEnvAny" && !ok:
				t.Errorf("%s(%s)", fun, types.ExprString(arg))
			case ok && (fun == "os.Getenv" || fun == "getEnvAny"):
				name, _ := strconv.Unquote(lit.Value)
				want = append(want, name)
			}
		}
		return true
	})
	for _, r := range answerOf(nothing, graph.External{Path: "net/http", Name: "ProxyFromEnvironment"}).reads {
		if r.Kind == ReadVariable {
			got = append(got, r.Name)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if want = slices.Compact(want); len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("it reads %v, and the table says %v", want, got)
	}
}

// The run-time system reads no other variables.
func TestRuntimeReads(t *testing.T) {
	var found []string
	files, err := filepath.Glob(filepath.Join(gobuild.Default.GOROOT, "src", "runtime", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range strings.Split(string(text), "gogetenv(\"")[1:] {
			name, _, _ := strings.Cut(call, "\"")
			found = append(found, name)
		}
	}
	// Always an input; a setting that is asked for; how panics are printed.
	known := []string{"GODEBUG", "GOMAXPROCS", "GOTRACEBACK"}
	for _, x := range []graph.External{{Path: "runtime", Name: "GOROOT"}, {Path: "runtime/debug", Name: "SetGCPercent"}} {
		for _, v := range answerOf(nothing, x).reads {
			known = append(known, v.Name)
		}
	}
	for _, name := range found {
		if !slices.Contains(known, name) {
			t.Errorf("the runtime reads %s", name)
		}
	}
	for _, name := range known {
		if !slices.Contains(found, name) {
			t.Errorf("the runtime does not read %s", name)
		}
	}
}

// What package testing sets by its flags before any test runs depends on the command
// line: rates of profiles, and whether there is a trace.
func TestSetByFlags(t *testing.T) {
	asked := map[graph.External]bool{}
	for _, f := range stdFiles(t, "testing") {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); !ok || fn.Recv == nil || fn.Name.Name != "before" {
				continue
			}
			ast.Inspect(d, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := s.X.(*ast.Ident); ok && (x.Name == "runtime" || x.Name == "trace") {
						path := map[string]string{"runtime": "runtime", "trace": "runtime/trace"}[x.Name]
						asked[graph.External{Path: path, Name: s.Sel.Name}] = true
					}
				}
				return true
			})
		}
	}
	for _, f := range stdFiles(t, "runtime/trace") {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.IsExported() && fn.Type.Results != nil {
				if result, ok := fn.Type.Results.List[0].Type.(*ast.Ident); ok && (result.Name == "bool" || result.Name == "error") {
					asked[graph.External{Path: "runtime/trace", Name: fn.Name.Name}] = true
				}
			}
		}
	}
	if len(asked) < 5 {
		t.Errorf("package testing sets %v", asked)
	}
	for x := range asked {
		if !slices.Contains(answerOf(nothing, x).reads, Read{readSetting, settings.CommandLine}) {
			t.Errorf("%s does not ask for the command line", shortRef(x))
		}
	}
}

// What the table of the library says to ask for arguments, flags, the user or all
// variables is asked by name, and the names that are asked are those of functions
// and variables of the library.
func TestAsks(t *testing.T) {
	elsewhere := map[string]string{
		"go/build":          "reads what its variable Default holds, or runs the go command",
		"go/doc":            "asks whether the program is a test",
		"net/http/pprof":    "serves what the command line tells by Cmdline",
		"go/importer":       "runs the go command",
		"net/http/cgi":      "is a program of a server",
		"os.Executable":     "lies in a temporary directory",
		"os/exec.Cmd":       "its method Environ is asked by its name",
		"runtime/coverage":  "writes what no test reads",
		"testing.B":         "its methods are asked by their names",
		"testing.M":         "its methods are asked by their names",
		"testing.Init":      "defines flags",
		"testing.Main":      "runs tests",
		"testing.MainStart": "runs tests", "testing.RunTests": "runs tests", "testing.AllocsPerRun": "measures",
	}
	for _, path := range stdPaths(t) {
		names := map[string]bool{}
		for _, f := range stdFiles(t, path) {
			for name := range declared(f) {
				names[name] = true
				ref, a := path+"."+name, answer{}
				a.addListed(graph.External{Path: path, Name: name})
				if std.WorldOf(path, name)&(std.Process|std.Environment) != 0 && len(a.reads) == 0 && elsewhere[path] == "" && elsewhere[ref] == "" {
					t.Errorf("%s asks for nothing", ref)
				}
			}
		}
		for _, entry := range queries.Of(path) {
			list, _, _ := strings.Cut(entry, ":")
			for name := range strings.SplitSeq(list, ",") {
				if name != "*" && path != "io/fs" && !names[name] {
					t.Errorf("there is no %s.%s", path, name)
				}
			}
		}
	}
}

// What is asked is a setting that package settings knows.
func TestAskedSettings(t *testing.T) {
	text, err := os.ReadFile("../../settings/settings.go")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(queries.Text) {
		for _, entry := range strings.Fields(line)[min(1, len(strings.Fields(line))):] {
			_, list, _ := strings.Cut(entry, ":")
			for what := range strings.SplitSeq(strings.ReplaceAll(list, "-", " "), ",") {
				if what != "!" && !strings.HasPrefix(what, "$") && !strings.Contains(string(text), strconv.Quote(what)) {
					t.Errorf("%s: %q is no setting", entry, what)
				}
			}
		}
	}
}

// declared returns the exported names at the top of a file.
func declared(f *ast.File) map[string]bool {
	names := map[string]bool{}
	add := func(id *ast.Ident) {
		if id.IsExported() {
			names[id.Name] = true
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				add(d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					add(spec.Name)
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						add(id)
					}
				}
			}
		}
	}
	return names
}

// What opens files of the machine by names that it is asked for later is known:
// the other file systems of the library are in memory, or what made them has opened
// what they read.
func TestWaiting(t *testing.T) {
	judged := strings.Fields("archive/zip.Reader embed.FS io/fs.Sub mime/multipart.FileHeader net/http.FS os.Root testing/fstest.MapFS")
	for _, path := range stdPaths(t) {
		for _, f := range stdFiles(t, path) {
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || !fn.Name.IsExported() || fn.Type.Results == nil {
					continue
				}
				name := fn.Name.Name
				switch result := lastName(fn.Type.Results.List[0].Type); {
				case fn.Recv == nil && (result == "FS" || result == "FileSystem"):
				case fn.Recv != nil && name == "Open" && result == "File" && ast.IsExported(lastName(fn.Recv.List[0].Type)):
					name = lastName(fn.Recv.List[0].Type)
				default:
					continue
				}
				if !facts.Waits.Has(path+"."+name) && !slices.Contains(judged, path+"."+name) {
					t.Errorf("%s.%s may read the world when it is asked", path, name)
				}
			}
		}
	}
}

// lastName returns the name of a type, without its package.
func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return lastName(e.X)
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// What is said to answer no more than whether it could has one result, an error, and is
// among what the table says of files.
func TestChanging(t *testing.T) {
	found := map[string]string{}
	files, _ := filepath.Glob(filepath.Join(gobuild.Default.GOROOT, "src/os/*.go"))
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Type.Results != nil {
				for _, r := range fn.Type.Results.List {
					found[fn.Name.Name] = strings.TrimPrefix(found[fn.Name.Name]+" "+types.ExprString(r.Type), " ")
				}
			}
		}
	}
	if files == nil {
		t.Skip("no source of Go")
	}
	if !slices.Contains(answerOf(nothing, graph.External{Path: "os", Name: "Chdir"}).reads, Read{readSetting, settings.Reads}) {
		t.Error("os.Chdir tells nothing of what is there")
	}
	for _, full := range strings.Fields(string(changing)) {
		name := strings.TrimPrefix(full, "os.")
		if strings.ReplaceAll(found[name], " error", "") != "error" || std.WorldOf("os", name)&std.Files == 0 {
			t.Errorf("os.%s returns %q", name, found[name])
		}
	}
}
