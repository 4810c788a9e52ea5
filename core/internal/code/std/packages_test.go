package std

import (
	"go/build"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestIsPackage(t *testing.T) {
	t.Setenv("CGO_ENABLED", "1") // runtime/cgo is one of them too
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		t.Fatal(err)
	}
	for path := range strings.FieldsSeq(string(out)) {
		if internal := slices.Contains(strings.Split(path, "/"), "internal") || strings.HasPrefix(path, "vendor/"); IsPackage(path) == internal {
			t.Errorf("IsPackage(%q) is %v", path, !internal)
		}
	}
	for path := range packages() { // of a newer version it may be anybody's
		if _, err := os.Stat(filepath.Join(build.Default.GOROOT, "src", filepath.FromSlash(path))); err != nil && !isNewer() {
			t.Errorf("%q is taken for one of Go's: %v", path, err)
		}
	}
	for _, path := range []string{"text/conf", "log/conf", "images", "text", ""} {
		if IsPackage(path) {
			t.Errorf("%q is taken for one of Go's", path)
		}
	}
}
