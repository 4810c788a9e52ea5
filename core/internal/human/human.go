// Package human writes sizes and times as people do, and reads them, and shows names
// that anybody may have chosen so that they do nothing to a terminal.
package human

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Milliseconds writes a duration with three digits or so.
func Milliseconds(ms float64) string {
	switch {
	case ms == 0:
		return "0s"
	case ms < 10:
		return strconv.FormatFloat(ms, 'f', 1, 64) + "ms"
	case ms < 1000:
		return strconv.FormatFloat(ms, 'f', 0, 64) + "ms"
	case ms < 100_000:
		return strconv.FormatFloat(ms/1000, 'f', 2, 64) + "s"
	}
	return time.Duration(ms * float64(time.Millisecond)).Round(time.Second).String()
}

// Duration is Milliseconds of a time.Duration.
func Duration(d time.Duration) string { return Milliseconds(float64(d.Microseconds()) / 1000) }

// Size writes a number of bytes in decimal units, as ls -h --si does.
func Size(n int64) string {
	value := float64(n)
	for _, unit := range []string{"kB", "MB", "GB"} {
		if value /= 1000; value < 999.95 || unit == "GB" {
			if n < 1000 {
				break
			}
			return strconv.FormatFloat(value, 'f', 1, 64) + " " + unit
		}
	}
	return strconv.FormatInt(n, 10) + " B"
}

// Ago writes how long ago something was: "just now", "5m ago", "3h ago", "12d ago".
func Ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < 2*time.Hour:
		return fmt.Sprintf("%dm ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh ago", int(d.Hours()))
	}
	return fmt.Sprintf("%dd ago", int(d.Hours()/24))
}

// Count writes a number of things: "1 record", "2 records".
func Count[N int | int64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

var sizeUnits = []struct {
	suffix string
	bytes  float64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1}, {"", 1},
}

// ParseSize reads a size: "5GB", "512 MiB", "1000".
func ParseSize(text string) (int64, error) {
	for _, unit := range sizeUnits {
		number, ok := strings.CutSuffix(text, unit.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || n < 0 || n*unit.bytes > math.MaxInt64/2 {
			break
		}
		return int64(n * unit.bytes), nil
	}
	return 0, fmt.Errorf("%q is not a size: write it as 5GB, 500MB or a number of bytes", text)
}

// ParseAge reads an age: "30d", "2w", and what time.ParseDuration takes.
func ParseAge(text string) (time.Duration, error) {
	for suffix, unit := range map[string]time.Duration{"d": 24 * time.Hour, "w": 7 * 24 * time.Hour} {
		if number, ok := strings.CutSuffix(text, suffix); ok {
			n, err := strconv.ParseFloat(number, 64)
			if err == nil && n >= 0 && n*float64(unit) < math.MaxInt64/2 {
				return time.Duration(n * float64(unit)), nil
			}
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return d, nil
	}
	return 0, fmt.Errorf("%q is not an age: write it as 30d, 2w or 12h", text)
}

// Age writes an age as ParseAge reads it.
func Age(d time.Duration) string {
	if day := 24 * time.Hour; d >= day && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// Plain returns text as a terminal shows it: control characters, escapes and
// marks that turn the direction of writing are quoted.
func Plain(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) || r == utf8.RuneError }) {
		return strconv.Quote(text)
	}
	return text
}

// PlainLines is Plain for each line of a text.
func PlainLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Plain(line)
	}
	return strings.Join(lines, "\n")
}

// Visible returns a writer of text for people, JSON or HTML. It writes characters that
// act on a terminal, or hide from a reader, as escapes of JSON and Go, but leaves own
// sequences. Each write must be of whole characters.
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
