package fixturecache_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// wordless are directories whose texts are no messages: tables of names, and cases
// of tests.
var wordless = []string{"testdata", "std", "matrix", "third_party"}

// A text is a string of the source that may be a message: it has a space.
type text struct{ place, words string }

// texts returns those of the packages that speak to users.
func texts(t *testing.T) (list []text) {
	t.Helper()
	fset := token.NewFileSet()
	collect := func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(wordless, d.Name()):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field: // its tag is no message
				return n.Tag == nil
			case *ast.BasicLit:
				if s, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && strings.Contains(strings.TrimSpace(s), " ") {
					list = append(list, text{fset.Position(n.Pos()).String(), s})
				}
			}
			return true
		})
		return nil
	}
	for _, dir := range []string{"cachetest", "core"} {
		if err := filepath.WalkDir(dir, collect); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// badWords are what no message says, with the reason.
var badWords = []struct{ pattern, why string }{
	{`\b(fn|func\(\)|callback|closure of fn)\b`, `it is "the build function"`},
	{`\bits function\b|\banother function\b|\bthe function of\b`, `it is "the build function"`},
	{`\b(slot|blob|CAS|singleflight|quarantine)\b`, "a word of ours, which a user does not know"},
	{`(?i)\b(please|sorry|oops|unfortunately|failed to|unable to|could not|cannot be bothered)\b`, "say what cannot be done: \"X cannot be read\""},
	{`\b(invalid|illegal|bad)\b`, "say what is wrong with it"},
	{`nobody (knows|can)|that nobody`, `say what is not known: "cannot be seen"`},
	{`^[^A-Z.]+\.\n?$`, "a message ends without a full stop"},
	{`!\n?$`, "a message does not shout"},
	{`\bvariable(s)? of the environment\b`, `they are "environment variables"`},
	{`'[a-z]+ %[sqv]'|"%[sqv]"`, "%q quotes"},
}

// notSentences are texts of more than one sentence or of none: help, pages, formats of
// tables, source of other languages.
func notSentence(words string) bool {
	return strings.Count(words, "\n") > 1 || strings.ContainsAny(words, "|{}\t")
}

// TestWords holds all messages to the rules of CONTRIBUTING that can be checked: the
// words, and that what they tell users to paste is there.
func TestWords(t *testing.T) {
	all := texts(t)
	if len(all) < 500 {
		t.Fatalf("found %d texts", len(all))
	}
	for _, rule := range badWords {
		re := regexp.MustCompile(rule.pattern)
		for _, m := range all {
			if found := re.FindString(m.words); found != "" && !notSentence(m.words) {
				t.Errorf("%s: %q has %q: %s", m.place, m.words, strings.TrimSpace(found), rule.why)
			}
		}
	}
	checkPastes(t, all)
}

// checkPastes holds what messages name to what there is: what package cachetest
// exports, the verbs of the command, and the environment variables in its help and in
// the README.
func checkPastes(t *testing.T, all []text) {
	t.Helper()
	p, _, _ := parsePackage(t, "cachetest")
	var names []string
	for _, f := range p.Funcs {
		names = append(names, f.Name)
	}
	for _, typ := range p.Types {
		names = append(names, typ.Name)
		for _, f := range typ.Funcs {
			names = append(names, f.Name)
		}
		for _, c := range typ.Consts {
			names = append(names, c.Names...)
		}
	}
	verbs := commandSource(t)
	settings := readDoc(t, "README.md") + readDoc(t, "core/cmd/cachetest/remote.go") + readDoc(t, "docs/ci.md")
	option := regexp.MustCompile(`\bcachetest\.([A-Z]\w*)|\b([A-Z][a-z]\w*)\((?:%q|\)|"%)`)
	verb := regexp.MustCompile(`(?:'|tool )cachetest ([a-z]+)`)
	setting := regexp.MustCompile(`\bCACHETEST_([A-Z_]+[A-Z])\b`)
	for _, m := range all {
		for _, found := range option.FindAllStringSubmatch(m.words, -1) {
			if name := found[1] + found[2]; !slices.Contains(names, name) {
				t.Errorf("%s: %q names cachetest.%s, which is not there", m.place, m.words, name)
			}
		}
		for _, found := range verb.FindAllStringSubmatch(m.words, -1) {
			if found[1] != "help" && !strings.Contains(verbs, `name:  "`+found[1]+`"`) {
				t.Errorf("%s: %q names cachetest %s, which is not there", m.place, m.words, found[1])
			}
		}
		for _, found := range setting.FindAllStringSubmatch(m.words, -1) {
			if !strings.Contains(settings, "_"+found[1]) {
				t.Errorf("%s: %q names CACHETEST_%s, which no document explains", m.place, m.words, found[1])
			}
		}
	}
}

// commandSource is the source of the command.
func commandSource(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("core/cmd/cachetest/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no command", err)
	}
	var b strings.Builder
	for _, file := range files {
		b.WriteString(readDoc(t, file))
	}
	return b.String()
}
