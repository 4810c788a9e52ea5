package cachescript

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/fixturecache/fixturecache/cachetest"
	"github.com/fixturecache/fixturecache/cachetest/internal/fixture"
	"github.com/fixturecache/fixturecache/core/bridge"
)

// A Fixture is a directory, a file or a command that scripts ask for by its name.
// It is built when a script first does, and kept as package cachetest keeps it.
type Fixture struct {
	name, kind string // kind is Dir, File or GoBuild, the function that the user called
	key        string // the name, of a command its package
	build      func(path string) error
	site       bridge.Site // the place of the user's call
	opts       fixture.Options
	err        error
}

// Dir returns a fixture that is a directory, which build fills, as
// [cachetest.Dir] does.
func Dir(name string, build func(dir string) error, opts ...cachetest.Option) Fixture {
	return newFixture(name, "Dir", name, build, opts)
}

// File returns a fixture that is a file, which build makes, as [cachetest.File]
// does.
func File(name string, build func(path string) error, opts ...cachetest.Option) Fixture {
	return newFixture(name, "File", name, build, opts)
}

// GoBuild returns a fixture that is the command that go build makes of a package,
// as [cachetest.GoBuild] does.
func GoBuild(name, pkg string, opts ...cachetest.Option) Fixture {
	return newFixture(name, "GoBuild", pkg, nil, opts)
}

// newFixture must be called by the function that the user called: that place
// says which package the fixture belongs to, and what build captures.
func newFixture(name, kind, key string, build func(string) error, opts []cachetest.Option) Fixture {
	site, err := bridge.Caller(1)
	f := Fixture{name: name, kind: kind, key: key, build: build, site: site, err: err}
	if f.opts, _ = cachetest.Options(opts...).(fixture.Options); err == nil {
		f.err = fixture.Misuse(f.verb(), f.opts)
	}
	return f
}

// verb names the function that the user called, as package fixture does.
func (f *Fixture) verb() string { return "cachescript." + f.kind }

// get returns the path of the fixture.
func (f *Fixture) get(tb fixture.TB, want bridge.Want) (string, error) {
	c, err := fixture.New(tb, f.site, f.verb(), f.key, f.build, f.opts)
	if err != nil {
		return "", err
	}
	c.Spec.Callee = f.kind + "@0" // the name is the first argument there
	notify := c.Spec.Notify
	c.Spec.Notify = func(e bridge.Event) {
		e.CopyMS = 0 // else the line would advise Shared, in whose place a script has fixture -ro
		notify(e)
	}
	defer c.LogRest()
	switch f.kind {
	case "GoBuild":
		want.InPlace = true
		return c.Cache.GoBuild(c.Ctx, c.Spec, f.key, want)
	case "File":
		want.Name, want.File = path.Base(f.key), true
	default:
		want.Name = fixture.DirName(f.key)
	}
	return c.Cache.GetPath(c.Ctx, c.Spec, want, func(ctx context.Context, path string) error {
		defer fixture.Building(tb, ctx)()
		return f.build(path)
	})
}

// addFixtures adds the command fixture and the condition [fixture:NAME] to p.
func addFixtures(p *testscript.Params, fixtures []Fixture) error {
	if len(fixtures) == 0 {
		return nil
	}
	byName := map[string]Fixture{}
	for _, f := range fixtures {
		if _, twice := byName[f.name]; twice || f.name == "" || strings.HasPrefix(f.name, "-") {
			return fmt.Errorf("cachescript: fixture %q: give each fixture a name of its own, which does not begin with a dash", f.name)
		}
		if f.err != nil {
			return fmt.Errorf("cachescript: fixture %q: %w", f.name, f.err)
		}
		byName[f.name] = f
	}
	condition := p.Condition
	p.Condition = func(cond string) (bool, error) {
		if name, ok := strings.CutPrefix(cond, "fixture:"); ok {
			return ready(byName, name)
		}
		if condition == nil {
			return false, fmt.Errorf("unknown condition %q", cond)
		}
		return condition(cond)
	}
	return addCommand(p, "fixture", func(ts *testscript.TestScript, neg bool, args []string) { cmdFixture(ts, neg, args, byName) })
}

