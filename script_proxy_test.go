package fixturecache_test

import (
	"archive/zip"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

func init() { scriptCommands["publish"] = cmdPublish }

// cmdPublish is `publish DIR MODULE VERSION`: puts what is in DIR, its go.mod
// among it as go.mod.txt, into a file proxy at $OUT/proxy, and makes the go
// command use that beside the modules that this machine has. It gets a module
// cache of its own.
func cmdPublish(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: publish DIR MODULE VERSION")
	}
	dir, mod, version := ts.MkAbs(args[0]), args[1], args[2]
	to := filepath.Join(ts.Getenv("OUT"), "proxy", filepath.FromSlash(mod), "@v")
	ts.Check(os.MkdirAll(to, 0o755))
	gomod, err := os.ReadFile(filepath.Join(dir, "go.mod.txt"))
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Join(to, version+".mod"), gomod, 0o644))
	ts.Check(os.WriteFile(filepath.Join(to, version+".info"), []byte(`{"Version":"`+version+`"}`), 0o644))
	f, err := os.Create(filepath.Join(to, version+".zip"))
	ts.Check(err)
	defer f.Close()
	z := zip.NewWriter(f)
	entries, err := os.ReadDir(dir)
	ts.Check(err)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		ts.Check(err)
		w, err := z.Create(path.Join(mod+"@"+version, strings.TrimSuffix(e.Name(), ".txt")))
		ts.Check(err)
		_, err = w.Write(data)
		ts.Check(err)
	}
	ts.Check(z.Close())
	if !strings.HasPrefix(ts.Getenv("GOPROXY"), "file:") {
		ts.Setenv("GOPROXY", "file://"+filepath.Join(ts.Getenv("OUT"), "proxy")+",file://"+filepath.Join(ts.Getenv("GOMODCACHE"), "cache", "download"))
		ts.Setenv("GOMODCACHE", filepath.Join(ts.Getenv("OUT"), "modules"))
		ts.Setenv("GOSUMDB", "off")
	}
}
