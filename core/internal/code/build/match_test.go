package build

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Each word that the toolchain knows of file names is known here as the same.
func TestWordsOfFileNames(t *testing.T) {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "src", "internal", "syslist", "syslist.go"))
	if err != nil {
		t.Skip("no source of Go: ", err)
	}
	for table, known := range map[string]string{"KnownOS": systems, "UnixOS": unixes, "KnownArch": processors} {
		_, list, _ := strings.Cut(string(src), "var "+table+" = ")
		list, _, _ = strings.Cut(list, "\n}")
		words := map[string]bool{}
		for _, m := range regexp.MustCompile(`"(\w+)":\s+true`).FindAllStringSubmatch(list, -1) {
			words[m[1]] = true
		}
		if len(words) == 0 {
			t.Errorf("%s is not found in the toolchain", table)
		}
		for _, m := range regexp.MustCompile(`"(\w+)":`).FindAllStringSubmatch(string(src), -1) {
			if isOneOf(known, m[1]) != words[m[1]] {
				t.Errorf("%s: %s is %v", table, m[1], isOneOf(known, m[1]))
			}
		}
	}
}

// The files that may be compiled are those that package go/build tells apart by
// their names.
func TestSourceSuffixes(t *testing.T) {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "src", "go", "build", "build.go"))
	if err != nil {
		t.Skip("no source of Go: ", err)
	}
	_, body, _ := strings.Cut(string(src), "\nfunc fileListForExt(")
	body, _, _ = strings.Cut(body, "\n}")
	want := []string{".go"}
	for _, m := range regexp.MustCompile(`"(\.\w+)"`).FindAllStringSubmatch(body, -1) {
		want = append(want, m[1])
	}
	got := slices.Sorted(slices.Values(sourceSuffixes))
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
