package input

import (
	"os"
	"strings"
	"testing"
)

func TestEnvironment(t *testing.T) {
	w := &World{Algorithm: XXHash64, Salt: Salt{1}}
	t.Setenv("INPUT_TEST_A", "secret")
	t.Setenv("INPUT_TEST_B", "b")
	was := w.EnvironmentAt(EnvironmentName("", nil), 0, nil)
	if strings.Contains(was.Detail, "secret") || !strings.Contains(was.Detail, "INPUT_TEST_A ") {
		t.Errorf("detail %q", was.Detail)
	}
	for _, tc := range []struct {
		name, value, want string
		reason            string
	}{
		{"INPUT_TEST_A", "other", "env INPUT_TEST_A changed", "a value"},
		{"INPUT_TEST_C", "", "env INPUT_TEST_C set (was unset)", "one that is empty is set"},
		{"SHLVL", "77", "", "it is volatile"},
		{"OLDPWD", "/elsewhere", "", "it is volatile"},
		{"_", "/bin/other", "", "it is volatile"},
		{"GOCOVERDIR", "/tmp/x", "", "it is volatile"},
		{"CACHETEST_UPDATE", "1", "", "our own settings are no inputs"},
		{"CACHETESTER", "1", "env CACHETESTER set (was unset)", "it is none of ours"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv(tc.name, tc.value)
			other := &World{Algorithm: XXHash64, Salt: Salt{2}} // of the record to be made
			now := other.EnvironmentAt(was.Name, 0, &was)
			var texts []string
			for _, r := range Compare(&was, &now) {
				texts = append(texts, r.Text)
			}
			if got := strings.Join(texts, ", "); got != tc.want {
				t.Errorf("got %q, want %q (%s)", got, tc.want, tc.reason)
			}
		})
	}
	some := w.EnvironmentAt(EnvironmentName("INPUT_TEST_", []string{"*_B"}), 0, nil)
	if list := listEnvironment(&some); list != "1 variable" || some.Name != "INPUT_TEST_* but *_B" {
		t.Errorf("of names that begin alike: %s, in %q", list, some.Name)
	}
	t.Setenv("OTHER", "1")
	if now := w.EnvironmentAt(some.Name, 0, &some); now.Digest != some.Digest {
		t.Error("a variable of another name counts")
	}
	t.Setenv("input_test_c", "1") // which INPUT_TEST_C may stand for, on Windows
	now := w.EnvironmentAt(some.Name, 0, &some)
	if reasons := Compare(&some, &now); len(reasons) != 1 || reasons[0].Text != "env input_test_c set (was unset)" {
		t.Errorf("one more: %v", reasons)
	}
	none := w.EnvironmentAt(EnvironmentName("INPUT_TEST_NONE_", nil), 0, nil)
	if list := listEnvironment(&none); list != "0 variables" {
		t.Errorf("none: %s", list)
	}
	t.Setenv("INPUT_TEST_NONE_A", "1")
	now = w.EnvironmentAt(none.Name, 0, &none)
	if reasons := Compare(&none, &now); len(reasons) != 1 {
		t.Errorf("the first of them: %v", reasons)
	}
	but := w.EnvironmentAt(EnvironmentName("", []string{"INPUT_TEST_*"}), 0, nil)
	t.Setenv("INPUT_TEST_A", "third")
	if now := w.EnvironmentAt(but.Name, 0, &but); now.Digest != but.Digest {
		t.Error("a variable that is left out counts")
	}
}

// A test has the go command's own directory in front of its PATH; a command that is run
// by itself has not: see TestPathOfTests of package admin.
func TestEnvironmentOfTests(t *testing.T) {
	list := func(dirs ...string) string { return strings.Join(dirs, string(os.PathListSeparator)) }
	t.Setenv("PATH", list("go", "other"))
	world := func(goBin string) *World {
		path := os.Getenv("PATH")
		return &World{Algorithm: XXHash64, GoBin: goBin, Began: func() map[string]string { return map[string]string{"PATH": path} }}
	}
	was, alone := world("").EnvironmentAt(EnvironmentName("", nil), Began, nil), world("").EnvAt("PATH", Began, nil)
	for _, tc := range []struct {
		path, bin string
		same      bool
	}{
		{list("go", "other"), "go", true},
		{"other", "go", true},
		{"other", "newer", false},
		{"other", "", false},
		{list("more", "other"), "go", false},
	} {
		t.Setenv("PATH", tc.path)
		now, nowAlone := world(tc.bin).EnvironmentAt(was.Name, Began, &was), world(tc.bin).EnvAt("PATH", Began, &alone)
		if all, path := now.Digest == was.Digest, nowAlone.Digest == alone.Digest; all != tc.same || path != tc.same {
			t.Errorf("PATH=%s, go command in %q: %v that all is the same, %v that PATH is", tc.path, tc.bin, all, path)
		}
	}
}
