package golden_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/cachetest"
	"github.com/fixturecache/fixturecache/cachetest/golden"
)

// A test stands for the *testing.T of the tests that the examples would be part
// of: a golden file has the name of its test.
type test struct {
	cachetest.TB
	name string
}

func (t test) Name() string { return t.name }

// Errorf prints what a test's log would hold, but for the command that updates
// the golden file.
func (t test) Errorf(format string, args ...any) {
	text, _, _ := strings.Cut(fmt.Sprintf(format, args...), "to update it:")
	fmt.Println(text)
}

var t test

func TestMain(m *testing.M) {
	os.Exit(cachetest.Main(m, func(tb cachetest.TB) {
		t = test{tb, "TestRender"}
		os.Unsetenv("CACHETEST_UPDATE")
	}))
}

func render(title string) string { return "<h1>" + title + "</h1>\n" }

// The golden files are testdata/golden/TestRender/page.html and list.html, which
// CACHETEST_UPDATE=1 go test writes. The first is what the test made; the other
// differs.
func ExampleEqual() {
	golden.Equal(t, "page.html", render("amber"))
	golden.Equal(t, "list.html", render("basalt"))
	// Output:
	// golden: testdata/golden/TestRender/list.html differs (-golden +got):
	// --- testdata/golden/TestRender/list.html
	// +++ got
	// @@ -1,1 +1,1 @@
	// -<h1>amber</h1>
	// +<h1>basalt</h1>
}

// The golden directory is testdata/golden/TestRender/site.
func ExampleDir() {
	dir := t.TempDir()
	err := errors.Join(
		os.WriteFile(filepath.Join(dir, "index.html"), []byte(render("index")), 0o644),
		os.WriteFile(filepath.Join(dir, "about.html"), []byte(render("about")), 0o644))
	fmt.Println(err)
	golden.Dir(t, "site", dir)
	// Output: <nil>
}
