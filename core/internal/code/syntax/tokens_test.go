package syntax

import (
	"bytes"
	gobuild "go/build"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTokens(t *testing.T) {
	same := []string{
		"func f(a int) int { return a + 1 }",
		"func f(a int) int {\n\t// why\n\treturn a + 1\n}",
		"func f(\n\ta int,\n) int {\n\treturn a /* x */ + 1\n}\n",
		"func f(a int) int { return a+1; }",
	}
	for _, s := range same {
		if got := string(AppendTokens(nil, []byte(s))); got != string(AppendTokens(nil, []byte(same[0]))) {
			t.Errorf("%q gives %q", s, got)
		}
	}
	different := []string{"a = b - -c", "a = b --c", "x := `a b`", "x := `a  b`", "a; b", "a b", "f(a)\ng(b)", "f(a) g(b)", "a <- b", "a < -b", "'a'", "\"a\"", "\"// no\"", "\"\"", "a &^ b", "a & ^b", "x.y", "x. y z"}
	seen := map[string]string{}
	for _, s := range different {
		got := string(AppendTokens(nil, []byte(s)))
		if o, ok := seen[got]; ok {
			t.Errorf("%q and %q give the same tokens", s, o)
		}
		seen[got] = s
	}
}

// What AppendTokens gives tells the tokens that go/scanner finds in the source: no
// two sources with the same bytes have other tokens, but for those that layout
// alone asks for.
func TestTokensTellThoseOfTheScanner(t *testing.T) {
	var files []string
	for _, pattern := range []string{"src/encoding/json/*.go", "src/go/types/*.go", "src/math/*.go", "src/net/http/*.go", "src/strconv/*.go", "test/*.go", "test/fixedbugs/*.go"} {
		found, _ := filepath.Glob(filepath.Join(gobuild.Default.GOROOT, pattern))
		files = append(files, found...)
	}
	count := 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		want, ok := scanned(src)
		if !ok {
			continue
		}
		got, _ := scanned(bytes.ReplaceAll(AppendTokens(nil, src), []byte{0}, []byte{' '}))
		if count += len(want); slices.Equal(got, want) {
			continue
		}
		i := 0
		for i < min(len(got), len(want)) && got[i] == want[i] {
			i++
		}
		t.Errorf("%s: after %q: got %q, want %q", file, want[max(i-5, 0):i], got[i:min(i+3, len(got))], want[i:min(i+3, len(want))])
	}
	if count < 500_000 && len(files) > 0 {
		t.Errorf("only %d tokens were compared", count)
	}
}

// scanned returns the tokens of source, and whether all are right. Numbers and /=
// are taken apart; semicolons and commas count only where they tell something.
func scanned(src []byte) (list []string, ok bool) {
	var s scanner.Scanner
	ok = true
	s.Init(token.NewFileSet().AddFile("", -1, len(src)), src, func(token.Position, string) { ok = false }, 0)
	trim := func(what ...string) {
		for _, what := range what {
			if n := len(list); n > 0 && list[n-1] == what {
				list = list[:n-1]
			}
		}
	}
	apart := strings.NewReplacer("+", " + ", "-", " - ")
	for {
		_, tok, lit := s.Scan()
		switch tok {
		case token.EOF:
			trim(";")
			return list, ok
		case token.SEMICOLON:
			trim(";")
			if n := len(list); n == 0 || !token.IsKeyword(list[n-1]) || slices.Contains([]string{"break", "continue", "fallthrough", "return"}, list[n-1]) {
				list = append(list, ";")
			}
		case token.RPAREN, token.RBRACK, token.RBRACE:
			trim(";", ",")
			list = append(list, tok.String())
		case token.INT, token.FLOAT, token.IMAG:
			if strings.HasPrefix(lit, ".") {
				list, lit = append(list, "."), lit[1:]
			}
			list = append(list, strings.Fields(apart.Replace(lit))...)
		case token.QUO_ASSIGN:
			list = append(list, "/", "=")
		default:
			if lit == "" || tok.IsOperator() {
				lit = tok.String()
			}
			list = append(list, lit)
		}
	}
}
