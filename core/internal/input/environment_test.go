package input

import (
	"strings"
	"testing"
)

func TestEnvironment(t *testing.T) {
	w := &World{Algorithm: XXHash64, Salt: Salt{1}}
	t.Setenv("INPUT_TEST_A", "secret")
	t.Setenv("INPUT_TEST_B", "b")
	was := w.EnvironmentAt(EnvironmentName(nil), 0, nil)
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
	but := w.EnvironmentAt(EnvironmentName([]string{"INPUT_TEST_*"}), 0, nil)
	t.Setenv("INPUT_TEST_A", "third")
	if now := w.EnvironmentAt(but.Name, 0, &but); now.Digest != but.Digest {
		t.Error("a variable that is left out counts")
	}
}
