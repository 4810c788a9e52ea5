package engine

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/gomod"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// GoBuild returns the path of the command that go build makes of a package: of
// an import path, or of a directory that begins with "./" or "../" and holds
// against the one that the process started in. It is built with the tags and
// the race detector of this program, and for coverage if that is, then with
// s.Declare.GoFlags; without version control information, which would be another
// one after each commit. A miss is told by what go build would use and what s
// declares, and by nothing else.
//
// The error holds all that the go command said.
func (c *Cache) GoBuild(ctx context.Context, s Spec, pkg string, w Want) (string, error) {
	if strings.Contains(pkg, "...") || pkg == "" || strings.HasPrefix(pkg, "-") {
		return "", fmt.Errorf("GoBuild(%q): not the path of one package", pkg)
	}
	if err := input.CheckGoFlags(s.Declare.GoFlags); err != nil {
		return "", err
	}
	key, scope := c.goBuildKey(pkg)
	s.Key, s.Package, s.Scope, s.Func, s.Callee = key, scope, scope, goBuild, ""
	s.Code, s.DeclaredOnly, s.Alone = CodeNone, true, true
	s.Declare.GoPackages = append(s.Declare.GoPackages, pkg)
	s.Declare.GoFlags = append(goBuildFlags(), s.Declare.GoFlags...) // of two the last one counts
	w.Name, w.File = c.goBuildName(pkg), true
	flags := s.Declare.GoFlags
	return c.GetPath(ctx, s, w, func(_ context.Context, path string) error { return goBuild(c, path, pkg, flags) })
}

func goBuild(c *Cache, path, pkg string, flags []string) error {
	args := append([]string{"build", "-o", path, "-buildvcs=false"}, flags...)
	if _, err := c.world.GoCommand(append(args, "--", pkg)...); err != nil {
		return err
	}
	f, err := unlogged.Open(path)
	if err != nil {
		return nil // what cannot be looked at now was built all the same
	}
	defer f.Close()
	head := make([]byte, 8)
	if n, _ := f.Read(head); string(head[:n]) == "!<arch>\n" {
		return fmt.Errorf("%s is a library, not a command", pkg)
	}
	return nil
}

// goBuildFlags are those of this program that a command that it starts is to
// have as well.
func goBuildFlags() []string {
	var flags []string
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "-tags", "-race", "-cover", "-covermode":
				flags = append(flags, s.Key+"="+s.Value)
			}
		}
	}
	return flags
}

// goBuildKey names the build of a package among all of its module: the same
// one for each package of tests that asks for it.
func (c *Cache) goBuildKey(pkg string) (key, scope string) {
	dir := c.world.Abs(pkg)
	rel, ok := c.world.Root.Rel(dir)
	if !local(pkg) || !ok {
		return "go build " + pkg, "go build"
	}
	if rel = "./" + rel; rel == "./." {
		rel = "."
	}
	return "go build " + rel, "go build in " + c.modulePath()
}

// local reports whether a package is given by its directory.
func local(pkg string) bool {
	return pkg == "." || pkg == ".." || strings.HasPrefix(pkg, "./") || strings.HasPrefix(pkg, "../") || filepath.IsAbs(pkg)
}

var versionSuffix = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^v[0-9]+$`) })

// goBuildName is the name that go build gives a command: the last element of
// its path that is no version.
func (c *Cache) goBuildName(pkg string) string {
	if local(pkg) {
		pkg = filepath.ToSlash(c.world.Abs(pkg))
		if filepath.FromSlash(pkg) == c.world.Root.Physical {
			pkg = c.modulePath()
		}
	}
	name := path.Base(pkg)
	if versionSuffix().MatchString(name) {
		name = path.Base(path.Dir(pkg))
	}
	if goos := process.Getenv("GOOS"); goos == "windows" || goos == "" && runtime.GOOS == "windows" {
		name += ".exe"
	}
	return name
}

// modulePath is what the go.mod of this program's module calls it.
func (c *Cache) modulePath() string {
	data, err := unlogged.ReadFile(filepath.Join(c.world.Root.Physical, "go.mod"))
	if err != nil {
		return "?"
	}
	f, err := gomod.Parse(data)
	if err != nil {
		return "?"
	}
	return f.Module
}
