package golden

import (
	"bytes"
	"encoding/hex"
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
	short, long := min(len(want), len(got)), max(len(want), len(got))
	first, count := short, long-short // what one has beyond the other differs
	for i := range short {
		if want[i] != got[i] {
			first = min(first, i)
			count++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "binary: golden %d bytes, got %d bytes; %d bytes differ, the first at offset %#x (%d)\n",
		len(want), len(got), count, first, first)
	rows := 0
	for off := max(0, first/rowBytes-1) * rowBytes; off < long; off += rowBytes {
		w, g := row(want, off), row(got, off)
		if bytes.Equal(w, g) {
			if rows == 0 { // the row before the first difference
				b.WriteString(hexRow("  ", off, w))
			}
			continue
		}
		if rows++; rows <= maxRows {
			b.WriteString(hexRow("- ", off, w) + hexRow("+ ", off, g))
		}
	}
	if rows > maxRows {
		fmt.Fprintf(&b, "… %d more rows differ\n", rows-maxRows)
	}
	return b.String()
}

func row(b []byte, off int) []byte { return b[min(off, len(b)):min(off+rowBytes, len(b))] }

// hexRow is one line: offset, hex, and the characters that ASCII has.
func hexRow(sign string, off int, row []byte) string {
	if len(row) == 0 {
		return ""
	}
	return fmt.Sprintf("%s%08x", sign, off) + hex.Dump(row)[8:]
}
