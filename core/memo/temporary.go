package memo

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/quiet"
	"github.com/fixturecache/fixturecache/core/internal/trace"
)

// temporary reports whether a path lies below something in the temporary
// directory that was made since this process began, or that is gone and had a
// name as os.MkdirTemp makes them. What lay there before is an input like any
// other.
func temporary(path string) bool {
	for _, dir := range tempDirs() {
		rest, ok := strings.CutPrefix(path, dir+string(os.PathSeparator))
		if !ok {
			continue
		}
		at := dir
		for element := range strings.SplitSeq(rest, string(os.PathSeparator)) {
			at += string(os.PathSeparator) + element
			st, err := quiet.LstatPath(at)
			if err != nil {
				return randomName(element)
			}
			if bornSince(at, st, trace.Start.Time) {
				return true
			}
		}
	}
	return false
}

// bornSince reports whether a file was made after a time. Where the file
// system does not say, the name and the time of the last change must do.
func bornSince(path string, st quiet.Stat, since time.Time) bool {
	limit := since.Add(-clockStep).UnixNano()
	if born, ok := birthTime(path); ok {
		return born >= limit
	}
	return st.ChangeTime >= limit && randomName(path[strings.LastIndexByte(path, os.PathSeparator)+1:])
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

// outputInputs looks for what an output must not hold (the path of a temporary
// file, which will be gone) and for what ties it to this checkout.
func (b *builder) outputInputs(data []byte, ins []input.Input) ([]input.Input, *notStored) {
	for _, dir := range tempDirs() {
		prefix := []byte(dir + string(os.PathSeparator))
		for rest := data; ; {
			i := bytes.Index(rest, prefix)
			if i < 0 {
				break
			}
			path := dir + string(os.PathSeparator) + firstElement(rest[i+len(prefix):])
			if temporary(path) {
				return nil, &notStored{"temporary", fmt.Sprintf("its value holds the temporary path %s, which will be gone", path)}
			}
			rest = rest[i+len(prefix):]
		}
	}
	root := b.world.Root
	for _, dir := range []string{root.Physical, root.Lexical} {
		if len(dir) > 1 && bytes.Contains(data, []byte(dir)) && findIn(ins)(input.Checkout, "checkout") == nil {
			return []input.Input{checkoutInput(b.world)}, nil
		}
	}
	return nil, nil
}

// firstElement is the path element that text begins with.
func firstElement(text []byte) string {
	end := bytes.IndexFunc(text, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`/\"':;,()<>|`, r)
	})
	if end < 0 {
		end = len(text)
	}
	return string(text[:min(end, 255)])
}
