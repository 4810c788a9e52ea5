package human

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Visible returns a writer of text for people, JSON or HTML: what names can do to a
// terminal, or hide from a reader, it writes as an escape of JSON and Go, but for
// own sequences. Each write must be of whole characters.
func Visible(w io.Writer, own ...string) io.Writer { return visible{w, own} }

type visible struct {
	w   io.Writer
	own []string
}

func (v visible) Write(p []byte) (int, error) {
	text := string(p)
	if !strings.ContainsFunc(text, hidden) {
		return v.w.Write(p)
	}
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		own := slices.IndexFunc(v.own, func(own string) bool { return strings.HasPrefix(text, own) })
		switch {
		case own >= 0:
			n = len(v.own[own])
			b.WriteString(v.own[own])
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case hidden(r):
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		default:
			b.WriteString(text[:n])
		}
		text = text[n:]
	}
	if _, err := io.WriteString(v.w, b.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// hidden reports whether a character is not shown as it is, lines, columns and
// spaces apart.
func hidden(r rune) bool {
	return r == utf8.RuneError || !strconv.IsPrint(r) && r != '\n' && r != '\t' && !unicode.Is(unicode.Zs, r)
}
