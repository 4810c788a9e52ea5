package code

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/build"
	"github.com/fixturecache/fixturecache/core/internal/code/world"
	"github.com/fixturecache/fixturecache/core/internal/settings"
)

const adversarial = "testdata/adversarial"

// isolated is Static without what the go command is set to here.
func isolated(dir string, tags ...string) *Binary {
	set := map[string]string{"GOENV": "off", "GOFLAGS": "", "GOWORK": "off", "CGO_ENABLED": "1"}
	return newBinary(build.Static(dir, func(name string) string {
		if value, ok := set[name]; ok {
			return value
		}
		return os.Getenv(name)
	}, tags...))
}

func advBuild(t testing.TB, pkg string, tags ...string) *Binary {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join(adversarial, pkg))
	if err != nil {
		t.Fatal(err)
	}
	return isolated(dir, tags...)
}

// deps returns the closure of a test of the adversarial module.
func advDeps(t testing.TB, pkg, fn string, tags ...string) *Deps {
	t.Helper()
	d, err := FindDeps(advBuild(t, pkg, tags...), fn)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *Deps) holds(name string) bool {
	return slices.ContainsFunc(d.Decls(), func(x Decl) bool { return x.Name == "example.com/adv/"+name })
}

func TestAdversarialClosures(t *testing.T) {
	for _, tc := range []struct {
		pkg, fn, in, out string
		fallback         bool
	}{
		{"plugin", "TestRegistry", "plugin.init plugin.build plugin.helper plugin/byvar._ plugin/byvar.build registry.makers", "plugin_test.unrelated plugin_test.TestUnrelated", false},
		{"plugin", "TestUnrelated", "plugin_test.unrelated", "plugin.build registry.Make registry.makers", false},
		{"byname", "TestByName", "byname.(Page).Secret byname.deep byname.(*Page).Other byname.text", "byname.Unused byname.Promoted", false},
		{"byname", "TestPromoted", "byname.(inner).Hidden byname.factor", "byname.Unused byname.Page", false},
		{"names", "TestDot", "names.Sum names.Number", "names.Cat names.Lonely", false},
		{"names", "TestAlias", "names.(A).FromAlias names.one names.B", "names.Cat", false},
		{"names", "TestGeneric", "names.(Cat).Show names.sound names.(*List).Add names.(*List).Len", "names.one", false},
		{"names", "TestGroup", "names.Table names.Pair", "names.Cat names.List", false},
		{"names", "TestIota", "names.Blue", "names.Lonely names.Sum", false},
		{"embedded", "TestFile", "embedded.A", "embedded.Dir", false},
		{"asm", "TestAdd", "asm.Add asm.Pure asm/add_amd64.s", "", true},
		{"asmname", "TestRead", "asmname.Read asmname/held.V asmname/held.first", "", true},
		{"link", "TestBoth", "link.pulled link.received link/target.hidden link/target.inside link/target.pushed", "", false},
		{"cgo", "TestTwice", "cgo.Twice cgo/cgo.go", "", true},
		{"tags", "TestName", "tags.name tags.suffix", "tags.init", false},
		{"hooks", "TestHook", "hooks.init hooks.installed hooks.other", "hooks.viaField", false},
		{"zone", "TestYear", "zone.go:debug", "", false},
		{"zone", "TestYear", "zone.init", "zone.update", false},
		{"zone", "TestFlag", "zone.init zone.update", "zone.Year", false},
		{"hooks", "TestMethodValue", "hooks.(maker).Make hooks.viaField", "hooks.installed hooks.Call", false},
	} {
		t.Run(tc.pkg+"/"+tc.fn, func(t *testing.T) {
			d := advDeps(t, tc.pkg, tc.fn)
			for name := range strings.FieldsSeq(tc.in) {
				if !d.holds(name) && !(strings.Contains(name, "_amd64") && !d.holds("asm.Add")) {
					t.Errorf("%s is missing", name)
				}
			}
			for name := range strings.FieldsSeq(tc.out) {
				if d.holds(name) {
					t.Errorf("%s should not be there: %v", name, d.Chain("example.com/adv/"+name))
				}
			}
			if (len(d.Fallback) > 0) != tc.fallback {
				t.Errorf("fallbacks: %q", d.Fallback)
			}
		})
	}
	if !advDeps(t, "tags", "TestName", "extra").holds("tags.init") {
		t.Error("with -tags extra, tags.init is missing")
	}
}

func TestState(t *testing.T) {
	for _, tc := range []struct {
		fn    string
		state bool
		cause string
	}{
		{"Rows", true, "example.com/adv/state.rows (state/state.go:12)"},
		{"Lazy", true, "example.com/adv/state.once (state/state_test.go:12)"},
		{"Table", false, ""},
		{"Kept", true, "example.com/adv/state.kept (state/state_test.go:18)"},
		{"Both", true, "example.com/adv/state.rows (state/state_test.go:5)"},
		{"Fixed", false, ""},
		{"DefaultRows", true, "example.com/adv/state.std (state/far_test.go:5)"},
		{"NamedRows", true, "example.com/adv/state.byName (state/far_test.go:5)"},
		{"Receive", true, "example.com/adv/state.queue (state/far_test.go:9)"},
		{"One", true, "example.com/adv/state.one (state/far.go:31)"},
		{"CopyRows", false, ""},
		{"Hooked", true, "example.com/adv/state.hooked (state/far.go:44)"},
		{"Once", true, "example.com/adv/state.text (state/far_test.go:14)"},
	} {
		d := advDeps(t, "state", tc.fn)
		cause := ""
		if d.Cause.What != "" {
			cause = d.Cause.String()
		}
		if d.State != tc.state || cause != tc.cause {
			t.Errorf("%s: state %v, cause %q", tc.fn, d.State, cause)
		}
	}
}