func cmdFixture(ts *testscript.TestScript, neg bool, args []string, byName map[string]Fixture) {
	const usage = "usage: fixture [-ro] NAME [DST] | fixture -bin NAME"
	if neg {
		ts.Fatalf("unsupported: ! fixture")
	}
	flag := ""
	if len(args) > 0 && strings.HasPrefix(args[0], "-") {
		flag, args = args[0], args[1:]
	}
	if !slices.Contains([]string{"", "-ro", "-bin"}, flag) || len(args) == 0 || len(args) > 2 || flag != "" && len(args) == 2 {
		ts.Fatalf(usage)
	}
	f, ok := byName[args[0]]
	if !ok {
		ts.Fatalf("fixture: %v", unknown(byName, args[0]))
	}
	if (flag == "-bin") != (f.kind == "GoBuild") {
		ts.Fatalf("fixture %s: a built command is asked for with -bin, everything else without", f.name)
	}
	tb := testOf(ts, "fixture")
	want, err := wantOf(ts, f.name, flag != "", args[1:])
	path := ""
	if err == nil {
		path, err = f.get(&tb, want)
	}
	if err != nil {
		ts.Fatalf("fixture %s: %v", f.name, err)
	}
	if flag == "-bin" {
		dir, err := commandDir(ts, path, filepath.Base(f.name))
		ts.Check(err)
		ts.Setenv("PATH", dir+string(os.PathListSeparator)+ts.Getenv("PATH"))
	}
	ts.Setenv(variable(f.name), path)
}

// commandDir returns a directory that has the command under a name.
func commandDir(ts *testscript.TestScript, path, name string) (string, error) {
	if strings.TrimSuffix(filepath.Base(path), ".exe") == name {
		return filepath.Dir(path), nil
	}
	dir := filepath.Join(ts.Getenv("WORK"), ".fixture", "bin")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	link := filepath.Join(dir, name+filepath.Ext(path))
	if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) { // the script may ask twice
		return "", err
	}
	return dir, os.Symlink(path, link)
}

// wantOf returns the form in which the command wants a fixture: the stored one in its
// place, or a copy in the script's directory, which may have another name.
func wantOf(ts *testscript.TestScript, name string, inPlace bool, dst []string) (bridge.Want, error) {
	if inPlace {
		// The lock on what is stored is the process's: it outlives the script.
		all := filepath.Join(ts.Getenv("WORK"), ".fixture") // for fixtures that could not be stored
		return bridge.Want{InPlace: true, Dest: func(base string) (string, error) {
			if err := os.MkdirAll(all, 0o777); err != nil {
				return "", err
			}
			dir, err := os.MkdirTemp(all, variable(name)+"_") // a script may ask twice
			return filepath.Join(dir, base), err
		}}, nil
	}
	to := filepath.Join(ts.Getenv("WORK"), name)
	if len(dst) > 0 {
		to = ts.MkAbs(dst[0])
	}
	if _, err := os.Lstat(to); err == nil {
		return bridge.Want{}, fmt.Errorf("%s is there already: give another DST", to)
	}
	return bridge.Want{Dest: func(string) (string, error) { return to, nil }}, os.MkdirAll(filepath.Dir(to), 0o777)
}

// variable is the name of the variable that holds a fixture's path.
func variable(name string) string {
	return "FIXTURE_" + strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToUpper(r)
		}
		return '_'
	}, name)
}

// unknown returns the error for a name that no fixture has.
func unknown(byName map[string]Fixture, name string) error {
	return fmt.Errorf("there is no fixture %q: Setup was given %s", name, strings.Join(slices.Sorted(maps.Keys(byName)), ", "))
}

// ready reports whether a fixture is stored and valid.
func ready(byName map[string]Fixture, name string) (bool, error) {
	f, ok := byName[name]
	if !ok {
		return false, unknown(byName, name)
	}
	_, err := f.get(nobody{}, bridge.Want{Probe: true})
	if errors.Is(err, bridge.ErrNotReady) {
		return false, nil
	}
	return err == nil, err
}

// nobody is the TB of a condition, for which nothing is built and nothing logged.
type nobody struct{}

func (nobody) Helper()             {}
func (nobody) Name() string        { return "" }
func (nobody) Failed() bool        { return false }
func (nobody) Logf(string, ...any) {}
