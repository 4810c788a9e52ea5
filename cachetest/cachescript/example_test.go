package cachescript_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/fixturecache/fixturecache/cachetest"
	"github.com/fixturecache/fixturecache/cachetest/cachescript"
)

// A test stands for the *testing.T of the test that the example would be.
type test struct{ cachetest.TB }

func (t test) Run(name string, f func(testscript.T)) { f(t); fmt.Println(name, "has run") }
func (t test) Parallel()                             {}
func (t test) Verbose() bool                         { return false }
func (t test) Log(args ...any)                       { t.Logf("%s", fmt.Sprint(args...)) }
func (t test) Skip(args ...any)                      { t.Fatal(args...) }
func (t test) Fatal(args ...any)                     { t.Fatalf("%s", fmt.Sprint(args...)) }
func (t test) FailNow()                              { t.Fatalf("the script has failed") }

var t test

func TestMain(m *testing.M) {
	os.Exit(cachetest.Main(m, func(tb cachetest.TB) {
		t = test{tb}
		os.Setenv("CACHETEST_DIR", tb.TempDir())
	}))
}

// The script testdata/script/greet.txtar says
//
//	fixture names
//	fixture -bin greet
//	exec greet names/names.txt
//	stdout 'hello amber'
func ExampleSetup() {
	p := testscript.Params{Dir: "testdata/script"}
	err := cachescript.Setup(&p,
		cachescript.Dir("names", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "names.txt"), []byte("amber\nbasalt\n"), 0o644)
		}),
		cachescript.GoBuild("greet", "../testdata/greet"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.RunT(t, p) // testscript.Run, in a test
	// Output: greet has run
}
