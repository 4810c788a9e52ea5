package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/httpcache"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/remote/helper"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

var remoteVerb = verb{
	name:  "remote",
	args:  "[-check | -keygen]",
	short: "reach the shared tier that CACHETEST_REMOTE names",
	long: `
Tests start it by themselves: it speaks the protocol of GOCACHEPROG on its
standard input and output, and that of Bazel's HTTP cache with the server at
CACHETEST_REMOTE, or at remote: in .cachetest.yaml. With -check it says whether
the server can be reached, lets us in, and, with CACHETEST_REMOTE_WRITE=1, takes
what is written. With -keygen it makes a pair of keys to sign fixtures with.

Environment variables, of which only the first is needed:

    CACHETEST_REMOTE          http://cache.example.com:8080; off for none
    CACHETEST_REMOTE_WRITE    1: share what is built here; otherwise only read
    CACHETEST_REMOTE_TOKEN    bearer token
    CACHETEST_REMOTE_AUTH     USER:PASSWORD; otherwise that of ~/.netrc
    CACHETEST_REMOTE_CERT     client certificate, and with _CERT_KEY its key
    CACHETEST_REMOTE_CA       certificates that the server's is checked by
    CACHETEST_REMOTE_KEY      secret key: sign what is shared
    CACHETEST_REMOTE_TRUST    public keys, divided by commas: whose signatures
                              are believed; with the word require, unsigned
                              fixtures are refused
    CACHETEST_REMOTE_TIMEOUT  how long a test waits for a tier that is silent,
                              once: 4s
    CACHETEST_CACHEPROG       another helper, as GOCACHEPROG names one`,
	setup: func(c *command) func() error {
		check := c.flags.Bool("check", false, "say whether the shared tier works")
		keygen := c.flags.Bool("keygen", false, "make a pair of keys")
		return func() error { return c.remote(*check, *keygen) }
	},
}

func (c *command) remote(check, keygen bool) error {
	if len(c.args) > 0 || check && keygen {
		return errUsage
	}
	if keygen {
		secret, public, err := helper.GenerateKey()
		if err == nil {
			fmt.Fprintf(c.out, "CACHETEST_REMOTE_KEY=%s\nCACHETEST_REMOTE_TRUST=require,%s\n", secret, public)
		}
		return err
	}
	config, _, err := engine.LoadConfig(engine.Config{})
	if err != nil {
		return err
	}
	tier, _ := engine.RemoteOf(config)
	if tier.URL == "" {
		return errors.New("there is no shared tier: set CACHETEST_REMOTE, or remote: in .cachetest.yaml, to its address")
	}
	cache, err := httpcache.New(tier.URL, os.Getenv)
	if err != nil {
		return err
	}
	if check {
		return c.checkRemote(cache)
	}
	keys, err := helper.ParseKeys(os.Getenv(helper.VarKey), os.Getenv(helper.VarTrust))
	if err != nil {
		return err
	}
	ignoreBrokenPipe()
	return helper.Serve(os.Stdin, os.Stdout, backend{cache}, keys)
}

// A backend is what the helper serves: an HTTP cache.
type backend struct{ *httpcache.Cache }

func (b backend) Get(ctx context.Context, action helper.ID, path string) (helper.ID, int64, error) {
	r, err := b.GetResult(ctx, httpcache.ID(action))
	if err != nil {
		return helper.ID{}, 0, err
	}
	if r.Inline != nil {
		return helper.ID(r.Output), r.Size, os.WriteFile(path, r.Inline, 0o600)
	}
	return helper.ID(r.Output), r.Size, b.GetObject(ctx, helper.ID(r.Output), r.Size, path, nil)
}

func (b backend) Put(ctx context.Context, action, output helper.ID, size int64, path string) error {
	return b.PutResult(ctx, httpcache.ID(action), httpcache.ID(output), size, opener(path))
}

func (b backend) GetObject(ctx context.Context, id helper.ID, size int64, path string, moved func()) error {
	f, err := unlogged.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(b.Cache.GetObject(ctx, httpcache.ID(id), size, f, moved), f.Close())
}

func (b backend) PutObject(ctx context.Context, id helper.ID, size int64, path string, force bool, moved func()) error {
	return b.Cache.PutObject(ctx, httpcache.ID(id), size, opener(path), force, moved)
}

func opener(path string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return os.Open(path) }
}

// checkRemote goes through what a test run needs of the tier, and stops where it
// does not get it.
func (c *command) checkRemote(cache *httpcache.Cache) error {
	ctx := context.Background()
	step := func(name string, do func() (string, error)) error {
		start := time.Now()
		text, err := do()
		if err != nil {
			fmt.Fprintf(c.out, "%-6s failed: %v\n", name, err)
			return errStatus
		}
		fmt.Fprintf(c.out, "%-6s ok, %s in %s\n", name, text, human.Duration(time.Since(start)))
		return nil
	}
	if err := step("reach", func() (string, error) { return cache.Address(), cache.Reach(ctx) }); err != nil {
		return err
	}
	if !engine.RemoteWrites() {
		fmt.Fprintln(c.out, "write  not asked for: CACHETEST_REMOTE_WRITE=1 is not set")
		return nil
	}
	data := []byte("cachetest remote -check: " + unlogged.RandomText(32))
	id := httpcache.ID(sha256.Sum256(data))
	if err := step("write", func() (string, error) {
		err := cache.PutObject(ctx, id, int64(len(data)), httpcache.Bytes(data), true, nil)
		if err == nil {
			err = cache.PutResult(ctx, id, id, int64(len(data)), httpcache.Bytes(data))
		}
		return "an object and a result", err
	}); err != nil {
		return err
	}
	return step("read", func() (string, error) { return "both are as they were written", readBack(ctx, cache, id, data) })
}

func readBack(ctx context.Context, cache *httpcache.Cache, id httpcache.ID, data []byte) error {
	sum := sha256.New()
	if err := cache.GetObject(ctx, id, int64(len(data)), sum, nil); err != nil {
		return err
	}
	r, err := cache.GetResult(ctx, id)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("what was written is not there")
	case err != nil:
		return err
	case httpcache.ID(sum.Sum(nil)) != id || r.Output != id:
		return errors.New("what was written comes back with other bytes")
	}
	return nil
}
