package std

import (
	"flag"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the table")

func loaded(t *testing.T) *library {
	l := newLibrary(runtime.GOOS, runtime.GOARCH)
	for _, path := range publicPackages(l.context.GOROOT) {
		l.Import(path) // those that are of other systems have no files
	}
	l.lookAtVars()
	return l
}

func TestTable(t *testing.T) {
	l := loaded(t)
	var parts []string
	for _, path := range subjects {
		start := time.Now()
		part, err := l.derive(path)
		if err != nil {
			t.Fatal(err)
		}
		if testing.Verbose() {
			t.Log(path, time.Since(start).Round(time.Millisecond), len(part))
		}
		parts = append(parts, part)
	}
	text := strings.Join(parts, "\n")
	if *update {
		if err := os.WriteFile("table.go", []byte(sourceOf(runtime.Version(), text)), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if text != table {
		t.Error("the table is not what the source of the standard library says: go test ./core/internal/code/std -run Table -update writes it")
	}
}
