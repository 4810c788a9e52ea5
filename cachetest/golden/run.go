package golden

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/fixturecache/fixturecache/cachetest"
)

// Unused returns the golden files below testdata/golden that no test of this
// process has asked for so far, by their slash-separated paths.
func Unused() ([]string, error) {
	files, _, err := survey()
	return files, err
}

// survey returns the unused files, and all directories below testdata/golden.
func survey() (files, dirs []string, err error) {
	top := filepath.Join(startDir, root)
	err = filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		loc := root + filepath.ToSlash(strings.TrimPrefix(p, top))
		switch {
		case loc == root && !d.IsDir(): // a link: what it leads to is not ours
		case d.IsDir():
			dirs = append(dirs, loc)
		case !asked.has(loc):
			files = append(files, loc)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		dirs, err = []string{root}, nil // it may be made later
	}
	return files, dirs, err
}

// afterRun lists the unused golden files, and removes those that it may where
// it was asked to. With an error of it the run has failed.
func afterRun(code int) error {
	intent, err := readIntent()
	if err != nil {
		return err
	}
	files, dirs, err := survey()
	if err != nil {
		return err
	}
	tellGoTest(dirs)
	why := partial(code)
	if why != "" && !intent.clean {
		return nil
	}
	tests, err := testDirs()
	if err != nil {
		return err
	}
	var gone []string // files of tests that no test file holds any more
	for _, file := range files {
		dir, _, nested := strings.Cut(strings.TrimPrefix(file, root+"/"), "/")
		switch {
		case nested && declared().MatchString("func "+dir) && tests[fold(dir)] == "": // not named by File, nor put there by hand
			if gone = append(gone, file); !intent.clean {
				fmt.Fprintf(os.Stderr, "golden: no test asked for %s, and no test file holds its test (%s=clean removes it)\n", file, updateVar)
			}
		case why == "":
			fmt.Fprintf(os.Stderr, "golden: no test asked for %s in this run: if no other build asks for it, remove it\n", file)
		}
	}
	if !intent.clean || len(gone) == 0 {
		return nil
	}
	return clean(gone, cmp.Or(why, skipped(tests, dirs)))
}

// partial says why a run did not ask for all golden files of the package, "" if it did.
func partial(code int) string {
	for _, name := range []string{"run", "skip", "short", "fuzz"} {
		if isSet("test." + name) {
			return "-" + name + " was given"
		}
	}
	if code != 0 {
		return "the tests failed"
	}
	if !isSet("test.count") {
		return "no test ran"
	}
	return ""
}

// skipped says which test may have been skipped, "" if none: one that was after it had
// asked for a golden, or one that has golden files and asked for none.
func skipped(tests map[string]string, dirs []string) string {
	asked.mu.Lock()
	defer asked.mu.Unlock()
	if asked.skipped != "" {
		return asked.skipped + " was skipped"
	}
	for _, dir := range dirs {
		_, taken := asked.places[fold(dir)]
		if name := tests[fold(strings.TrimPrefix(dir, root+"/"))]; name != "" && !taken {
			return name + " asked for none of its golden files (it was skipped, or is of another build)"
		}
	}
	return ""
}

// declared matches a function that go test would run, in a comment too: what
// is found keeps golden files from being removed.
var declared = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`func\s+((?:Test|Benchmark|Fuzz)[\pL\pN_]*)`) })

// testDirs returns the test functions in the test files, whatever their build
// tags, by the folded names of the directories of their golden files.
func testDirs() (map[string]string, error) {
	entries, err := os.ReadDir(startDir)
	if err != nil {
		return nil, err
	}
	tests := map[string]string{}
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		src, err := os.ReadFile(filepath.Join(startDir, e.Name()))
		if err != nil {
			return nil, err
		}
		for _, match := range declared().FindAllSubmatch(src, -1) {
			name := string(match[1])
			tests[fold(escape(name))] = name
		}
	}
	return tests, nil
}

// clean removes files below testdata/golden, unless there is a reason why not.
func clean(files []string, why string) error {
	if why == "" && inCI() {
		why = "CI is set"
	}
	if why != "" {
		return fmt.Errorf("%s=clean removed nothing, because %s; it would remove:\n\t%s", updateVar, why, strings.Join(files, "\n\t"))
	}
	for _, file := range files {
		if err := removeFiles(filepath.Join(startDir, root), []string{strings.TrimPrefix(file, root+"/")}); err != nil {
			return fmt.Errorf("%s=clean: %w", updateVar, err)
		}
		fmt.Fprintf(os.Stderr, "golden: removed %s\n", file)
	}
	return nil
}

// Wrap is for TestMain:
//
//	func TestMain(m *testing.M) { os.Exit(golden.Wrap(m).Run()) }
//
// It defines the bool flag -update unless somebody else does, includes
// [cachetest.Wrap], and after a run of the whole package lists the golden files
// that no test asked for. With CACHETEST_UPDATE=clean it removes those whose
// test no test file holds any more, and fails if it may not. It composes with
// others: cachetest.Main(golden.Wrap(m), setup), or
// testscript.Main(golden.Wrap(m), commands), whose commands keep their own flags.
func Wrap(m interface{ Run() int }) interface{ Run() int } { return wrapped{m} }

type wrapped struct{ m interface{ Run() int } }

// Run defines the flag as late as can be: after every init, so that no other
// definition finds ours in its way, and before the flags are parsed; and only
// where tests run, as this process may be another command of testscript.Main.
func (w wrapped) Run() int {
	if flag.Lookup("update") == nil {
		flag.Bool("update", false, "update golden files that differ")
	}
	flags := flag.CommandLine
	code := cachetest.Wrap(w.m).Run()
	flag.CommandLine = flags // a test may have put a set of its own in the place
	if isSet("test.list") || isSet("test.fuzzworker") {
		return code
	}
	if err := afterRun(code); err != nil {
		fmt.Fprintln(os.Stderr, "golden:", err)
		return max(code, 1)
	}
	return code
}

// tellGoTest makes what was looked at after the run an input of go test's
// cached result, as the go command honours lines that are appended to the
// test's log. The log is the go command's: a fault costs a run, no more.
func tellGoTest(dirs []string) {
	f := flag.Lookup("test.testlogfile")
	if f == nil || f.Value.String() == "" {
		return
	}
	log, err := os.OpenFile(f.Value.String(), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return
	}
	defer log.Close()
	fmt.Fprintf(log, "getenv %s\n", updateVar)
	for _, dir := range dirs {
		fmt.Fprintf(log, "open %s\n", filepath.Join(startDir, dir))
	}
}
