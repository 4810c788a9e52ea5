// Package postgres shows a migrated and filled PostgreSQL cluster: it is built
// once, each test binary starts a server on a copy of its own, and each test has a
// database of its own. An edited migration, or an edited seed, builds it again.
//
// What that takes, beside doing everything each time, and beside a server that
// runs already and keeps a template:
//
//	cd examples/postgres && go test -v -count=1 -run Figures
package postgres

import (
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/cachetest"
)

// main is the server of this test binary, nil where PostgreSQL is not installed.
var main *server

func TestMain(m *testing.M) {
	if !findPostgres() {
		fmt.Println("PostgreSQL is not installed: its tests are skipped")
		if os.Getenv("CI") == "true" {
			os.Exit(1)
		}
		os.Exit(m.Run())
	}
	os.Exit(cachetest.Main(m, func(tb cachetest.TB) {
		s, err := start(cluster(tb))
		if err != nil {
			tb.Fatalf("%v", err)
		}
		tb.Cleanup(func() { s.stop() })
		main = s
	}))
}

// findPostgres puts the server's commands on the PATH: Debian has them in a
// directory of their own for each version.
func findPostgres() bool {
	if _, err := exec.LookPath("initdb"); err == nil {
		return true
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(found) == 0 {
		return false
	}
	os.Setenv("PATH", found[len(found)-1]+":"+os.Getenv("PATH"))
	return true
}

// cluster returns a copy of the cluster. Before m.Run nothing is recorded, and
// what the commands read cannot be: what it depends on is declared. findPostgres has
// changed the PATH, which matters by what Tool finds there alone.
func cluster(tb cachetest.TB) string {
	return cachetest.Dir(tb, "shop/cluster", build, cachetest.DeclaredOnly(), cachetest.IgnoreCapture("os.Environ"),
		cachetest.Files("migrations/*.sql", "seed.sql"), cachetest.Tool("initdb", "postgres"))
}

// open returns a database of the test's own.
func open(t *testing.T) *sql.DB {
	t.Helper()
	if main == nil {
		t.Skip("PostgreSQL is not installed")
	}
	name, err := main.database(template)
	if err != nil {
		t.Fatal(err)
	}
	db, err := main.connect(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func count(t *testing.T, db *sql.DB, table string) (n int) {
	t.Helper()
	if err := db.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDelete(t *testing.T) {
	t.Parallel()
	db := open(t)
	if _, err := db.Exec("DELETE FROM orders WHERE user_id > 10"); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, "orders"); n != 50 {
		t.Error(n, "orders are left")
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	db := open(t)
	if u, o := count(t, db, "users"), count(t, db, "orders"); u != 50_000 || o != 250_000 {
		t.Error(u, "users,", o, "orders")
	}
}

// TestFigures prints what each way takes to the first test's database, and to the
// next one.
func TestFigures(t *testing.T) {
	if main == nil {
		t.Skip("PostgreSQL is not installed")
	}
	took := func(what string, do func() error) {
		t.Helper()
		start := time.Now()
		if err := do(); err != nil {
			t.Fatal(what, err)
		}
		t.Logf("%-60s %6.0f ms", what, time.Since(start).Seconds()*1000)
	}
	var copied string
	took("the cluster from the cache", func() error { copied = cluster(t); return nil })
	took("a server on it", func() error {
		s, err := start(copied)
		if err == nil {
			err = s.stop()
		}
		return err
	})
	took("everything each time: initdb, migrations, seed", func() error { return build(filepath.Join(t.TempDir(), "cluster")) })
	took("a running server without the template: migrations, seed", func() error { return main.fill("again") })
	took("a test's database of the template, in every way", func() error { _, err := main.database(template); return err })
}
