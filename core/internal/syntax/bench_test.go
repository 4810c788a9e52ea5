package syntax

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkParse: the files of cmd/compile/internal/types2, against go/parser
// without comments and object resolution.
func BenchmarkParse(b *testing.B) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Skip("no go command: ", err)
	}
	paths, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "src/cmd/compile/internal/types2/*.go"))
	var srcs []string
	size := 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		srcs, size = append(srcs, string(data)), size+len(data)
	}
	if size == 0 {
		b.Skip("no source of Go")
	}
	b.Run("syntax", func(b *testing.B) {
		b.SetBytes(int64(size))
		b.ReportAllocs()
		var p Parser
		for b.Loop() {
			for _, src := range srcs {
				p.Parse(src, nil)
			}
		}
	})
	b.Run("go-parser", func(b *testing.B) {
		b.SetBytes(int64(size))
		b.ReportAllocs()
		for b.Loop() {
			for _, src := range srcs {
				parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
			}
		}
	})
}
