package code

import (
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/graph"
	"github.com/fixturecache/fixturecache/core/internal/code/state"
	"github.com/fixturecache/fixturecache/core/internal/code/world"
	"github.com/fixturecache/fixturecache/core/internal/settings"
)

// Where code of another language may include files of elsewhere, however it names them,
// the test binary counts.
func TestIncluded(t *testing.T) {
	cgo := []string{"x/a.go", "package x\n\n// #include <stdlib.h>\nimport \"C\"\n\nfunc Num() int { return C.V }\n"}
	asm := func(src string, more ...string) []string {
		return append([]string{"x/a.go", "package x\n\nfunc Num() int\n", "x/a.s", src}, more...)
	}
	for _, tc := range []struct {
		reason string
		files  []string
		want   bool
	}{
		{"what the C compiler reads nobody else knows", cgo, true},
		{"another directory", asm("#include \"textflag.h\"\n# include \"../inc/v.h\"\n"), true},
		{"a suffix that is not of source", asm("#include \"v.inc\"\n"), true},
		{"a file of the package, which includes another", asm("#include \"v.h\"\n", "x/v.h", "#include \"../v.h\"\n"), true},
		{"the name in a macro", asm("#define H \"../v.h\"\n#include H\n"), true},
		{"what comes with Go", asm("#include \"textflag.h\"\n#include \"go_asm.h\"\n#include \"funcdata.h\" // \"v.h\"\n"), false},
		{"a file of the package", asm("#include \"v.h\"\n", "x/v.h", "#define V 1\n"), false},
		{"no code of another language", []string{"x/a.go", "package x\n\nfunc Num() int { return 1 }\n", "x/v.h", "#include \"../v.h\"\n"}, false},
	} {
		root := writeTree(t, append([]string{"go.mod", "module m\n", "a_test.go", "package m\n\nimport \"m/x\"\n\nfunc Fn() int { return x.Num() }\n\nfunc Other() {}\n"}, tc.files...)...)
		for fn, want := range map[string]bool{"Fn": tc.want, "Other": false} {
			d, err := FindDeps(isolated(root), fn)
			if err != nil {
				t.Fatal(err)
			}
			if d.DependsOn(settings.Included) != want {
				t.Errorf("%s: %s counts by the binary: %v", tc.reason, fn, !want)
			}
		}
	}
	for _, name := range []string{"funcdata.h", "textflag.h"} {
		if _, err := os.Stat(filepath.Join(build.Default.GOROOT, "pkg", "include", name)); err != nil {
			t.Error(err)
		}
	}
}

// What C keeps may be changed as a package variable may, and has a name by which to say so.
func TestStateOfC(t *testing.T) {
	root := writeTree(t, "go.mod", "module m\n",
		"a.go", "package m\n\n// int n;\nimport \"C\"\n\nfunc Get() int { return int(C.n) }\n\nfunc Set() { C.n++ }\n",
		"a_test.go", "package m\n\nimport \"testing\"\n\nfunc TestSet(t *testing.T) { Set() }\n\nfunc Fn() int { return Get() }\n")
	d, err := FindDeps(isolated(root), "Fn")
	if err != nil || d.Cause.What != "m.C" {
		t.Errorf("%s may be changed, want m.C (%v)", d.Cause.What, err)
	}
}

