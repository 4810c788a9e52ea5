// Demo runs the tests of the quickstart example three times, changing one word
// of its vocabulary before the third: a miss, a hit, and a miss that says why.
// It works on a copy of the example, with a store of its own.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("demo: ")
	dir, err := os.MkdirTemp("", "quickstart")
	if err != nil {
		log.Fatal(err)
	}
	err = demo(dir)
	os.RemoveAll(dir)
	if err != nil {
		log.Fatal(err)
	}
}

func demo(dir string) error {
	if err := copyExample(filepath.Join(dir, "quickstart")); err != nil {
		return err
	}
	vocabulary := filepath.Join(dir, "quickstart", "testdata", "vocabulary.txt")
	test := func() error { return run(dir) }
	fmt.Println("The first run builds the index.")
	if err := test(); err != nil {
		return err
	}
	fmt.Println("\nThe second run finds it. (-count=1 keeps go test from not running at all.)")
	if err := test(); err != nil {
		return err
	}
	fmt.Println("\nAfter a word of testdata/vocabulary.txt has changed:")
	words, err := os.ReadFile(vocabulary)
	if err != nil {
		return err
	}
	words = bytes.Replace(words, []byte("zephyr"), []byte("zinc"), 1)
	if err := os.WriteFile(vocabulary, words, 0o644); err != nil {
		return err
	}
	return test()
}

// run runs the copy's tests and prints what cachetest has to say.
func run(dir string) error {
	cmd := exec.Command("go", "test", "-v", "-count=1", "-run", "TestSearch$", ".")
	cmd.Dir = filepath.Join(dir, "quickstart")
	cmd.Env = append(os.Environ(), "CACHETEST_DIR="+filepath.Join(dir, "store"), "GOWORK=off", "GOFLAGS=-mod=mod", "CACHETEST=on")
	fmt.Println("$", strings.Join(cmd.Args, " "))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "cachetest:") || strings.HasPrefix(line, "ok") {
			fmt.Print(line)
		}
	}
	return nil
}

// copyExample makes a module of the example, which uses this checkout.
func copyExample(to string) error {
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/fixturecache/fixturecache").Output()
	if err != nil {
		return fmt.Errorf("run this in a checkout of fixturecache: %w", err)
	}
	repo := strings.TrimSpace(string(root))
	if err := os.CopyFS(to, os.DirFS(filepath.Join(repo, "examples", "quickstart"))); err != nil {
		return err
	}
	mod, err := os.ReadFile(filepath.Join(repo, "go.mod"))
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(mod), "\n")
	text := fmt.Sprintf("module example.com/quickstart\n%s\nrequire github.com/fixturecache/fixturecache v0.0.0\n\nreplace github.com/fixturecache/fixturecache => %s\n", rest, repo)
	if err := os.WriteFile(filepath.Join(to, "go.mod"), []byte(text), 0o644); err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(repo, "go.sum"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, "go.sum"), sum, 0o644)
}
