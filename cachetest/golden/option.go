package golden

import (
	"bytes"
	"regexp"
)

// An Option changes how one golden is found or compared.
type Option func(*config)

type config struct {
	file     string
	steps    []func([]byte) []byte // Scrub and Normalize, in the order given
	binary   bool
	keepCRLF bool
	json     bool // set by JSON: values are compared, and not bytes
}

// File names the golden file itself, relative to the directory that the test
// started in, for goldens that several tests share. A golden directory must lie
// below a directory called testdata, since an update deletes files in it. Goldens
// that packages share should not lie in the testdata/golden of one of them, which
// CACHETEST_UPDATE=clean regards as that package's own.
func File(path string) Option { return func(c *config) { c.file = path } }

// Scrub replaces the matches of re in the result, before it is compared or
// written: times, addresses, temporary paths. In repl, $1 is a submatch.
func Scrub(re *regexp.Regexp, repl string) Option {
	return Normalize(func(b []byte) []byte { return re.ReplaceAll(b, []byte(repl)) })
}

// Normalize passes the result through fn before it is compared or written. Scrub and
// Normalize work in the order given; in a directory, on each file. The golden file is
// never passed through them.
func Normalize(fn func([]byte) []byte) Option {
	return func(c *config) { c.steps = append(c.steps, fn) }
}

// Binary compares byte by byte and shows a difference in hex. Declare such
// files binary to version control too, so that no checkout changes them.
func Binary() Option { return func(c *config) { c.binary = true } }

// KeepCRLF makes \r\n and \n different in text.
func KeepCRLF() Option { return func(c *config) { c.keepCRLF = true } }

// prepare returns got as it is compared and written.
func (c *config) prepare(got []byte) []byte {
	got = c.unixLines(got)
	if len(c.steps) == 0 {
		return got
	}
	for _, step := range c.steps {
		got = step(bytes.Clone(got)) // a step may work in place; got is the caller's
	}
	return c.unixLines(got)
}

// unixLines turns \r\n into \n where line ends do not count. Content with a
// zero byte is left alone: git leaves it alone too.
func (c *config) unixLines(b []byte) []byte {
	if c.binary || c.keepCRLF || bytes.IndexByte(b, 0) >= 0 {
		return b
	}
	return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
}

// same reports whether the golden content want stands for got, which is prepared.
func (c *config) same(want, got []byte) bool {
	return bytes.Equal(want, got) || bytes.Equal(c.unixLines(want), got) || c.json && !c.binary && equalJSON(want, got)
}