// What an edit of an import, a name or a directive does to the closure of a
// function that does not change: whatever may change what it does is told.
func TestImportsAndNames(t *testing.T) {
	decode := []string{
		"a_test.go", "package m\n\nimport (\n\t\"image\"\n\t\"io\"\n)\n\nfunc Fn(r io.Reader) { image.DecodeConfig(r) }\n",
		"b.go", "package m\n\nimport used \"image/gif\"\n\nfunc nobody() { used.Decode(nil) }\n",
	}
	hashes := []string{
		"a_test.go", "package m\n\nimport (\n\t\"crypto\"\n\t\"m/sub\"\n)\n\nfunc Fn() bool { sub.Do(); return crypto.SHA512.Available() }\n",
		"sub/b.go", "package sub\n\nimport used \"crypto/sha512\"\n\nfunc Do() {}\n\nvar size = used.Size\n",
	}
	hidden := []string{
		"a_test.go", "package m\n\nimport \"example.com/image-spec/specs-go/v1\"\n\nfunc Fn() string { return specs.join() }\n\nfunc Other() { v1.Do() }\n",
		"b.go", "package m\n\ntype list []string\n\nvar specs = list{\"a\"}\n\nfunc (list) join() string { return \"one\" }\n",
	}
	vague := []string{"a_test.go", "package m\n\nimport \"example.com/semconv/v1.20.0\"\n\nfunc Fn() any { return semconv.Key }\n\nfunc Other() {}\n"}
	dot := []string{"a_test.go", "package m\n\nimport . \"encoding/base32\"\n\nfunc Fn() any { return StdEncoding }\n\nfunc Other() string { return string([]byte{1}) }\n"}
	same := []string{"a_test.go", "package m\n\nimport \"crypto/rand\"\n\nfunc Fn() any { return rand.Read }\n"}
	dotted := []string{"a_test.go", "package m\n\nimport . \"image/color\"\n\nfunc Fn() any { return Palette.Index }\n"}
	at := func(code string) []string {
		return []string{
			"a_test.go", "package m\n\nimport (\n\t_ \"m/at\"\n\t\"time\"\n)\n\nfunc Fn() string { return time.Now().String() }\n",
			"at/at.go", "package at\n\n" + code + "\n",
		}
	}
	uses := func(code, path, use string) []string {
		return append([]string{"a_test.go", "package m\n\nimport (\n\t_ \"m/at\"\n\t\"" + path + "\"\n)\n\nfunc Fn() any { return " + use + " }\n"}, at(code)[2:]...)
	}
	guard := []string{
		"a_test.go", "package m\n\nfunc Fn(x any) bool {\n\tswitch describer := x.(type) {\n\tcase describer:\n\t\t_ = describer\n\t\treturn true\n\t}\n\treturn false\n}\n",
		"b.go", "package m\n\ntype describer interface{ one() }\n",
	}
	clause := []string{
		"a_test.go", "package m\n\nimport y \"m/x\"\n\nfunc Fn() any { return y.T{} }\n\nfunc Other() {}\n",
		"x/x.go", "package x\n\ntype T struct{}\n",
	}
	unsure := func(name, src string) []string {
		return []string{
			"a_test.go", "package m\n\nimport \"m/x\"\n\nfunc Fn() int { return x.One() }\n",
			"x/" + name, src, "x/x.go", "package x\n\nfunc One() int { return 1 }\n",
		}
	}
	named := func(clause string) []string {
		return []string{"a.go", "package m_test\n\nfunc one() int { return 1 }\n", "a_test.go", "package " + clause + "\n\nfunc Fn() int { return one() }\n"}
	}
	caller := []string{
		"a_test.go", "package m\n\nimport \"m/where\"\n\nfunc Fn() int { return where.Line() }\n\nfunc Dir() string { return where.Dir() }\n\nfunc Other() {}\n",
		"where/where.go", "package where\n\nimport \"runtime\"\n\n//line one.go:10\nfunc Line() int {\n\t_, _, line, _ := runtime.Caller(0)\n\treturn line\n}\n\n" +
			"func Dir() string {\n\t_, file, _, _ := runtime.Caller(0)\n\treturn file\n}\n",
	}
	stack := []string{
		"a_test.go", "package m\n\nimport \"m/where\"\n\nfunc Fn() string { return where.Root() }\n",
		"where/where.go", "package where\n\nimport \"runtime\"\n\nfunc Root() string {\n\tb := make([]byte, 99)\n\truntime.Stack(b, false)\n\treturn string(b)\n}\n\nfunc other() {}\n",
	}
	logs := func(src string) []string {
		return []string{
			"a_test.go", "package m\n\nimport \"m/where\"\n\nfunc Fn() any { return where.Fn() }\n",
			"where/where.go", "package where\n\nimport \"log/slog\"\n\n" + src + "\n\nfunc other() {}\n",
		}
	}
	for _, tc := range []struct {
		reason         string
		files          []string
		file, old, new string
		fn, want       string // the subjects that are told
	}{
		{"an import that registers, used where nobody calls", decode, "b.go", "image/gif", "image/png", "Fn", "import of image/png, import of image/gif"},
		{"an import that registers comes", decode, "a_test.go", "\t\"io\"", "\t_ \"image/jpeg\"\n\t\"io\"", "Fn", "import of image/jpeg"},
		{"an import that registers nothing comes", decode, "a_test.go", "\t\"io\"", "\t_ \"encoding/csv\"\n\t\"io\"", "Fn", ""},
		{"an import that registers what the function does not use", decode, "a_test.go", "\t\"io\"", "\t_ \"net/http/pprof\"\n\t\"io\"", "Fn", ""},
		{"a handler of an import, for who serves those", uses("", "net/http", "http.ListenAndServe"), "at/at.go", "package at", "package at\n\nimport _ \"net/http/pprof\"", "Fn", "import of net/http/pprof"},
		{"an import that registers what the function uses by a method", uses("", "crypto", "crypto.MD5.New"), "at/at.go", "package at", "package at\n\nimport _ \"crypto/md5\"", "Fn", "import of crypto/md5"},
		{"an import that brings what registers", uses("", "crypto", "crypto.MD5.New"), "at/at.go", "package at", "package at\n\nimport _ \"net/http\"", "Fn", "import of net/http"},
		{"zones, which are registered without a name that is exported", uses("", "time", "time.LoadLocation"), "at/at.go", "package at", "package at\n\nimport _ \"time/tzdata\"", "Fn", "import of time/tzdata"},
		{"zones, for who has the local time", uses("", "time", "time.Now().String()"), "at/at.go", "package at", "package at\n\nimport _ \"time/tzdata\"", "Fn", "import of time/tzdata"},
		{"an import that registers, for code that is not at hand", uses("import _ \"example.com/x\"", "example.com/x", "x.Decode"), "at/at.go", "package at", "package at\n\nimport _ \"image/png\"", "Fn", "import of image/png"},
		{"zones, for who has no time", decode, "a_test.go", "\t\"io\"", "\t_ \"time/tzdata\"\n\t\"io\"", "Fn", ""},
		{"a hash that registers", hashes, "sub/b.go", "crypto/sha512", "crypto/sha1", "Fn", "import of crypto/sha1, import of crypto/sha512"},
		{"an import of another module", hashes, "sub/b.go", "import used", "import _ \"example.com/x\"\n\nimport used", "Fn", "import of example.com/x"},
		{"a variable that a likely name of an import hides", hidden, "b.go", `"one"`, `"two"`, "Fn", "m.(list).join"},
		{"what the same import is likely not to be called", hidden, "b.go", `"one"`, `"two"`, "Other", ""},
		{"an import of which the name is not known", vague, "a_test.go", "v1.20.0", "v1.21.0", "Fn", "import in a_test.go, import of example.com/semconv/v1.21.0, import of example.com/semconv/v1.20.0"},
		{"the same, for what does not use it", vague, "a_test.go", "v1.20.0", "v1.21.0", "Other", "import of example.com/semconv/v1.21.0, import of example.com/semconv/v1.20.0"},
		{"another import of the same name", same, "a_test.go", "crypto/rand", "math/rand", "Fn", "import in a_test.go"},
		{"another import of the same name, in an edit of the function", same, "a_test.go", "crypto/rand\"\n\nfunc Fn() any { return", "math/rand\"\n\nfunc Fn() any { _ = 1; return", "Fn", "m.Fn"},
		{"a dot import", dot, "a_test.go", "encoding/base32", "encoding/base64", "Fn", "import in a_test.go"},
		{"a dot import that is not used", dot, "a_test.go", "encoding/base32", "encoding/base64", "Other", ""},
		{"a dot import, of which a field is selected", dotted, "a_test.go", "image/color", "image/draw", "Fn", "import in a_test.go"},
		{"an assignment through a dot import", at("import . \"time\"\n\nfunc init() { Local = FixedZone(\"a\", 1) }"), "at/at.go", "1)", "2)", "Fn", "m/at.init"},
		{"an assignment of a field through a dot import", uses("import . \"unicode\"\n\nfunc init() { Latin.R16 = nil }", "unicode", "unicode.Is(unicode.Han, 'a')"), "at/at.go", "nil", "Greek.R16", "Fn", "m/at.init"},
		{"an assignment of a field, for who does not look there", at("import . \"unicode\"\n\nfunc init() { Latin.R16 = nil }"), "at/at.go", "nil", "Greek.R16", "Fn", ""},
		{"a map of a pure package, handed on", uses("import (\n\t\"maps\"\n\t\"unicode\"\n)\n\nfunc init() { maps.Copy(unicode.Scripts, extra(1)) }\n\nfunc extra(int) map[string]*unicode.RangeTable { return nil }", "unicode", "unicode.Scripts"), "at/at.go", "extra(1)", "extra(2)", "Fn", "m/at.init"},
		{"a map of a pure package, by another name", uses("import \"unicode\"\n\nvar _ = func() int { m := unicode.Scripts; m[\"a\"] = nil; return 1 }()", "unicode", "unicode.Scripts"), "at/at.go", `"a"`, `"b"`, "Fn", "m/at._"},
		{"a pointer of a pure package, by another name", at("import \"time\"\n\nfunc init() { p := time.UTC; *p = *time.FixedZone(\"a\", 1) }"), "at/at.go", "1)", "2)", "Fn", "m/at.init"},
		{"a pointer of a pure package, handed to local code", at("import \"time\"\n\nfunc init() { set(time.UTC, 1) }\n\nfunc set(p *time.Location, n int) { *p = *time.FixedZone(\"a\", n) }"), "at/at.go", "1)", "2)", "Fn", "m/at.init"},
		{"a pointer of a pure package, used", at("import \"time\"\n\nvar start = time.Date(1, 2, 3, 4, 5, 6, 7, time.UTC)"), "at/at.go", "1,", "2,", "Fn", ""},
		{"a pure function of a package that is not", at("import \"mime\"\n\nvar kind = mime.FormatMediaType(\"a\", nil)"), "at/at.go", `"a"`, `"b"`, "Fn", ""},
		{"another function of it, for who does not use what that sets", at("import \"mime\"\n\nvar kind = mime.AddExtensionType(\"a\", \"b\")"), "at/at.go", `"a"`, `"b"`, "Fn", ""},
		{"another function of it, for who does", uses("import \"mime\"\n\nvar kind = mime.AddExtensionType(\"a\", \"b\")", "mime", "mime.TypeByExtension"), "at/at.go", `"a"`, `"b"`, "Fn", "m/at.kind"},
		{"a handler", uses("import \"net/http\"\n\nfunc init() { http.Handle(\"a\", nil) }", "net/http", "new(http.Server).Serve"), "at/at.go", `"a"`, `"b"`, "Fn", "m/at.init"},
		{"a handler, for who has none", uses("import \"net/http\"\n\nfunc init() { http.Handle(\"a\", nil) }", "net/url", "url.Parse"), "at/at.go", `"a"`, `"b"`, "Fn", ""},
		{"a type that is registered", uses("import \"encoding/gob\"\n\nfunc init() { gob.RegisterName(\"a\", 1) }", "encoding/gob", "(*gob.Decoder).Decode"), "at/at.go", `"a"`, `"b"`, "Fn", "m/at.init"},
		{"a type that is registered, by way of another package", uses("import \"encoding/gob\"\n\nfunc init() { gob.RegisterName(\"a\", 1) }", "net/rpc", "rpc.Dial"), "at/at.go", `"a"`, `"b"`, "Fn", "m/at.init"},
		{"a format", uses("import \"image\"\n\nfunc init() { image.RegisterFormat(\"a\", \"\", nil, nil) }", "image", "image.Decode"), "at/at.go", `"a"`, `"b"`, "Fn", "m/at.init"},
		{"a driver", uses("import \"database/sql\"\n\nfunc init() { sql.Register(\"a\", nil) }", "database/sql", "sql.Open"), "at/at.go", `"a"`, `"b"`, "Fn", "m/at.init"},
		{"a prefix of the logger", uses("import \"log\"\n\nfunc init() { log.SetPrefix(\"a\") }", "log", "log.Prefix"), "at/at.go", `"a"`, `"b"`, "Fn", "m/at.init"},
		{"a variable that is published", uses("import \"expvar\"\n\nfunc init() { expvar.NewInt(\"a\") }", "expvar", "expvar.Do"), "at/at.go", `"a"`, `"b"`, "Fn", "m/at.init"},
		{"a compressor", uses("import \"archive/zip\"\n\nfunc init() { zip.RegisterDecompressor(uint16(len(\"a\")), nil) }", "archive/zip", "(*zip.File).Open"), "at/at.go", `"a"`, `"bc"`, "Fn", "m/at.init"},
		{"a hash", uses("import \"crypto\"\n\nfunc init() { crypto.RegisterHash(crypto.Hash(len(\"a\")), nil) }", "crypto", "crypto.MD5.New"), "at/at.go", `"a"`, `"bc"`, "Fn", "m/at.init"},
		{"a flag", uses("import \"flag\"\n\nvar _ = flag.Bool(\"a\", true, \"\")", "flag", "flag.Parsed"), "at/at.go", `"a"`, `"b"`, "Fn", "m/at._"},
		{"a flag, by a method", uses("import \"flag\"\n\nvar _ = flag.CommandLine.Bool(\"a\", true, \"\")", "flag", "flag.Parsed"), "at/at.go", `"a"`, `"b"`, "Fn", "m/at._"},
		{"a flag, by a method of what is so called", uses("import \"flag\"\n\nfunc init() { f := flag.CommandLine; f.Bool(\"a\", true, \"\") }", "flag", "flag.Parsed"), "at/at.go", `"a"`, `"b"`, "Fn", "m/at.init"},
		{"a flag, by a method, for who looks at none", uses("import \"flag\"\n\nvar _ = flag.CommandLine.Bool(\"a\", true, \"\")", "fmt", "fmt.Sprint"), "at/at.go", `"a"`, `"b"`, "Fn", ""},
		{"a flag that is kept, and may be set so", uses("import \"flag\"\n\nvar kept = flag.CommandLine.Lookup(\"a\")", "flag", "flag.Parsed"), "at/at.go", `"a"`, `"b"`, "Fn", "m/at.kept"},
		{"a function of the library under another name", uses("import \"unicode\"\n\nvar upper = func() rune { f := unicode.ToUpper; return f('a') }()", "unicode", "unicode.ToLower('A')"), "at/at.go", "'a'", "'b'", "Fn", ""},
		{"a method that only looks", uses("import \"flag\"\n\nvar name = flag.CommandLine.Name() + \"a\"", "flag", "flag.Parsed"), "at/at.go", `"a"`, `"b"`, "Fn", ""},
		{"a flag, for who looks at none", uses("import \"flag\"\n\nvar _ = flag.Bool(\"a\", true, \"\")", "fmt", "fmt.Sprint"), "at/at.go", `"a"`, `"b"`, "Fn", ""},
		{"a key, for who makes another one", uses("import (\n\t\"crypto/rand\"\n\t\"crypto/rsa\"\n)\n\nvar own, _ = rsa.GenerateKey(rand.Reader, 1024)", "crypto/rand", "rand.Reader"), "at/at.go", "1024", "2048", "Fn", ""},
		{"a source of chance, for who draws from it", uses("import \"crypto/rand\"\n\nfunc init() { rand.Reader = nil; _ = 1024 }", "crypto/rand", "rand.Reader"), "at/at.go", "1024", "2048", "Fn", "m/at.init"},
		{"the arguments, sorted", uses("import (\n\t\"os\"\n\t\"sort\"\n)\n\nfunc init() { sort.Strings(os.Args[1:]) }", "flag", "flag.Parse"), "at/at.go", "[1:]", "[2:]", "Fn", "m/at.init"},
		{"the arguments, for who does not look at them", at("import (\n\t\"os\"\n\t\"sort\"\n)\n\nfunc init() { sort.Strings(os.Args[1:]) }"), "at/at.go", "[1:]", "[2:]", "Fn", ""},
		{"the type that a case of a type switch names as its variable", guard, "b.go", "one", "two", "Fn", "m.describer"},
		{"a package clause", clause, "x/x.go", "package x", "package z", "Fn", "package clause of m/x"},
		{"a package clause of what is not reached", clause, "x/x.go", "package x", "package z", "Other", ""},
		{"a first file that a line +build keeps out", unsure("gen.go", "// +build ignore\n\npackage main\n\nfunc main() {}\n"), "x/x.go", "return 1", "return 2", "Fn", "m/x.One"},
		{"a first file that is documentation", unsure("doc.go", "package documentation\n"), "x/x.go", "return 1", "return 2", "Fn", "m/x.One"},
		{"a qualifier that no import is known to have", []string{"a_test.go", "package m\n\nimport \"m/x\"\n\nfunc Fn() int { return y.One() }\n", "x/x.go", "package x\n\nfunc One() int { return 1 }\n"}, "x/x.go", "return 1", "return 2", "Fn", "m/x.One"},
		{"a test of a package whose own name ends in _test", named("m_test"), "a.go", "return 1", "return 2", "Fn", "m.one"},
		{"its external test", named("m_test_test"), "a.go", "return 1", "return 2", "Fn", ""},
		{"a //line directive where lines are asked for", caller, "where/where.go", "one.go:10", "one.go:20", "Fn", "source of where/where.go"},
		{"a //line directive where files are asked for", caller, "where/where.go", "one.go:10", "two.go:10", "Dir", "source of where/where.go"},
		{"a comment where a function asks for its file", caller, "where/where.go", "func Dir", "// A comment.\nfunc Dir", "Dir", "source of where/where.go"},
		{"where it asks for its stack", stack, "where/where.go", "func other", "// A comment.\nfunc other", "Fn", "source of where/where.go"},
		{"where a handler is to tell it", logs("func Fn() any { return &slog.HandlerOptions{AddSource: true} }"), "where/where.go", "func other", "// A comment.\nfunc other", "Fn", "source of where/where.go"},
		{"where that is set by itself", logs("func Fn() any {\n\tvar o slog.HandlerOptions\n\to.AddSource = true\n\treturn o\n}"), "where/where.go", "func other", "// A comment.\nfunc other", "Fn", "source of where/where.go"},
		{"where a handler asks", logs("func Fn() any { return slog.Record.Source }"), "where/where.go", "func other", "// A comment.\nfunc other", "Fn", "source of where/where.go"},
		{"where a handler asks by a method", logs("func Fn() any { return func(r slog.Record) any { return r.Source() } }"), "where/where.go", "func other", "// A comment.\nfunc other", "Fn", "source of where/where.go"},
		{"where a handler asks for something else", logs("func Fn() any { return func(r slog.Record) any { return r.Message } }"), "where/where.go", "func other", "// A comment.\nfunc other", "Fn", ""},
		{"a //line directive where nobody asks", caller, "where/where.go", "one.go:10", "one.go:20", "Other", ""},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			checkEdit(t, tc.files, tc.file, tc.old, tc.new, tc.fn, tc.want)
		})
	}
}

