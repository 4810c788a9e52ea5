package config

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A flatEntry is a key with its value or list of values. It has no values where
// nothing followed the key.
type flatEntry struct {
	key    string
	line   int
	values []string
	isList bool
}

func (e flatEntry) errorf(format string, args ...any) error {
	return errorAt(e.line, 1, format, args)
}

// A flatParser reads lines of the forms
//
//	key: value            # and comments
//	key: [value, value]
//	key:
//	  - value
//
// A value is a word, or in single or double quotes, which end at the next quote:
// nothing in them stands for something else.
type flatParser struct {
	entries    []flatEntry
	line       int
	text, rest string // the line, and the part of it that was not read yet
	indent     int    // of the items of the last entry; before the first of them anyIndent, without a list noList
}

const (
	noList    = -2
	anyIndent = -1
)

func parseFlat(data []byte) ([]flatEntry, error) {
	p := &flatParser{indent: noList}
	for line := range strings.Lines(string(data)) {
		p.line++
		p.text = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		p.rest = p.text
		if err := p.add(); err != nil {
			return nil, err
		}
	}
	return p.entries, nil
}

// column returns where the rest of the line begins, from 0.
func (p *flatParser) column() int { return len(p.text) - len(p.rest) }

// errorf says what is wrong with the rest of the line.
func (p *flatParser) errorf(format string, args ...any) error {
	return errorAt(p.line, p.column()+1, format, args)
}

// skip passes over n bytes and the spaces after them.
func (p *flatParser) skip(n int) { p.rest = strings.TrimLeft(p.rest[n:], " ") }

func (p *flatParser) add() error {
	if i := strings.IndexFunc(p.text, func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }); i >= 0 {
		p.rest = p.text[i:]
		return p.errorf("the line holds a tab or another character that cannot be seen, or is not UTF-8")
	}
	p.skip(0)
	switch {
	case p.rest == "" || p.rest[0] == '#':
		return nil
	case p.rest == "-" || strings.HasPrefix(p.rest, "- "):
		return p.item()
	case p.column() > 0:
		return p.errorf("the line is indented but is no item of a list")
	}
	return p.entry()
}

func (p *flatParser) item() error {
	if p.indent == anyIndent {
		p.indent = p.column()
	}
	if p.indent != p.column() {
		return p.errorf("the item belongs to no list")
	}
	p.skip(1)
	value, err := p.scalar(false)
	if err != nil {
		return err
	}
	last := &p.entries[len(p.entries)-1]
	last.values, last.isList = append(last.values, value), true
	return p.end()
}

func (p *flatParser) entry() (err error) {
	n := strings.IndexFunc(p.rest, func(r rune) bool { return !(r == '_' || r >= 'a' && r <= 'z') })
	if n <= 0 || p.rest[n] != ':' || n+1 < len(p.rest) && p.rest[n+1] != ' ' {
		return p.errorf("expected a key, a colon and a space")
	}
	e := flatEntry{key: p.rest[:n], line: p.line}
	p.skip(n + 1)
	p.indent = noList
	switch {
	case p.rest == "" || p.rest[0] == '#':
		p.indent = anyIndent
		p.rest = ""
	case p.rest[0] == '[':
		e.isList = true
		e.values, err = p.flow()
	default:
		var value string
		value, err = p.scalar(false)
		e.values = []string{value}
	}
	if err != nil {
		return err
	}
	p.entries = append(p.entries, e)
	return p.end()
}

// flow reads a list in brackets.
func (p *flatParser) flow() (values []string, err error) {
	p.skip(1)
	for !strings.HasPrefix(p.rest, "]") || len(values) > 0 {
		value, err := p.scalar(true)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
		p.skip(0)
		if strings.HasPrefix(p.rest, "]") {
			break
		}
		if !strings.HasPrefix(p.rest, ",") {
			return nil, p.errorf("expected a comma or a closing bracket on this line")
		}
		p.skip(1)
	}
	p.rest = p.rest[1:]
	return values, nil
}

// end checks that nothing but a comment follows.
func (p *flatParser) end() error {
	at := p.rest
	if p.skip(0); p.rest == "" || p.rest[0] == '#' && p.rest != at {
		return nil
	}
	return p.errorf("unexpected %q: other values than words must be in quotes", p.rest)
}

// scalar reads a value. In brackets a colon in a word may begin a mapping.
func (p *flatParser) scalar(inBrackets bool) (value string, err error) {
	if p.rest != "" && (p.rest[0] == '\'' || p.rest[0] == '"') {
		return p.quoted(p.rest[:1])
	}
	value = p.rest[:len(p.rest)-len(strings.TrimLeftFunc(p.rest, inWord))]
	switch {
	case p.rest == "":
		return "", p.errorf("expected a value")
	case value == "" || strings.ContainsRune("-*+%@=~:", rune(value[0])), inBrackets && strings.Contains(value, ":"),
		strings.HasSuffix(value, ":"), strings.EqualFold(value, "null"):
		return "", p.errorf("this value must be in quotes, as YAML may take it for something else")
	}
	p.rest = p.rest[len(value):]
	return value, nil
}

// inWord reports whether a value without quotes may have a character.
func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(`_./\-*+%@=~:`, r)
}

func (p *flatParser) quoted(quote string) (value string, err error) {
	value, rest, ok := strings.Cut(p.rest[1:], quote)
	switch {
	case !ok:
		return "", p.errorf("the quote is not closed on this line")
	case strings.HasPrefix(rest, quote), quote == `"` && strings.Contains(value, `\`):
		return "", p.errorf("a value with a quote or a backslash must be in quotes of the other kind")
	}
	p.rest = rest
	return value, nil
}
