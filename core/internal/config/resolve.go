package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A FileError says what is wrong with the file. It is wrong on every machine, unlike
// an environment variable, or a file that cannot be read.
type FileError struct{ error }

// Read reads the file of the module at root: an empty one if there is none. It
// looks at it as at any other input, since what it says may change what a test
// does. The file is strict: an unknown or repeated key is an error with its line
// and column.
func Read(root logged.Root) (*File, error) {
	path := Path(root)
	if path == "" {
		return &File{}, nil
	}
	st, err := root.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &File{}, nil
	}
	if err == nil && !st.Mode.IsRegular() { // to open it might be to wait
		err = errors.New(path + " is not a file")
	}
	var data []byte
	if err == nil {
		data, err = unlogged.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the settings cannot be read: %w", err)
	}
	file, err := Parse(data)
	if err != nil {
		return nil, &FileError{fmt.Errorf("%s:%w", path, err)}
	}
	return file, nil
}

// Path is where the file of the module at root lies; "" without a module.
func Path(root logged.Root) string {
	if root.Physical == "" {
		return ""
	}
	return filepath.Join(root.Physical, Name)
}

// An Origin says where a setting comes from: a variable, the file with its path,
// "default" or "option".
type Origin struct{ Name, From string }

// Resolve returns the settings in force: those given, else those of variables, else
// those of the file at path. The lists of both add up. The directory of the file
// may be relative, to its own: some CI caches must lie inside the checkout. The
// variables are read so that go test's result cache does not learn of them: they
// change no result.
func (f *File) Resolve(options File, path string) (s File, origins []Origin, err error) {
	file := *f
	if file.Dir = filepath.FromSlash(f.Dir); f.Dir != "" && !filepath.IsAbs(file.Dir) {
		file.Dir = filepath.Join(filepath.Dir(path), file.Dir)
	}
	s = options
	s.Ignore, s.Env = append(slices.Clip(options.Ignore), file.Ignore...), append(slices.Clip(options.Env), file.Env...)
	set, inFile, inOptions := reflect.ValueOf(&s).Elem(), reflect.ValueOf(&file).Elem(), reflect.ValueOf(&options).Elem()
	for i := range keys {
		key, from := &keys[i], "default"
		value, _ := syscall.Getenv(key.variable)
		isList, says := set.Field(i).Kind() == reflect.Slice, !inFile.Field(i).IsZero()
		switch {
		case !inOptions.Field(i).IsZero() && !(isList && says):
			from = "option"
		case value != "":
			from = key.variable
			if key.name == "dir" && !filepath.IsAbs(value) {
				return s, nil, errors.New("CACHETEST_DIR=" + value + " is not an absolute path: each package's tests run in a directory of their own")
			}
			if e := s.Set(key.name, value); e != nil && err == nil {
				err = fmt.Errorf("%s: %w", from, e)
			}
		case says:
			from = path
			if !isList {
				set.Field(i).Set(inFile.Field(i))
			}
		}
		origins = append(origins, Origin{key.name, from})
	}
	return s, origins, err
}
