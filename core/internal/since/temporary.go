package since

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Temp says where a process makes temporary files.
type Temp struct {
	Dirs  []string    // in which they are made, with and without symbolic links
	Began Moment      // when the process began
	Root  logged.Root // of its module
}

// Has reports whether a path is, or lies below, something in the temporary
// directory that was made since this process began: a directory, or a file with
// a name as os.CreateTemp makes them; or that is gone and had such a name. A file
// that was there before is an input like any other, and so is one that takes the place
// of another in an old directory. A module that lies in the temporary directory is no
// temporary file.
func (t *Temp) Has(path string) bool {
	at, elements := t.split(path)
	_, inModule := t.Root.Rel(path)
	if _, tempInModule := t.Root.Rel(at); inModule && !tempInModule {
		return false
	}
	for _, element := range elements {
		at += separator + element
		st, err := unlogged.LstatPath(at)
		if err != nil {
			return randomName(element)
		}
		if (st.Mode.IsDir() || randomName(element)) && t.bornHere(at, st) {
			return true
		}
	}
	return false
}

const separator = string(os.PathSeparator)

// split returns the temporary directory that a path lies in, and the elements below
// that: none if it lies in none.
func (t *Temp) split(path string) (dir string, elements []string) {
	for _, dir := range t.Dirs {
		if rest, ok := strings.CutPrefix(path, dir+separator); ok {
			return dir, strings.Split(rest, separator)
		}
	}
	return "", nil
}

// IsFixed reports whether a path lies in the temporary directory under names that
// may be the same in each run, and in any process.
func (t *Temp) IsFixed(path string) bool {
	_, elements := t.split(path)
	return len(elements) > 0 && !slices.ContainsFunc(elements, randomName)
}

// bornHere reports whether a file was made since this process began. Where the
// file system does not say, the name and the time of the last change must do.
func (t *Temp) bornHere(path string, st unlogged.Stat) bool {
	if born, ok := birthTime(path); ok {
		return t.Began.stamp(born) != Unchanged
	}
	return st.ChangeTime >= t.Began.Low && randomName(path[strings.LastIndexByte(path, os.PathSeparator)+1:])
}

// randomDigits is how many digits in a row make a name one of os.MkdirTemp's,
// which appends a random number of 32 bits: fewer than five are one in 40,000.
const randomDigits = 5

func randomName(name string) bool {
	run := 0
	for _, c := range []byte(name) {
		if c < '0' || c > '9' {
			run = 0
		} else if run++; run >= randomDigits {
			return true
		}
	}
	return false
}

// Before reports whether a temporary file was made before a moment: it and each
// directory on the way to it. Unless sure, it was made within the same tick of the
// clock, or the system does not tell.
func (t *Temp) Before(path string, m Moment) (before, sure bool) {
	sure = true
	at, elements := t.split(path)
	for _, element := range elements {
		at += separator + element
		born, ok := birthTime(at)
		if !ok {
			st, err := unlogged.LstatPath(at)
			if err != nil {
				return false, true
			}
			if born = st.ChangeTime; born > m.High {
				sure = false // made, or only changed
				continue
			}
		}
		switch m.stamp(born) {
		case Changed:
			return false, true
		case Unsure:
			sure = false
		}
	}
	return true, sure
}

// Untouched reports whether a directory, made before a moment, got no entry and
// lost none since it was made.
func Untouched(dir string, m Moment) bool {
	st, err := unlogged.StatPath(dir)
	born, known := birthTime(dir)
	return err == nil && (st.ModTime < m.Low || known && st.ModTime == born)
}

// IsTestTop reports whether a path is named like the directory that holds the
// TempDirs of a test: package testing opens and removes it when the test ends,
// which may be while another test builds.
func IsTestTop(path string) bool {
	name := filepath.Base(path)
	return randomName(name) && isTest(name)
}

func isTest(name string) bool {
	return strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Benchmark") || strings.HasPrefix(name, "Fuzz")
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789") == "" }

// OfTest reports whether a path lies in the TempDir of a test, which has left
// its name there, and whether that may be a test's own, or one that it is a subtest
// of: digits follow the name, which may be those of another subtest. Below it the
// directories that t.TempDir returns have three digits.
func (t *Temp) OfTest(path, test string) (own, inTest bool) {
	_, elements := t.split(path)
	if len(elements) < 2 || !isTest(elements[0]) || len(elements[1]) != 3 || !isNumber(elements[1]) {
		return false, false
	}
	for name := test; name != ""; name = name[:max(0, strings.LastIndexByte(name, '/'))] {
		if random, ok := strings.CutPrefix(elements[0], inFileName(name)); ok && isNumber(random) {
			return true, true
		}
	}
	return false, true
}

// inFileName returns the part of a test's name that t.TempDir keeps (makeTempDir in
// package testing).
func inFileName(test string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("!#$%&()+,-.=@^_{}~ ", r) {
			return r
		}
		return -1
	}, test[:min(len(test), 64)])
}
