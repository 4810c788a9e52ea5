package main

import (
	"encoding/json"
	"strings"
	"testing"
)

const adversarial = "../../internal/code/testdata/adversarial/"

func cachetest(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	t.Setenv("GOWORK", "off")
	var out, errs strings.Builder
	code = run(args, &out, &errs)
	return out.String(), errs.String(), code
}

func TestDeps(t *testing.T) {
	out, _, code := cachetest(t, "deps", "./"+adversarial+"byname", "TestByName")
	for _, line := range []string{"example.com/adv/byname.(Page).Secret\tbyname/byname.go:11\n", "example.com/adv/byname.(*Page).Other\tbyname/byname.go:13\n", "example.com/adv/byname.TestByName\tbyname/byname_test.go:5\n"} {
		if !strings.Contains(out, line) {
			t.Errorf("no line %q in\n%s", line, out)
		}
	}
	if code != 0 {
		t.Errorf("code %d", code)
	}
}

func TestDepsJSON(t *testing.T) {
	out, _, _ := cachetest(t, "deps", "-json", "./"+adversarial+"asm", "TestAdd")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var last struct {
		Summary struct {
			Decls, Lines int
			TotalDecls   int `json:"total_decls"`
			TotalLines   int `json:"total_lines"`
			Fallbacks    []string
		}
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		t.Fatal(err)
	}
	// All of the package counts, so both numbers are of the same declarations.
	if s := last.Summary; s.Decls != s.TotalDecls || s.Lines != s.TotalLines || s.Decls == 0 || s.Decls >= len(lines)-1 || s.TotalLines < s.TotalDecls || len(s.Fallbacks) != 1 {
		t.Errorf("%d lines, then %+v", len(lines), s)
	}
}

func TestDepsWhy(t *testing.T) {
	out, _, _ := cachetest(t, "deps", "-why", "plugin.helper", "./"+adversarial+"plugin", "TestRegistry")
	if !strings.HasSuffix(out, "example.com/adv/plugin.helper\tplugin/plugin.go:9\n") || strings.Count(out, "\n") < 3 {
		t.Errorf("%s", out)
	}
	if _, errs, code := cachetest(t, "deps", "-why", "unrelated", "./"+adversarial+"plugin", "TestRegistry"); code != 1 || !strings.Contains(errs, "is not in the closure of TestRegistry") {
		t.Errorf("%d %s", code, errs)
	}
}

func TestBadUse(t *testing.T) {
	for _, args := range [][]string{{}, {"nonsense"}, {"deps"}, {"deps", "-nonsense"}} {
		if _, errs, code := cachetest(t, args...); code != 2 || errs == "" {
			t.Errorf("%q: code %d, %q", args, code, errs)
		}
	}
	if _, errs, code := cachetest(t, "deps", "./"+adversarial+"plugin", "TestNone"); code != 1 || !strings.Contains(errs, "no function TestNone") {
		t.Errorf("%d %s", code, errs)
	}
}
