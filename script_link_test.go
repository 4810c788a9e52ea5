package fixturecache_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Linking takes more than half of the processor time of a go test whose packages
// are compiled already, and cmd/go links anew in each run whose result it has
// not cached, although most runs in a script link what the run before did. So
// scripts run with a GOROOT that differs from the true one in its linker alone:
// it keeps its outputs in $OUT/linked, named by all that the linker is given. That
// nothing else counts is what cmd/go rests on as well.

const (
	trueLinker    = "link-go"      // beside the one that remembers
	linkerVersion = "link-version" // what it says of itself, which each go command asks
)

// linkingGoroot makes in dir a GOROOT of symbolic links into another one, with
// this test binary as the linker.
func linkingGoroot(dir, goroot, tooldir string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	inside, err := filepath.Rel(goroot, tooldir)
	if err != nil {
		return err
	}
	linker := filepath.Join(tooldir, "link")
	for parts := inside; ; {
		own, rest, more := strings.Cut(parts, string(filepath.Separator))
		if err := linkEntries(dir, goroot, own); err != nil {
			return err
		}
		if dir, goroot, parts = filepath.Join(dir, own), filepath.Join(goroot, own), rest; !more {
			break
		}
	}
	if err := linkEntries(dir, goroot, "link"); err != nil {
		return err
	}
	version, err := exec.Command(linker, askVersion).Output()
	return errors.Join(err, os.WriteFile(filepath.Join(dir, linkerVersion), version, 0o644),
		os.Symlink(linker, filepath.Join(dir, trueLinker)), os.Symlink(self, filepath.Join(dir, "link")))
}

const askVersion = "-V=full"

// linkEntries makes the directory dir with links to all that is in other but one.
func linkEntries(dir, other, but string) error {
	entries, err := os.ReadDir(other)
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for _, entry := range entries {
		if name := entry.Name(); name != but {
			if err := os.Symlink(filepath.Join(other, name), filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// isLinker reports that this process is the linker of such a GOROOT.
func isLinker() bool {
	_, err := os.Lstat(filepath.Join(filepath.Dir(os.Args[0]), trueLinker))
	return err == nil
}

// linkOnce is the linker: it runs the true one, or copies what that has made of
// the same before. It returns the exit code.
func linkOnce(args []string) int {
	if len(args) == 1 && args[0] == askVersion && os.Getenv("GOEXPERIMENT") == "" {
		version, err := os.ReadFile(filepath.Join(filepath.Dir(os.Args[0]), linkerVersion))
		if err == nil {
			_, err = os.Stdout.Write(version)
		}
		if err == nil {
			return 0
		}
	}
	kept, output := keptLink(args)
	if kept != "" && copyFile(output, kept) == nil {
		return 0
	}
	cmd := exec.Command(filepath.Join(filepath.Dir(os.Args[0]), trueLinker), args...)
	cmd.Args[0] = os.Args[0] // by which it says its version
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		if cmd.ProcessState == nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return max(1, cmd.ProcessState.ExitCode())
	}
	if kept == "" {
		return 0
	}
	os.Mkdir(filepath.Dir(kept), 0o755)
	if part := fmt.Sprintf("%s.%d", kept, os.Getpid()); copyFile(part, output) != nil || os.Rename(part, kept) != nil {
		os.Remove(part)
	}
	return 0
}

// keptLink returns the output of a command of the linker and the file that has
// a copy of it, or will have: "" where it links nothing or may not be kept.
func keptLink(args []string) (kept, output string) {
	dir := os.Getenv("OUT")
	h := sha256.New()
	config := ""
	for i, arg := range args {
		switch {
		case i > 0 && args[i-1] == "-o":
			output = arg
		case i > 0 && args[i-1] == "-importcfg":
			config = arg
		default:
			fmt.Fprintf(h, "%q\n", arg)
		}
	}
	if dir == "" || output == "" || config == "" {
		return "", ""
	}
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "GO") || strings.HasPrefix(variable, "PATH=") {
			fmt.Fprintf(h, "%q\n", variable)
		}
	}
	if hashPackages(h, config, args[len(args)-1]) != nil {
		return "", ""
	}
	return filepath.Join(dir, "linked", fmt.Sprintf("%x", h.Sum(nil))), output
}

// hashPackages adds what is linked: the package main and those of the
// configuration, by their content. A file of the build cache has its name by it,
// also where this go command has compiled it only now.
func hashPackages(h hash.Hash, config, main string) error {
	data, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(data) + "packagefile main=" + main + "\n") {
		line = strings.TrimSpace(line)
		name, file, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(line, "packagefile ") {
			fmt.Fprintln(h, line)
			continue
		}
		content, cached := strings.CutSuffix(filepath.Base(file), "-d")
		if !cached {
			if content, err = contentHash(file); err != nil {
				return err
			}
		}
		fmt.Fprintln(h, name, content)
	}
	return nil
}

func contentHash(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return fmt.Sprintf("%x", h.Sum(nil)), err
}

// copyFile makes a copy that is written anew: cmd/go changes what is linked.
func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