// A name of the language that a package declares is a name like any other. A
// directive leads to what it links, and to nothing else of its package.
func TestNarrowFallbacks(t *testing.T) {
	redeclared := []string{
		"a_test.go", "package m\n\nfunc Fn(s []int) int { return len(s) }\n\nfunc Value() (s string) { return s }\n\nfunc Other() int { return 5 }\n",
		"b.go", "package m\n\nfunc len([]int) int { return 1 }\n\ntype string = text\n\ntype text struct{ one int }\n",
	}
	links := []string{
		"a_test.go", "package m\n\nimport _ \"m/to\"\n\nfunc Fn() int { return pulled() + pushed() + shared }\n\nfunc Clock() int64 { return nanotime() }\n\nfunc Other() int { return 5 }\n",
		"b.go", "package m\n\nimport _ \"unsafe\"\n\n//go:linkname pulled m/to.hidden\nfunc pulled() int\n\nfunc pushed() int\n\n//go:linkname shared m/to.state\nvar shared int\n\n//go:linkname nanotime runtime.nanotime\nfunc nanotime() int64\n",
		"empty.s", "// This file lets functions be declared without a body.\n",
		"to/to.go", "package to\n\nimport _ \"unsafe\"\n\nfunc hidden() int { return 1 }\n\n//go:linkname provided m.pushed\nfunc provided() int { return 2 }\n\nvar state = 3\n\nfunc Unused() int { return 9 }\n",
	}
	symbol := []string{
		"a_test.go", "package m\n\nimport _ \"m/to\"\n\nfunc Fn() int { return named() }\n\nfunc Other() int { return 5 }\n",
		"b.go", "package m\n\nimport _ \"unsafe\"\n\n//go:linkname named a_symbol\nfunc named() int\n",
		"empty.s", "",
		"to/to.go", "package to\n\nimport _ \"unsafe\"\n\n//go:linkname provided a_symbol\nfunc provided() int { return 1 }\n",
	}
	method := []string{
		"a_test.go", "package m\n\nimport \"m/to\"\n\nvar T to.T\n\nfunc Fn() int { return load(nil) }\n",
		"b.go", "package m\n\nimport _ \"unsafe\"\n\n//go:linkname load m/to.(*T).load\nfunc load(p any) int\n",
		"empty.s", "",
		"to/to.go", "package to\n\ntype T struct{}\n\nfunc (*T) load() int { return 1 }\n",
	}
	for _, tc := range []struct {
		reason         string
		files          []string
		file, old, new string
		fn, want       string
		whole          string // the fallback, after "counts: "
	}{
		{"a function named as a predeclared one", redeclared, "b.go", "return 1", "return 2", "Fn", "m.len", ""},
		{"a type named as a predeclared one", redeclared, "b.go", "one int", "two int", "Value", "m.text", ""},
		{"what does not mention it", redeclared, "b.go", "return 1", "return 2", "Other", "", ""},
		{"nor is reached", redeclared, "a_test.go", "return 5", "return 6", "Fn", "", ""},
		{"a function that is linked to", links, "to/to.go", "return 1", "return 3", "Fn", "m/to.hidden", ""},
		{"a function that links itself", links, "to/to.go", "return 2", "return 3", "Fn", "m/to.provided", ""},
		{"a variable that is linked to", links, "to/to.go", "state = 3", "state = 4", "Fn", "m/to.state", ""},
		{"another of that package", links, "to/to.go", "return 9", "return 8", "Fn", "", ""},
		{"another of the package that links", links, "a_test.go", "return 5", "return 6", "Fn", "", ""},
		{"another link", links, "b.go", "runtime.nanotime", "runtime.cputicks", "Clock", "m.nanotime", ""},
		{"another link that is not reached", links, "b.go", "runtime.nanotime", "runtime.cputicks", "Other", "", ""},
		{"a symbol that both name", symbol, "to/to.go", "return 1", "return 3", "Fn", "m/to.provided", ""},
		{"a method", method, "to/to.go", "return 1", "return 3", "Fn", "m/to.(*T).load", ""},
		{"a symbol that nobody else names", symbol, "a_test.go", "return 5", "return 6", "Fn", "m.Other", "b.go links named to a_symbol, which is not known"},
		{"a function that somebody else must provide", links, "a_test.go", "return 5", "return 6", "Fn", "m.Other", "m.pushed has no body"},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			files := slices.Clone(tc.files)
			if tc.whole != "" { // the other end is gone
				i := slices.Index(files, "to/to.go")
				files[i+1] = "package to\n\nvar state int\n\nfunc hidden() int { return 0 }\n"
			}
			checkEdit(t, files, tc.file, tc.old, tc.new, tc.fn, tc.want)
			d, err := FindDeps(isolated(writeTree(t, append([]string{"go.mod", "module m\n"}, files...)...)), tc.fn)
			if err != nil {
				t.Fatal(err)
			}
			want := ""
			if tc.whole != "" {
				want = "all of m counts: " + tc.whole
			}
			if got := strings.Join(d.Fallback, "; "); got != want {
				t.Errorf("fallback %q, not %q", got, want)
			}
		})
	}
}

