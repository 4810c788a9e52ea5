package config

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A flatEntry is a key with its value or list of values.
type flatEntry struct {
	key          string
	line, column int // of the key
	values       []string
	isList       bool
}

func (e flatEntry) errorf(format string, args ...any) error {
	return &Error{e.line, e.column, fmt.Sprintf(format, args...)}
}

// A flatParser reads lines of the forms
//
//	key: value            # and comments
//	key: [value, value]
//	key:
//	  - value
//
// A value is plain, or in single or double quotes.
type flatParser struct {
	entries []flatEntry
	line    int
	open    bool // the last entry is a key without a value so far
	indent  int  // of the items of its list; -1 before the first
}

// maxFile bounds what is read: settings are short.
const maxFile = 64 << 10

// maxKey is longer than any key is, and shorter than what YAML takes for one.
const maxKey = 100

func parseFlat(data []byte) ([]flatEntry, error) {
	p := &flatParser{}
	if len(data) > maxFile {
		return nil, &Error{1, 1, fmt.Sprintf("the file is longer than %d bytes", maxFile)}
	}
	for line := range strings.Lines(string(data)) {
		p.line++
		if err := p.add(strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")); err != nil {
			return nil, err
		}
	}
	return p.entries, p.close()
}

//go:noinline
func (p *flatParser) errorf(column int, format string, args ...any) error {
	return &Error{p.line, column + 1, fmt.Sprintf(format, args...)}
}

func (p *flatParser) add(line string) error {
	if !utf8.ValidString(line) {
		return p.errorf(0, "the line is not UTF-8")
	}
	if i := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
		return p.errorf(i, "the line holds a tab or another character that cannot be seen")
	}
	text := strings.TrimLeft(line, " ")
	indent := len(line) - len(text)
	switch {
	case text == "" || text[0] == '#':
		return nil
	case text == "-" || strings.HasPrefix(text, "- "):
		return p.item(text, indent)
	case indent > 0:
		return p.errorf(indent, "the line is indented but is no item of a list")
	}
	if err := p.close(); err != nil {
		return err
	}
	return p.entry(text)
}

// close ends the entry that a list may have followed.
func (p *flatParser) close() error {
	if !p.open {
		return nil
	}
	p.open = false
	if last := p.entries[len(p.entries)-1]; len(last.values) == 0 {
		return last.errorf("%s has no value", last.key)
	}
	return nil
}

func (p *flatParser) item(text string, indent int) error {
	if !p.open || p.indent >= 0 && p.indent != indent {
		return p.errorf(indent, "the item belongs to no list")
	}
	p.indent = indent
	rest := strings.TrimLeft(text[1:], " ")
	value, after, err := p.scalar(rest, indent+len(text)-len(rest), "")
	if err != nil {
		return err
	}
	if err := p.end(after, indent+len(text)-len(after)); err != nil {
		return err
	}
	last := &p.entries[len(p.entries)-1]
	last.values, last.isList = append(last.values, value), true
	return nil
}

func (p *flatParser) entry(text string) error {
	n := strings.IndexFunc(text, func(r rune) bool { return !(r == '_' || r >= 'a' && r <= 'z') })
	if n <= 0 || n > maxKey || text[n] != ':' || n+1 < len(text) && text[n+1] != ' ' {
		return p.errorf(max(n, 0), "expected a key, a colon and a space")
	}
	e := flatEntry{key: text[:n], line: p.line, column: 1}
	rest := strings.TrimLeft(text[n+1:], " ")
	at := len(text) - len(rest)
	if rest == "" || rest[0] == '#' {
		p.entries, p.open, p.indent = append(p.entries, e), true, -1
		return nil
	}
	var err error
	if rest[0] == '[' {
		e.isList = true
		e.values, rest, err = p.flow(rest[1:], at+1)
	} else {
		var value string
		value, rest, err = p.scalar(rest, at, "")
		e.values = []string{value}
	}
	if err != nil {
		return err
	}
	p.entries = append(p.entries, e)
	return p.end(rest, len(text)-len(rest))
}

// flow reads a list up to its closing bracket.
func (p *flatParser) flow(text string, at int) (values []string, rest string, err error) {
	whole := len(text)
	rest = strings.TrimLeft(text, " ")
	for !strings.HasPrefix(rest, "]") || len(values) > 0 {
		var value string
		if value, rest, err = p.scalar(rest, at+whole-len(rest), ",[]{}"); err != nil {
			return nil, "", err
		}
		values = append(values, value)
		rest = strings.TrimLeft(rest, " ")
		if strings.HasPrefix(rest, "]") {
			break
		}
		next, ok := strings.CutPrefix(rest, ",")
		if !ok {
			return nil, "", p.errorf(at+whole-len(rest), "expected a comma or a closing bracket on this line")
		}
		rest = strings.TrimLeft(next, " ")
	}
	return values, rest[1:], nil
}

// end checks that nothing but a comment follows.
func (p *flatParser) end(rest string, at int) error {
	trimmed := strings.TrimLeft(rest, " ")
	if trimmed == "" || trimmed[0] == '#' && len(trimmed) < len(rest) {
		return nil
	}
	return p.errorf(at, "unexpected %q", trimmed)
}

// scalar reads a value; stop are the characters that end a plain one.
func (p *flatParser) scalar(text string, at int, stop string) (value, rest string, err error) {
	switch {
	case text == "":
		return "", "", p.errorf(at, "expected a value")
	case text[0] == '\'':
		return p.quoted(text, at)
	case text[0] == '"':
		return p.doubleQuoted(text, at)
	case strings.ContainsRune("-?:,[]{}#&*!|>%@`", rune(text[0])):
		return "", "", p.errorf(at, "a value that begins with %q must be in quotes", text[0])
	}
	end := len(text)
	if i := strings.Index(text, " #"); i >= 0 {
		end = i
	}
	if i := strings.IndexAny(text[:end], stop); i >= 0 {
		end = i
	}
	value = strings.TrimRight(text[:end], " ")
	for i := range len(value) {
		if value[i] == ':' && (stop != "" || i+1 == len(value) || value[i+1] == ' ') {
			return "", "", p.errorf(at+i, "a value with a colon must be in quotes")
		}
	}
	if i := strings.IndexByte(value, '?'); i >= 0 && stop != "" {
		return "", "", p.errorf(at+i, "a value with a question mark must be in quotes in a list in brackets")
	}
	if special(value) {
		return "", "", p.errorf(at, "%s means something else in YAML: put it in quotes", value)
	}
	return value, text[len(value):], nil
}

// special reports whether YAML takes a plain value for nothing, or for a
// merge.
func special(value string) bool {
	switch value {
	case "~", "null", "Null", "NULL", "<<", "=":
		return true
	}
	return false
}

func (p *flatParser) quoted(text string, at int) (value, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] != '\'' {
			b.WriteByte(text[i])
		} else if i+1 < len(text) && text[i+1] == '\'' {
			b.WriteByte('\'')
			i++
		} else {
			return b.String(), text[i+1:], nil
		}
	}
	return "", "", p.errorf(at, "the quote is not closed on this line")
}

func (p *flatParser) doubleQuoted(text string, at int) (value, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '"':
			return b.String(), text[i+1:], nil
		case text[i] == '\\' && i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\\'):
			i++
			b.WriteByte(text[i])
		case text[i] == '\\':
			return "", "", p.errorf(at+i, `only \" and \\ can stand in double quotes: use single ones`)
		default:
			b.WriteByte(text[i])
		}
	}
	return "", "", p.errorf(at, "the quote is not closed on this line")
}
