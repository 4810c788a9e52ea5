package cachetest_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/cachetest"
)

// t stands for the *testing.T of the tests that the examples would be part of.
var t cachetest.TB

func TestMain(m *testing.M) {
	os.Exit(cachetest.Main(m, func(tb cachetest.TB) {
		t = tb
		os.Setenv("CACHETEST_DIR", tb.TempDir())
		os.Setenv("CACHETEST", "on")
	}))
}

func primes(below int) ([]int, error) {
	var list []int
	for n := 2; n < below; n++ {
		if !slices.ContainsFunc(list, func(p int) bool { return n%p == 0 }) {
			list = append(list, n)
		}
	}
	return list, nil
}

// The function runs once. Later runs of go test return what it built, until its
// code or the file that it reads changes.
func ExampleMemo() {
	names := cachetest.Memo(t, "names", func() (map[string]int, error) {
		data, err := os.ReadFile("testdata/names.txt")
		if err != nil {
			return nil, err
		}
		lengths := map[string]int{}
		for name := range strings.FieldsSeq(string(data)) {
			lengths[name] = len(name)
		}
		return lengths, nil
	})
	fmt.Println(names)
	// Output: map[amber:5 basalt:6]
}

// Each argument has a value of its own.
func ExampleCall() {
	for _, below := range []int{10, 20} {
		fmt.Println(cachetest.Call(t, "primes", below, primes))
	}
	// Output:
	// [2 3 5 7]
	// [2 3 5 7 11 13 17 19]
}

// Each call gets a copy of the directory, which it may change.
func ExampleDir() {
	fill := func(dir string) error {
		return errors.Join(
			os.WriteFile(filepath.Join(dir, "a.txt"), []byte("a"), 0o644),
			os.WriteFile(filepath.Join(dir, "b.txt"), []byte("b"), 0o644))
	}
	for range 2 {
		dir := cachetest.Dir(t, "corpus", fill)
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		fmt.Println(len(files), err)
		os.Remove(files[0])
	}
	// Output:
	// 2 <nil>
	// 2 <nil>
}

// The file has the name that is the last element of the key.
func ExampleFile() {
	path := cachetest.File(t, "shop/app.db", func(path string) error {
		return os.WriteFile(path, []byte("migrated and filled"), 0o644)
	})
	data, err := os.ReadFile(path)
	fmt.Println(filepath.Base(path), string(data), err)
	// Output: app.db migrated and filled <nil>
}

// theTests stands for the *testing.M of a TestMain.
type theTests struct{}

func (theTests) Run() int {
	fmt.Println("the tests use", filepath.Base(db))
	return 0
}

var (
	m  theTests
	db string
)

// A package has one TestMain:
//
//	func TestMain(m *testing.M) { os.Exit(cachetest.Main(m, setup)) }
func ExampleMain() {
	setup := func(tb cachetest.TB) {
		db = cachetest.File(tb, "main.db", func(path string) error {
			return os.WriteFile(path, []byte("migrated"), 0o644)
		}, cachetest.DeclaredOnly())
		tb.Cleanup(func() { fmt.Println("the tests are over") })
	}
	code := cachetest.Main(m, setup)
	fmt.Println("exit status", code)
	// Output:
	// the tests use main.db
	// the tests are over
	// exit status 0
}

// A function literal that uses a variable of the test around it says so: each
// value has a fixture of its own.
func ExampleWith() {
	for below := range 5 {
		list := cachetest.Memo(t, "captured", func() ([]int, error) { return primes(below) }, cachetest.With("below", below))
		fmt.Println(list)
	}
	// Output:
	// []
	// []
	// []
	// [2]
	// [2 3]
}

// What several fixtures depend on is said once.
func ExampleOptions() {
	fromNames := cachetest.Options(cachetest.Files("testdata/names.txt"), cachetest.MaxAge(24*time.Hour))
	read := func() (string, error) {
		data, err := os.ReadFile("testdata/names.txt")
		return strings.ToUpper(string(data)), err
	}
	fmt.Print(cachetest.Memo(t, "upper", read, fromNames))
	fmt.Print(cachetest.Memo(t, "secret", read, fromNames, cachetest.Local()))
	// Output:
	// AMBER
	// BASALT
	// AMBER
	// BASALT
}

// A test that only reads a tree needs no copy of it.
func ExampleShared() {
	fill := func(dir string) error { return os.Mkdir(filepath.Join(dir, "sub"), 0o755) }
	first := cachetest.Dir(t, "tree", fill, cachetest.Shared())
	second := cachetest.Dir(t, "tree", fill, cachetest.Shared())
	fmt.Println(first == second)
	// Output: true
}

func ExampleGoBuild() {
	greet := cachetest.GoBuild(t, "./testdata/greet", cachetest.GoFlags("-ldflags=-X main.greeting=welcome"))
	out, err := exec.Command(greet, "testdata/names.txt").Output()
	fmt.Print(string(out), err)
	// Output:
	// welcome amber
	// welcome basalt
	// <nil>
}

// What a command reads is not recorded, so it is declared: the data by its name,
// the command, whose name is another one in each run, by its content.
func ExampleFiles() {
	greet := cachetest.GoBuild(t, "./testdata/greet")
	greetings := cachetest.Memo(t, "greetings", func() (string, error) {
		out, err := exec.Command(greet, "testdata/names.txt").Output()
		return string(out), err
	}, cachetest.With("greet", cachetest.Path(greet)), cachetest.Files("testdata/names.txt"))
	fmt.Print(greetings)
	// Output:
	// hello amber
	// hello basalt
}

// A version answers for what a command does, where its content and the files
// that it reads cannot be named.
func ExampleVersion() {
	version := cachetest.Memo(t, "go version", func() (string, error) {
		out, err := exec.Command("go", "env", "GOOS").Output()
		return string(out), err
	}, cachetest.Version("2"))
	fmt.Println(len(version) > 0)
	// Output: true
}