// What another module calls of our packages counts for what reaches that module, also
// by way of a third, and for nothing else; that it requires a module of ours alone is no
// reason.
func TestCalledBack(t *testing.T) {
	tree := func(t *testing.T, ext string) *Binary {
		root := writeTree(t,
			"cache/cache/download/example.com/far/@v/v1.0.0.mod", "module example.com/far\n\nrequire example.com/ext v1.0.0\n",
			"cache/example.com/far@v1.0.0/far.go", "package far\n\nimport \"example.com/ext\"\n\nfunc Do() { ext.Do() }\n",
			"cache/cache/download/example.com/ext/@v/v1.0.0.mod", "module example.com/ext\n\nrequire m v0.0.0\n",
			"cache/example.com/ext@v1.0.0/ext.go", "package ext\n\n"+ext+"\n",
			"m/go.mod", "module m\n\ngo 1.25.0\n\nrequire (\n\texample.com/ext v1.0.0\n\texample.com/far v1.0.0\n)\n",
			"m/m.go", "package m\n\nimport (\n\t\"example.com/ext\"\n\t\"example.com/far\"\n\t\"log\"\n)\n\nfunc Prefix() string { return log.Prefix() }\n\nfunc Through() { ext.Do() }\n\nfunc Far() { far.Do() }\n\nfunc Plain() {}\n",
			"m/back/back.go", "package back\n\nfunc Back() {}\n",
			"m/plain/plain.go", "package plain\n\nfunc init() { println() }\n\nfunc Plain() {}\n")
		t.Setenv("GOMODCACHE", filepath.Join(root, "cache"))
		return isolated(filepath.Join(root, "m"))
	}
	const calls, does = "import \"m/back\"\n\nfunc Do() { back.Back() }", "func Do() {}"
	for _, tc := range []struct {
		reason, ext, fn string
		linked          []string
		back            bool
	}{
		{"through the module", calls, "Through", nil, true},
		{"through another one", calls, "Far", nil, true},
		{"by the linker's list", calls, "Through", []string{"m", "example.com/ext", "m/back"}, true},
		{"past it", calls, "Plain", nil, false},
		{"by what its initialisation leaves in the library", "import (\n\t\"log\"\n\t\"m/back\"\n)\n\nfunc init() { back.Back(); log.SetPrefix(\"x\") }\n\nfunc Do() {}", "Prefix", nil, true},
		{"required alone", does, "Through", nil, false},
		{"required alone, by the linker's list", does, "Through", []string{"m", "example.com/ext"}, false},
		{"a package that is there for -coverpkg", does, "Plain", []string{"m", "example.com/ext", "m/plain"}, false},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			b := tree(t, tc.ext)
			d, err := depsOf(b, tc.linked, tc.fn)
			if err != nil {
				t.Fatal(err)
			}
			has := slices.ContainsFunc(d.Decls(), func(d Decl) bool { return d.Name == "m/back.Back" })
			if len(d.Fallback) > 0 || has != tc.back {
				t.Errorf("fallback %q, holds m/back.Back: %v", d.Fallback, has)
			}
			if len(d.Modules) != 2 {
				t.Errorf("modules %v", d.Modules)
			}
			if slices.ContainsFunc(d.Decls(), func(d Decl) bool { return d.Name == "m/plain.Plain" }) {
				t.Error("a package counts whole that nobody imports")
			}
		})
	}
}

