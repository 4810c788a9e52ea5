package golden

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/module"
)

// root is where golden files lie, below the directory the test started in.
const root = "testdata/golden"

// maxElem bounds one escaped element of a test's name, in bytes: file systems
// stop at 255, and Windows at 260 for the whole path.
const maxElem = 120

// location returns the slash-separated path of a golden, relative to the start
// directory unless the user gave an absolute one.
func location(testName, name string, c *config, dir bool) (string, error) {
	if err := checkPath(name); err != nil {
		return "", fmt.Errorf("the name %q cannot be kept on every system (%v): call it %q", name, err, propose(name))
	}
	if c.file == "" {
		return path.Join(root, escape(testName), name), nil
	}
	file := path.Clean(filepath.ToSlash(c.file))
	if err := checkPath(below(file)); err != nil {
		return "", fmt.Errorf("File(%q) cannot be kept on every system (%v): call it %q", c.file, err, propose(below(file)))
	}
	if dir && !strings.Contains("/"+path.Dir(file)+"/", "/testdata/") {
		return "", fmt.Errorf("File(%q) of a golden directory must lie below testdata, since an update deletes files in it: call it %q",
			c.file, path.Join(root, path.Base(below(file))))
	}
	return file, nil
}

// below returns the part of a cleaned path that names something of ours:
// without leading ".." elements, volume and slash.
func below(file string) string {
	file = strings.TrimPrefix(file, filepath.ToSlash(filepath.VolumeName(filepath.FromSlash(file))))
	file = strings.TrimPrefix(file, "/")
	for strings.HasPrefix(file, "../") {
		file = file[len("../"):]
	}
	return file
}

// checkPath refuses what a module's zip file or a git index cannot hold.
func checkPath(name string) error {
	if err := module.CheckFilePath(name); err != nil {
		return cmp.Or(errors.Unwrap(err), err) // an InvalidPathError names name again
	}
	for elem := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(elem, ".git") {
			return fmt.Errorf("git does not keep %q", elem)
		}
	}
	return nil
}

// checkNames refuses names in a directory that version control or a module's zip
// file cannot hold.
func checkNames(names []string) error {
	var errs []error
	taken := registry{places: map[string]place{}}
	quoted := func(name string) string { return fmt.Sprintf("%q", name) }
	for _, name := range names {
		err := checkPath(name)
		if err != nil {
			err = fmt.Errorf("%q cannot be kept on every system (%v): call it %q", name, err, propose(name))
		} else {
			_, err = taken.claim(name, "", false, quoted)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// propose returns a name near to name that checkPath takes.
func propose(name string) string {
	return eachElem(path.Clean("/" + strings.ReplaceAll(name, `\`, "/"))[1:], func(elem string) string {
		elem = strings.TrimRight(strings.Map(func(r rune) rune {
			if runeOK(r) {
				return r
			}
			return '-'
		}, elem), ".")
		if elem != "" && checkPath(elem) != nil { // CON, .git
			elem = "_" + strings.TrimLeft(elem, ".")
		}
		return cmp.Or(elem, "golden")
	})
}

// eachElem replaces each element of a path.
func eachElem(name string, replace func(elem string) string) string {
	elems := strings.Split(name, "/")
	for i, elem := range elems {
		elems[i] = replace(elem)
	}
	return strings.Join(elems, "/")
}

// runeOK reports whether an element of a path may hold r.
func runeOK(r rune) bool { return module.CheckFilePath("x"+string(r)+"x") == nil && r != '/' }

// escape returns a test's name as a path that checkPath takes. Two names never
// share a path, but for the accident of two hashes being equal.
func escape(testName string) string { return eachElem(testName, escapeElem) }

// escapeElem writes as %XX each byte that a path may not hold, and % itself;
// nothing as %; the end of a long element as %- and a hash of the whole.
func escapeElem(elem string) string {
	var b strings.Builder
	for rest := elem; rest != ""; {
		r, n := utf8.DecodeRuneInString(rest)
		if r == '%' || !runeOK(r) {
			b.WriteString(percent(rest[:n]))
		} else {
			b.WriteString(rest[:n])
		}
		rest = rest[n:]
	}
	s := b.String()
	switch {
	case s == "":
		return "%"
	case strings.HasSuffix(s, "."):
		s = s[:len(s)-1] + percent(".")
	}
	if checkPath(s) != nil { // a device of Windows, .git
		_, n := utf8.DecodeRuneInString(s)
		s = percent(s[:n]) + s[n:]
	}
	if len(s) > maxElem {
		sum := sha256.Sum256([]byte(elem))
		s = fmt.Sprintf("%s%%-%x", strings.ToValidUTF8(s[:maxElem-20], ""), sum[:8])
	}
	return s
}

func percent(s string) string { return "%" + strings.ReplaceAll(fmt.Sprintf("% X", s), " ", "%") }
