package build

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestStdPackages(t *testing.T) {
	t.Setenv("CGO_ENABLED", "1") // runtime/cgo is one of them too
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for path := range strings.FieldsSeq(string(out)) {
		listed[path] = true
		if internal := slices.Contains(strings.Split(path, "/"), "internal") || strings.HasPrefix(path, "vendor/"); IsStd(path) == internal {
			t.Errorf("IsStd(%q) is %v", path, !internal)
		}
	}
	for path := range strings.FieldsSeq(stdList) {
		if !listed[path] {
			t.Errorf("there is no package %s", path)
		}
	}
	for _, path := range []string{"text/conf", "log/conf", "images", "text"} {
		if IsStd(path) {
			t.Errorf("%s is taken for one of Go's", path)
		}
	}
}