// A type of a module that is followed counts by its version too: which it is only a run
// can tell.
func TestTypeOfCallingModule(t *testing.T) {
	root := writeTree(t,
		"cache/cache/download/example.com/ext/@v/v1.0.0.mod", "module example.com/ext\n\nrequire m v0.0.0\n",
		"cache/example.com/ext@v1.0.0/ext.go", "package ext\n\ntype T struct{}\n",
		"m/go.mod", "module m\n\ngo 1.25.0\n\nrequire example.com/ext v1.0.0\n",
		"m/m.go", "package m\n\nimport \"example.com/ext\"\n\nvar T ext.T\n")
	t.Setenv("GOMODCACHE", filepath.Join(root, "cache"))
	p, err := isolated(filepath.Join(root, "m")).program(nil)
	if err != nil {
		t.Fatal(err)
	}
	nodes, why := p.graph.WithTypes(nil, "example.com/ext.T")
	if len(nodes) != 1 || why != graph.OutsideTypes {
		t.Errorf("%d roots, %q", len(nodes), why)
	}
	if modules := p.closure(nodes, false, Turn{}, Covered{}).Modules; len(modules) != 1 {
		t.Errorf("modules %v", modules)
	}
}

// What a function of another module runs is not known by declarations, as it may call
// what no local one mentions: the whole binary counts.
func TestFunctionOfOtherModule(t *testing.T) {
	root := writeTree(t,
		"cache/cache/download/example.com/ext/@v/v1.0.0.mod", "module example.com/ext\n\ngo 1.25.0\n",
		"cache/example.com/ext@v1.0.0/ext.go", "package ext\n\nfunc F() {}\n",
		"m/go.mod", "module m\n\ngo 1.25.0\n\nrequire example.com/ext v1.0.0\n",
		"m/m.go", "package m\n\nimport \"example.com/ext\"\n\nvar F = ext.F\n")
	t.Setenv("GOMODCACHE", filepath.Join(root, "cache"))
	p, err := isolated(filepath.Join(root, "m")).program(nil)
	if err != nil {
		t.Fatal(err)
	}
	if nodes, _, _, err := p.roots(Root{Func: Func{File: filepath.Join(root, "cache/example.com/ext@v1.0.0/ext.go"), Line: 3}}); err == nil {
		t.Errorf("%d declarations", len(nodes))
	}
}

