package facts

import (
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// What looks at something by its name is what the table of the library says to do
// so, line by line: it reads variables, files or zones, or enters the system.
func TestNamesAreRead(t *testing.T) {
	for line := range strings.Lines(byName.Text) {
		words := strings.Fields(line)
		for _, entry := range words[min(1, len(words)):] {
			name, _, _ := strings.Cut(entry, ":")
			name = strings.TrimSuffix(name, "/")
			if does := std.WorldOf(words[0], name); does&(std.Variables|std.Files|std.Zone|std.Raw) == 0 && !Waits.Has(words[0]+"."+name) && words[0]+"."+name != "os.Args" {
				t.Errorf("%s.%s reads nothing", words[0], name)
			}
		}
	}
}

// The path of the program is told from its arguments where it is read by its constant index.
func TestFirstArgument(t *testing.T) {
	for expr, want := range map[string]bool{
		"os.Args[0]":                          true,
		"(os.Args[0])[1:]":                    true,
		"len(os.Args) > 0 && os.Args[0] != x": true,
		"os.Args[0] + os.Args[1]":             false,
		"os.Args[:1]":                         false,
		"os.Args[0:][0]":                      false,
		"os.Args[zero]":                       false,
		"len(os.Args) > 1":                    false,
		"len(os.Args) == 0":                   false,
		"cap(os.Args) > 0":                    false,
		"os.Getenv(os.Args[0]) + f(os.Args)":  false,
		"func(len func([]string) int) bool { return len(os.Args) > 0 && os.Args[0] == x }": false,
		"func(os struct{ Args []string }) string { return os.Args[0] }":                    false,
	} {
		f := Extract("a.go", []byte("package p\n\nimport \"os\"\n\nvar v = "+expr+"\n"))
		got := false
		for _, a := range f.Decls[len(f.Decls)-1].NamedArgs {
			if a.Func.Sel == "Args" {
				if got = a.Sure && a.Name == "0"; !got {
					break
				}
			}
		}
		if got != want {
			t.Errorf("%s: only the path is read: %t, want %t", expr, got, want)
		}
	}
}