func TestOpaque(t *testing.T) {
	if d := advDeps(t, "opaque", "Run"); len(d.Hidden) != 0 || names(d.Settings) != settings.Commands+" "+settings.Reads {
		t.Errorf("Run: %v %v", d.Hidden, d.Settings)
	}
	if d := advDeps(t, "opaque", "Link"); len(d.Hidden) != 1 || d.Hidden[0].String() != "os.Readlink (opaque/link.go:6)" {
		t.Errorf("Link: %v", d.Hidden)
	}
	if d := advDeps(t, "opaque", "AnyLink"); len(d.Hidden) != 1 || d.Hidden[0].String() != "os.Readlink (opaque/link.go:9)" {
		t.Errorf("AnyLink: %v", d.Hidden)
	}
	if d := advDeps(t, "opaque", "RootLink"); len(d.Hidden) != 1 || !strings.HasPrefix(d.Hidden[0].String(), "Readlink (opaque/link.go:") {
		t.Errorf("a link read through a root: %v", d.Hidden)
	}
	if d := advDeps(t, "opaque", "Read"); len(d.Paths) != 1 || d.Paths[0].Path != "testdata/in.csv" || !d.Paths[0].Opened || len(d.Hidden) != 0 {
		t.Errorf("Read: %+v %v", d.Paths, d.Hidden)
	}
	if d := advDeps(t, "opaque", "Now"); len(d.Hints) != 1 || d.Hints[0].String() != "time.Now (opaque/opaque.go:18)" {
		t.Errorf("Now: %v", d.Hints)
	}
	if d := advDeps(t, "opaque", "FromInit"); len(d.Init) != 0 || len(d.Early) != 1 || d.Early[0] != (Read{Kind: world.ReadVariable, Name: "ADV_FROM_INIT"}) {
		t.Errorf("FromInit: %v %v", d.Init, d.Early)
	}
}

// A file that TestMain has had loaded is in no recording.
func TestLoadedByTestMain(t *testing.T) {
	d := advDeps(t, "before", "Get")
	if len(d.Init) != 0 || len(d.Early) != 1 || d.Early[0] != (Read{Kind: world.ReadFile, Name: "before.go"}) {
		t.Errorf("init: %v %v", d.Init, d.Early)
	}
}

func TestClosureRecord(t *testing.T) {
	d := advDeps(t, "plugin", "TestRegistry")
	data := d.Encode()
	c, err := DecodeClosure(data)
	if err != nil {
		t.Fatal(err)
	}
	if c.Digest != d.Digest || len(c.Decls()) != len(d.Decls()) || c.Encode() != data {
		t.Error("a closure does not survive its record")
	}
	for i := range data {
		if _, err := DecodeClosure(data[:i]); err == nil {
			t.Fatalf("a record cut at %d of %d passes", i, len(data))
		}
	}
}

func FuzzDecodeClosure(f *testing.F) {
	f.Add((&Closure{decls: []Decl{{Name: "a"}}}).Encode())
	f.Fuzz(func(t *testing.T, data string) {
		if c, err := DecodeClosure(data); err == nil {
			DecodeClosure(c.Encode())
		}
	})
}

// memCache is a Cache in memory that counts.
type memCache struct {
	mu   sync.Mutex
	m    map[string][]byte
	hits int
}

func (c *memCache) Get(key string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d, ok := c.m[key]
	if ok {
		c.hits++
	}
	return d, ok
}

func (c *memCache) Put(key string, data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m[key] = bytes.Clone(data)
}

// What fn looks at of the process that runs it is an input where it is
// reached, and only there.
func TestAsks(t *testing.T) {
	for fn, want := range map[string]string{
		"Short":     "testing.Short command line reads GOMAXPROCS",
		"Read":      "reads",
		"Temporary": "os.TempDir environment reads", // initialisation asked
		"Made":      "",
		"Given":     "reads standard input page size",
	} {
		var asks []string
		for _, u := range advDeps(t, "opaque", fn).Settings {
			asks = append(asks, u.What)
		}
		if got := strings.Join(asks, " "); got != want {
			t.Errorf("%s asks for %q, not %q", fn, got, want)
		}
	}
}

// A helper that asks the handle it was given for its name.
func TestTells(t *testing.T) {
	d := advDeps(t, "opaque", "Helped")
	if len(d.HandleUses) != 1 || d.HandleUses[0].What != "Name()" || d.HandleUses[0].By != "example.com/adv/opaque.named" {
		t.Errorf("tells: %v", d.HandleUses)
	}
}