// depsOf is FindDeps where the linker has listed what is in the binary.
func depsOf(b *Binary, linked []string, fn string) (*Deps, error) {
	if linked != nil {
		g, err := graph.Load(b.Build, linked, nil)
		if err != nil {
			return nil, err
		}
		b.loaded = &program{g, state.New(g), world.New(g)}
	}
	return FindDeps(b, fn)
}

// This library is part of no closure, nor is what it alone requires: in a
// workspace, where all versions count, and in a vendor directory.
func TestLibraryIsLeftOut(t *testing.T) {
	const require = "require (\n\texample.com/used v1.0.0\n\texample.com/deep v1.0.0 // indirect\n\tgithub.com/fixturecache/fixturecache v1.0.0\n\texample.com/ours v1.0.0 // indirect\n\texample.com/both v1.0.0 // indirect\n)\n"
	code := []string{
		"m/m.go", "package m\n\nimport \"example.com/used\"\n\nfunc M() { used.Do() }\n",
		"m/m_test.go", "package m\n\nimport _ \"github.com/fixturecache/fixturecache/cachetest\"\n",
	}
	root := writeTree(t, append(code,
		"go.work", "go 1.25.0\n\nuse ./m\n",
		"m/go.mod", "module m\n\ngo 1.25.0\n\n"+require,
		"cache/cache/download/example.com/used/@v/v1.0.0.mod", "module example.com/used\n\nrequire (\n\texample.com/deep v1.0.0\n\texample.com/both v1.0.0\n)\n",
		"cache/cache/download/example.com/deep/@v/v1.0.0.mod", "module example.com/deep\n",
		"cache/cache/download/example.com/both/@v/v1.0.0.mod", "module example.com/both\n",
		"cache/cache/download/example.com/ours/@v/v1.0.0.mod", "module example.com/ours\n",
		"cache/cache/download/github.com/fixturecache/fixturecache/@v/v1.0.0.mod", "module github.com/fixturecache/fixturecache\n\nrequire (\n\texample.com/ours v1.0.0\n\texample.com/both v1.0.0\n)\n")...)
	d := depsBesideCache(t, root, "M")
	var modules []string
	for _, m := range d.Modules {
		modules = append(modules, m.Path)
	}
	if got := strings.Join(modules, " "); got != "example.com/both example.com/deep example.com/used" {
		t.Errorf("modules in the closure: %s", got)
	}

	root = writeTree(t, append(code,
		"m/go.mod", "module m\n\ngo 1.25.0\n\n"+require,
		"m/vendor/modules.txt", "# example.com/used v1.0.0\n## explicit; go 1.25.0\nexample.com/used\n# example.com/ours v1.0.0\n## go 1.25.0\nexample.com/ours\n# github.com/fixturecache/fixturecache v1.0.0\n## explicit; go 1.25.0\ngithub.com/fixturecache/fixturecache/cachetest\n",
		"m/vendor/example.com/used/used.go", "package used\n\nfunc Do() {}\n",
		"m/vendor/example.com/ours/ours.go", "package ours\n\nimport \"os\"\n\nvar x = os.Environ()\n",
		"m/vendor/github.com/fixturecache/fixturecache/cachetest/c.go", "package cachetest\n\nimport _ \"example.com/ours\"\n")...)
	linked := []string{"m", "example.com/used", "example.com/ours", "github.com/fixturecache/fixturecache/cachetest"}
	d, err := depsOf(isolated(filepath.Join(root, "m")), linked, "M")
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range d.Decls() {
		if strings.Contains(decl.Name, "ours") || strings.Contains(decl.Name, "fixturecache") {
			t.Errorf("%s is in the closure", decl.Name)
		}
	}
}

// What goes by two names, or by one of the language, is not fixed for how the
// one is used.
func TestStateByOtherNames(t *testing.T) {
	testCause(t, []stateCase{
		{name: "a variable that another links to", src: `
//go:linkname alias m/conf.rows
var alias int
func TestA(t *testing.T) { alias = seed.Rows() }
func fn() int { return conf.Rows() }
-- conf/conf.go --
var rows = 1
func Rows() int { return rows }
`, want: "m.alias"},
		{name: "a function that another links to", src: `
//go:linkname set m/conf.fill
func set(n int)
func TestA(t *testing.T) { set(seed.Rows()) }
func fn() int { return conf.Rows() }
-- conf/conf.go --
var rows = 1
func init() { fill(2) }
func fill(n int) { rows = n }
func Rows() int { return rows }
`, want: "conf.rows"},
		{name: "handed to what looks like a predeclared function", src: `
var rows = []int{1}
func len(list []int) int { list[0] = seed.Rows(); return 1 }
func TestA(t *testing.T) { t.Log(len(rows)) }
func fn() int { return rows[0] }
`, want: "m.rows"},
	})
}
