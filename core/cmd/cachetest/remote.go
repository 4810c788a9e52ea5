package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/httpcache"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/remote/helper"
	"github.com/fixturecache/fixturecache/core/internal/tier"
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
	if check && keygen {
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
	place, _ := tier.PlaceOf(config.Remote)
	if place.URL == "" {
		return errors.New("there is no shared tier: set CACHETEST_REMOTE, or remote: in .cachetest.yaml, to its address")
	}
	cache, err := httpcache.New(place.URL, os.Getenv, tier.Silence()*3/4) // fails before the test stops waiting
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
	return helper.Serve(os.Stdin, os.Stdout, cache, keys)
}

// checkRemote writes for each step of a test run whether the shared tier can do it.
func (c *command) checkRemote(cache *httpcache.Cache) error {
	writes := tier.Writes()
	err := cache.Check(context.Background(), writes, func(name string, do func() (string, error)) error {
		start := time.Now()
		text, err := do()
		if err != nil {
			fmt.Fprintf(c.out, "%-6s failed: %v\n", name, err)
			return errStatus
		}
		fmt.Fprintf(c.out, "%-6s ok, %s in %s\n", name, text, human.Duration(time.Since(start)))
		return nil
	})
	if err == nil && !writes {
		fmt.Fprintln(c.out, "write  not asked for: CACHETEST_REMOTE_WRITE=1 is not set")
	}
	return err
}
