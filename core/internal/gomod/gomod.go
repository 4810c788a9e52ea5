// Package gomod reads from a go.mod or go.work of which modules a build is made.
//
// It is there for its weight: golang.org/x/mod/modfile, which can also write such
// files, adds 0.13 MB to each test binary and compiles its regular expressions
// whenever one starts. Its errors say less than those of modfile: the go command has
// read the file before, and refuses a malformed one.
package gomod

import (
	"fmt"
	"go/version"
	"slices"
	"strconv"
	"strings"
)

// A File is a go.mod or go.work. Lines that it has no field for are passed over,
// those of Go versions to come too.
type File struct {
	Module  string
	Go      string // version
	Godebug []string
	Require []Require
	Replace []Replace
	Use     []string
}

// A Version is a module in a version, or a directory where that is empty.
type Version struct{ Path, Version string }

// A Require is a module that is required.
type Require struct {
	Version
	Indirect bool
}

// A Replace says which module is used for another: for each version of it, if that is empty.
type Replace struct{ Old, New Version }

// Parse reads a file. It passes over what the go command passes over in the go.mod of
// a dependency, though that refuses the same in other files.
func Parse(data []byte) (*File, error) {
	f := &File{}
	block, number := "", 0 // the verb of the block that is open
	for line := range strings.Lines(string(data)) {
		number++
		words, comment, err := split(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		last := len(words) - 1
		switch {
		case last < 0 || last > 0 && words[last-1] == "(" && words[last] == ")":
			continue
		case block != "" && words[0] == ")":
			block = ""
			continue
		case block == "" && last > 0 && words[last] == "(":
			block = "block of " + strings.Join(words[:last], " ")
			if last == 1 && words[0] != "go" { // which has no blocks
				block = words[0]
			}
			continue
		case block != "":
			words = append([]string{block}, words...)
		}
		if err := f.add(words[0], words[1:], comment); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	return f, nil
}

// split returns the words of a line, some in quotes, and its comment.
func split(line string) (words []string, comment string, err error) {
	for {
		line = strings.TrimLeft(line, " \t\r")
		if line == "" {
			return words, "", nil
		}
		if comment, ok := strings.CutPrefix(line, "//"); ok {
			return words, comment, nil
		}
		word := line[:wordEnd(line)]
		if isQuote(word[0]) {
			if word, err = strconv.QuotedPrefix(line); err != nil {
				return nil, "", err
			}
		}
		words, line = append(words, word), line[len(word):]
	}
}

func isQuote(c byte) bool { return c == '"' || c == '`' }

// wordEnd returns where the first word ends if it is not in quotes.
func wordEnd(line string) int {
	end := len(line)
	if at := strings.IndexAny(line, " \t\r()[]{},"); at >= 0 {
		end = max(at, 1) // punctuation is a word of its own
	}
	if at := strings.Index(line[:end], "//"); at > 0 {
		end = at
	}
	return end
}

func (f *File) add(verb string, args []string, comment string) error {
	for i, word := range args {
		if isQuote(word[0]) {
			args[i], _ = strconv.Unquote(word) // no error: split took it
		}
	}
	one := len(args) == 1
	switch {
	case verb == "require" && len(args) == 2:
		first, more, _ := strings.Cut(strings.Join(strings.Fields(comment), " "), " ")
		indirect := first == "indirect" && more == "" || first == "indirect;" && more != ""
		f.Require = append(f.Require, Require{Version{args[0], args[1]}, indirect})
	case verb == "go" && one:
		f.Go = goVersion(args[0])
		if !version.IsValid("go" + f.Go) {
			return fmt.Errorf("go %s", args[0])
		}
	case verb == "module" && one:
		f.Module = args[0]
	case verb == "require" || verb == "go" || verb == "module":
		return fmt.Errorf("%s with %d words", verb, len(args))
	case verb == "godebug" && one:
		f.Godebug = append(f.Godebug, args[0])
	case verb == "use" && one:
		f.Use = append(f.Use, args[0])
	case verb == "replace":
		if at := slices.Index(args, "=>"); at > 0 {
			f.Replace = append(f.Replace, Replace{versionOf(args[:at]), versionOf(args[at+1:])})
		}
	}
	return nil
}

func versionOf(words []string) Version {
	words = append(slices.Clip(words), "", "") // for what is not there
	return Version{words[0], words[1]}
}

// goVersion returns the version that the go command reads from the go line of a
// dependency, of which it was not always strict: 1.12 from v1.12.x.
func goVersion(text string) string {
	if version.IsValid("go" + text) {
		return text
	}
	major, rest, _ := strings.Cut(strings.TrimPrefix(text, "v"), ".")
	return major + "." + rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
}

// Escape spells the path or version of a module as the module cache names it: a
// capital letter is the small one after an exclamation mark, as file systems may
// not tell them apart. ok is false for what no module is named.
func Escape(name string) (escaped string, ok bool) {
	var b []byte
	for _, c := range []byte(name) {
		switch {
		case c == '!' || c == '\\' || c <= ' ' || c >= 0x7f:
			return "", false
		case 'A' <= c && c <= 'Z':
			b = append(b, '!', c+'a'-'A')
		default:
			b = append(b, c)
		}
	}
	return string(b), len(b) > 0
}
