package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
)

// A server is a PostgreSQL server on a directory of its own, which listens on a
// socket in it alone.
type server struct {
	dir string // of the cluster
	cmd *exec.Cmd
	log *os.File
	n   atomic.Int64 // databases made of the template
}

// template is the database that is migrated and filled; those of tests are made
// of it.
const template = "shop"

// build makes a cluster in dir, migrates and fills its template, and stops the
// server again, so that its files are whole.
func build(dir string) error {
	initdb := exec.Command("initdb", "-D", dir, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--wal-segsize=1")
	notRoot(initdb)
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	s, err := start(dir)
	if err != nil {
		return err
	}
	if err := errors.Join(s.fill(template), s.stop()); err != nil {
		return err
	}
	return os.Remove(filepath.Join(dir, "postmaster.opts")) // how it was started, with the path of dir
}

// start starts a server on a cluster and waits until it answers.
func start(dir string) (*server, error) {
	socket, err := os.MkdirTemp("", "pg") // the path of a socket has 107 bytes at most
	if err != nil {
		return nil, err
	}
	s := &server{dir: socket}
	s.log, err = os.Create(filepath.Join(socket, "log"))
	if err != nil {
		return nil, err
	}
	s.cmd = exec.Command("postgres", "-D", dir, "-k", socket, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "min_wal_size=2MB", "-c", "max_wal_size=16MB") // what a copy need not hold
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	notRoot(s.cmd)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	return s, s.wait()
}

// wait waits until the server answers.
func (s *server) wait() error {
	db, err := s.connect("postgres")
	if err != nil {
		return err
	}
	defer db.Close()
	for range 600 {
		if err = db.PingContext(context.Background()); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	text, _ := os.ReadFile(s.log.Name())
	return fmt.Errorf("the server does not answer: %w\n%s", errors.Join(err, s.stop()), text)
}

// stop stops the server as a service would be, so that nothing is left to be
// recovered.
func (s *server) stop() error {
	err := s.cmd.Process.Signal(os.Interrupt) // a fast shutdown
	return errors.Join(err, s.cmd.Wait(), s.log.Close(), os.RemoveAll(s.dir))
}

func (s *server) connect(database string) (*sql.DB, error) {
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/" + database, RawQuery: url.Values{"host": {s.dir}}.Encode()}
	return sql.Open("pgx", u.String())
}

// exec runs statements in a database.
func (s *server) exec(database string, statements ...string) error {
	db, err := s.connect(database)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, text := range statements {
		if _, err := db.Exec(text); err != nil {
			return err
		}
	}
	return nil
}

// fill makes a database and runs the migrations and the seed in it.
func (s *server) fill(database string) error {
	if err := s.exec("postgres", "CREATE DATABASE "+database); err != nil {
		return err
	}
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		return err
	}
	for _, file := range append(files, "seed.sql") {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := s.exec(database, string(text)); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// database makes a database of the template, and returns its name.
func (s *server) database(template string) (string, error) {
	name := fmt.Sprintf("test_%d", s.n.Add(1))
	return name, s.exec("postgres", fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s STRATEGY = file_copy", name, template))
}
