package golden

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Unused returns the golden files below testdata/golden that no test of this
// process has asked for so far, by their slash-separated paths.
func Unused() ([]string, error) {
	files, _, err := survey()
	return files, err
}

// survey returns the unused files, and all directories below testdata/golden.
func survey() (files, dirs []string, err error) {
	err = filepath.WalkDir(filepath.Join(startDir, root), func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(startDir, p)
		if err != nil {
			return err
		}
		loc := filepath.ToSlash(rel)
		switch {
		case loc == root && !d.IsDir(): // a link: what it leads to is not ours
		case d.IsDir():
			dirs = append(dirs, loc)
		case !isTemp(d.Name()) && !asked.has(loc):
			files = append(files, loc)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		dirs, err = []string{root}, nil // which may come to be
	}
	return files, dirs, err
}

// afterRun lists the unused golden files, and removes those that it may where
// it was asked to. Its errors are such that the run has failed.
func afterRun(m runner, code int) error {
	in, err := readIntent()
	if err != nil {
		return err
	}
	files, dirs, err := survey()
	if err != nil {
		return err
	}
	tellGoTest(dirs)
	why := partial(code)
	if why != "" && !in.clean {
		return nil
	}
	tests, err := testNames(startDir)
	if err != nil {
		return err
	}
	gone, kept := split(files, tests)
	if in.clean && len(gone) > 0 {
		return clean(gone, cmp.Or(why, skipped(m, tests, dirs)))
	}
	if why == "" {
		list(os.Stderr, gone, kept, tests)
	}
	return nil
}

// partial says why a run did not ask for all that the package has.
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

// skipped says which test may have been skipped: one that said so after it had
// asked for a golden, or one of this binary that has golden files and asked for
// none. For a runner that is no *testing.M the latter is any test of the files.
func skipped(m runner, tests map[string]string, dirs []string) string {
	asked.mu.Lock()
	defer asked.mu.Unlock()
	if asked.skipped != "" {
		return asked.skipped + " was skipped"
	}
	active := map[string]bool{}
	for _, c := range asked.claims {
		top, _, _ := strings.Cut(c.by, "/")
		active[top] = true
	}
	for name := range tests {
		if !active[name] && slices.Contains(dirs, path.Join(root, escape(name))) && inBinary(m, name) {
			return name + " asked for none of its golden files (skipped?)"
		}
	}
	return ""
}

// inBinary says whether a *testing.M has a test of that name. Its list is not
// exported; where it cannot be read the answer is yes, and nothing is removed.
func inBinary(m runner, name string) bool {
	v := reflect.ValueOf(m)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return true
	}
	list := v.Elem().FieldByName("tests")
	if list.Kind() != reflect.Slice {
		return true
	}
	for i := range list.Len() {
		field := reflect.Indirect(list.Index(i)).FieldByName("Name")
		if field.Kind() != reflect.String || field.String() == name {
			return true
		}
	}
	return !strings.HasPrefix(name, "Test")
}

// declared matches a function that go test would run, in a comment too: what
// is found keeps golden files from being removed.
var declared = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`func\s+((?:Test|Benchmark|Fuzz)[\pL\pN_]*)`) })

// testNames returns the test functions in the test files of dir, whatever their
// build tags, each with a file that holds it.
func testNames(dir string) (map[string]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		src, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		for _, match := range declared().FindAllSubmatch(src, -1) {
			names[string(match[1])] = e.Name()
		}
	}
	return names, nil
}

// split separates the files of tests that no test file holds from the others.
// A file that lies under no test's name was named by File or put there by hand.
func split(files []string, tests map[string]string) (gone, kept []string) {
	for _, file := range files {
		dir, _, nested := strings.Cut(strings.TrimPrefix(file, root+"/"), "/")
		if nested && declared().MatchString("func "+dir) && owner(file, tests) == "" {
			gone = append(gone, file)
		} else {
			kept = append(kept, file)
		}
	}
	return gone, kept
}

// owner returns the test to which a golden file belongs by its path, if a test
// file holds one.
func owner(file string, tests map[string]string) string {
	dir, _, _ := strings.Cut(strings.TrimPrefix(file, root+"/"), "/")
	for name := range tests {
		if fold(escape(name)) == fold(dir) {
			return name
		}
	}
	return ""
}

// list tells of unused golden files.
func list(w io.Writer, gone, kept []string, tests map[string]string) {
	for _, file := range gone {
		fmt.Fprintf(w, "golden: no test asked for %s, and no test file holds its test (%s=clean removes it)\n", file, updateVar)
	}
	for _, file := range kept {
		why := "it lies under no test's name"
		if name := owner(file, tests); name != "" {
			why = fmt.Sprintf("%s is in %s", name, tests[name])
		}
		fmt.Fprintf(w, "golden: no test asked for %s in this run (%s: if no other build asks for it, remove it)\n", file, why)
	}
}

// clean removes files below testdata/golden, unless there is a reason why not.
func clean(files []string, why string) error {
	if why == "" && inCI() {
		why = "CI is set"
	}
	if why != "" {
		return fmt.Errorf("%s=clean removed nothing, because %s; it would remove:\n\t%s", updateVar, why, strings.Join(files, "\n\t"))
	}
	dir, err := os.OpenRoot(filepath.Join(startDir, root))
	if err != nil {
		return err
	}
	defer dir.Close()
	for _, file := range files {
		rel := strings.TrimPrefix(file, root+"/")
		if err := dir.Remove(filepath.FromSlash(rel)); err != nil {
			return fmt.Errorf("%s=clean: %w", updateVar, err)
		}
		fmt.Fprintf(os.Stderr, "golden: removed %s\n", file)
		for p := path.Dir(rel); p != "." && dir.Remove(filepath.FromSlash(p)) == nil; p = path.Dir(p) {
		}
	}
	return nil
}
