package golden

import (
	"bytes"
	"fmt"
	"strings"
)

const (
	rowBytes = 16
	maxRows  = 12 // differing rows shown
)

// hexDiff shows where two binary contents differ: row by row, by position. It
// does not look for bytes that moved.
func hexDiff(want, got []byte) string {
	var b strings.Builder
	first, count := compareBytes(want, got)
	fmt.Fprintf(&b, "binary: golden %d bytes, got %d bytes; %d bytes differ, the first at offset %#x (%d)\n",
		len(want), len(got), count, first, first)
	shown, hidden := 0, 0
	for off := max(0, first/rowBytes-1) * rowBytes; off < max(len(want), len(got)); off += rowBytes {
		w, g := row(want, off), row(got, off)
		switch {
		case bytes.Equal(w, g):
			if shown == 0 { // the row before the first difference
				b.WriteString("  " + hexRow(off, w))
			}
		case shown < maxRows:
			shown++
			writeRow(&b, "- ", off, w)
			writeRow(&b, "+ ", off, g)
		default:
			hidden++
		}
	}
	if hidden > 0 {
		fmt.Fprintf(&b, "… %d more rows differ\n", hidden)
	}
	return b.String()
}

// compareBytes returns the first offset at which a and b differ, and how many
// do; what one has beyond the other differs.
func compareBytes(a, b []byte) (first, count int) {
	n := min(len(a), len(b))
	first = n
	for i := range n {
		if a[i] != b[i] {
			first = min(first, i)
			count++
		}
	}
	return first, count + max(len(a), len(b)) - n
}

func row(b []byte, off int) []byte {
	return b[min(off, len(b)):min(off+rowBytes, len(b))]
}

func writeRow(b *strings.Builder, sign string, off int, row []byte) {
	if len(row) > 0 {
		b.WriteString(sign + hexRow(off, row))
	}
}

// hexRow is one line: offset, hex, and the characters that ASCII has.
func hexRow(off int, row []byte) string {
	var hex strings.Builder
	for i := range rowBytes {
		if i == rowBytes/2 {
			hex.WriteByte(' ')
		}
		if i < len(row) {
			fmt.Fprintf(&hex, "%02x ", row[i])
		} else {
			hex.WriteString("   ")
		}
	}
	ascii := bytes.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '.'
		}
		return r
	}, latin1(row))
	return fmt.Sprintf("%08x  %s |%s|\n", off, hex.String(), ascii)
}

// latin1 makes one rune of each byte, so that the ASCII column stays aligned.
func latin1(row []byte) []byte {
	runes := make([]rune, len(row))
	for i, c := range row {
		runes[i] = rune(c)
	}
	return []byte(string(runes))
}

// hexDump shows the first rows of b.
func hexDump(b []byte, rows int) string {
	var s strings.Builder
	for off := 0; off < len(b); off += rowBytes {
		if off == rows*rowBytes {
			fmt.Fprintf(&s, "… %d more bytes\n", len(b)-off)
			break
		}
		s.WriteString(hexRow(off, row(b, off)))
	}
	return s.String()
}
