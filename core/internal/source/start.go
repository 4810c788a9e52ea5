package source

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// startDir is asked for before a test can change directory: a few microseconds.
var startDir = workingDir()

// workingDir is os.Getwd, which would be logged as a read of $PWD.
func workingDir() string {
	dir, err := syscall.Getwd()
	if err != nil {
		return ""
	}
	return spelled(dir, env("PWD"))
}

// spelled returns a working directory as os.Getwd does, and with it the go
// command: in the spelling of $PWD, which may lead through symbolic links, where
// that is the same directory. The names of the files that it compiles, and where
// it looks for go.mod and go.work, follow from that spelling.
func spelled(dir, pwd string) string {
	if !filepath.IsAbs(pwd) {
		return dir
	}
	a, err1 := quiet.StatPath(pwd)
	b, err2 := quiet.StatPath(dir)
	if err1 == nil && err2 == nil && a.Inode != 0 && a.Inode == b.Inode && a.Device == b.Device {
		return pwd
	}
	return dir
}

// atStart is the listing of the package's directory when the process began:
// tests may write files beside the source, which changes the directory's time,
// before its source is asked for. Only a test binary lists it, for some
// microseconds.
var atStart = listStart()

type listing struct {
	stat  quiet.Stat
	names []string
}

func listStart() listing {
	if !slices.ContainsFunc(os.Args[1:], func(arg string) bool { return strings.HasPrefix(arg, "-test.") }) {
		return listing{}
	}
	st, err := quiet.StatPath(startDir)
	if err != nil {
		return listing{}
	}
	names, _ := SourceFiles(startDir)
	return listing{st, names}
}

// SourceFiles lists the files of a directory that the go command may compile
// into a package, or that such a file may include, sorted by name.
func SourceFiles(dir string) ([]string, error) {
	entries, err := quiet.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if isSource(e.Name()) && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// sourceSuffixes are the suffixes of such files.
var sourceSuffixes = []string{".go", ".s", ".S", ".sx", ".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".m", ".f", ".F", ".for", ".f90", ".swig", ".swigcxx", ".syso"}

func isSource(name string) bool {
	return name[0] != '_' && name[0] != '.' && slices.Contains(sourceSuffixes, filepath.Ext(name))
}
