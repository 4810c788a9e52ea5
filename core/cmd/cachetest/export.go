package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/fixturecache/fixturecache/core/internal/admin"
	"github.com/fixturecache/fixturecache/core/internal/archive"
	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

var exportVerb = verb{
	name:  "export",
	args:  "-o FILE [-all] [PATTERN...]",
	short: "write fixtures to an archive, for another machine",
	most:  many, fixtures: stored,
	long: `
The archive (a compressed tar) holds records and what they refer to, with those
of the fixtures that a build used. Environment variables are salted digests in
it, but TZ, LANG and those of the go command, which explain a miss.`,
	setup: func(c *command) func() error {
		path := c.flags.String("o", "", "write to this `file`; - is the standard output")
		return func() error { return c.export(*path) }
	},
}

var importVerb = verb{
	name:  "import",
	args:  "FILE",
	short: "take fixtures from an archive",
	most:  1,
	long: `
Each object and record is checked before it is taken; what does not hold is
refused and named, the rest is taken, and the status is 1. Nothing is taken of
an archive that is cut short, or that needs more than max_bytes. Import only
what you would run: who writes an archive chooses the values in it. - is the
standard input.`,
	setup: func(c *command) func() error { return c.importArchive },
}

func (c *command) export(path string) error {
	if path == "" {
		return errUsage
	}
	s, err := store.Open(c.dir)
	if err != nil {
		return err
	}
	wanted := map[admin.FixtureID]bool{}
	for _, f := range withUsed(c.chosen, c.list, true) { // a record is not valid without those that it used
		wanted[f.FixtureID] = true
	}
	want := func(pkg, key string) bool { return wanted[admin.FixtureID{Package: pkg, Key: key}] }
	if path == "-" {
		_, err := archive.Write(c.raw, s, want)
		return err
	}
	var n archive.Count
	err = writeFile(path, func(w io.Writer) (err error) {
		n, err = archive.Write(io.MultiWriter(w, c.counted("written")), s, want)
		return err
	})
	c.progress()("")
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "wrote %s: %s and %s (%s)\n", path, human.Count(n.Records, "record"), human.Count(n.Objects, "object"), human.Size(n.Bytes))
	return nil
}

// counted returns a writer that shows on a terminal how many bytes were written to it.
func (c *command) counted(what string) io.Writer {
	n, show := int64(0), c.progress()
	return writerFunc(func(p []byte) (int, error) {
		n += int64(len(p))
		show("%s %s", human.Size(n), what)
		return len(p), nil
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// writeFile makes path hold what write writes. Where write fails the file stays as far
// as it was written: import refuses an archive that is cut short.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

func (c *command) importArchive() error {
	if len(c.args) != 1 {
		return errUsage
	}
	config, _, err := engine.LoadConfig(engine.Config{})
	if err != nil {
		return err
	}
	c.dir = config.Dir
	s, err := store.Open(c.dir)
	if err != nil {
		return err
	}
	in := os.Stdin
	if path := c.args[0]; path != "-" {
		if in, err = os.Open(path); err != nil {
			return err
		}
		defer in.Close()
	}
	n, err := archive.Read(io.TeeReader(in, c.counted("read")), s, engine.InForce(config.Limits).Bytes)
	c.progress()("")
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "imported %s and %s (%s)\n", human.Count(n.Records, "record"), human.Count(n.Objects, "object"), human.Size(n.Bytes))
	for _, text := range n.Refused {
		fmt.Fprintf(c.err, "refused %s\n", text)
	}
	if len(n.Refused) > 0 {
		return errors.New("not all of the archive was imported")
	}
	return nil
}
