// Package binary shows a testscript suite over a built command: the go command
// builds it once, not once in each run and each package that needs it. In an
// unchanged world a look-up of the built command costs a millisecond or two,
// where go build costs 100 ms with everything in its own cache:
//
//	go test -v -count=1 -run 'Scripts|Figures' ./examples/binary
package binary

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/cachetest"
	"github.com/fixturecache/fixturecache/cachetest/cachescript"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestScripts(t *testing.T) {
	p := testscript.Params{Dir: "testdata/script"}
	if err := cachescript.Setup(&p, cachescript.GoBuild("wordcount", "./cmd/wordcount")); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, p)
}

// TestFigures prints what a look-up takes, and what go build takes when it has
// nothing to do but to link.
func TestFigures(t *testing.T) {
	cachetest.GoBuild(t, "./cmd/wordcount")
	start := time.Now()
	cachetest.GoBuild(t, "./cmd/wordcount")
	got := time.Since(start)
	start = time.Now()
	out, err := exec.Command("go", "build", "-o", filepath.Join(t.TempDir(), "wordcount"), "./cmd/wordcount").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("GoBuild, a hit: %v; go build: %v", got, time.Since(start))
}
