package fixturecache_test

import (
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/internal/faults/testdata/faulty"
	"github.com/rogpeppe/go-internal/testscript"
)

func init() {
	scriptCommands["cacheserver"] = cmdCacheServer
	scriptCommands["nginx"] = cmdNginx
	scriptCommands["bazelremote"] = cmdBazelRemote
}

// servers are those that scripts have started, by the directory of the script.
var servers sync.Map

// cmdCacheServer is a Bazel HTTP cache in this process:
//
//	cacheserver start            start it, and set REMOTE to its address
//	cacheserver fault [FAULT]    go wrong in a way that package faulty knows
//	cacheserver forget           begin to count requests anew
//	cacheserver requests WHAT N  fail unless there were N since (PUT, or GET ac)
//	cacheserver drop KIND        forget all that is below /ac/ or /cas/
func cmdCacheServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: cacheserver start | fault [FAULT] | forget | requests WHAT N | drop KIND")
	}
	if args[0] == "start" {
		s := &faulty.Server{Elsewhere: "http://elsewhere.example.com"}
		l := httptest.NewServer(s)
		ts.Defer(l.Close)
		ts.Defer(l.CloseClientConnections)
		servers.Store(ts.Getenv("WORK"), s)
		ts.Setenv("REMOTE", l.URL)
		return
	}
	value, ok := servers.Load(ts.Getenv("WORK"))
	if !ok {
		ts.Fatalf("cacheserver start has to come first")
	}
	s := value.(*faulty.Server)
	switch {
	case args[0] == "fault":
		s.Fault(strings.Join(args[1:], ""))
	case args[0] == "forget":
		s.Forget()
	case args[0] == "drop" && len(args) == 2:
		s.Edit(args[1], func([]byte) []byte { return nil })
	case args[0] == "requests" && len(args) >= 3:
		what, want := strings.Join(args[1:len(args)-1], " "), args[len(args)-1]
		if n := strconv.Itoa(s.Requests(what)); n != want {
			ts.Fatalf("there were %s requests %s, not %s", n, what, want)
		}
	default:
		ts.Fatalf("cacheserver: %s?", strings.Join(args, " "))
	}
}

// nginxConf is a cache as the documentation shows one.
const nginxConf = `daemon off;
pid %[1]s/pid;
error_log %[1]s/error.log;
events {}
http {
	access_log %[1]s/access.log;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	client_max_body_size 0;
	server {
		listen %[2]s;
		root %[1]s/data;
		location / {
			dav_methods PUT;
			create_full_put_path on;
			%[3]s
		}
	}
}
`

// cmdNginx is `nginx [DIRECTIVE...]`: starts nginx as a cache, and sets REMOTE to
// its address and NGINX to the directory with its access.log and data.
func cmdNginx(ts *testscript.TestScript, neg bool, args []string) {
	dir, err := os.MkdirTemp("", "nginx-")
	ts.Check(err)
	ts.Check(os.Chmod(dir, 0o755))
	ts.Defer(func() { os.RemoveAll(dir) })
	data := filepath.Join(dir, "data")
	ts.Check(os.Mkdir(data, 0o777))
	ts.Check(os.Chmod(data, 0o777)) // its workers are of another user if this is root
	address := freeAddress(ts)
	conf := filepath.Join(dir, "nginx.conf")
	ts.Check(os.WriteFile(conf, fmt.Appendf(nil, nginxConf, dir, address, strings.Join(args, "\n")), 0o644))
	serve(ts, address, "nginx", "-e", filepath.Join(dir, "error.log"), "-p", dir, "-c", conf)
	ts.Setenv("NGINX", dir)
}

// cmdBazelRemote is `bazelremote [FLAG...]`: starts bazel-remote over an empty
// directory, and sets REMOTE to its address and BAZELREMOTE to the directory.
func cmdBazelRemote(ts *testscript.TestScript, neg bool, args []string) {
	dir, err := os.MkdirTemp("", "bazel-remote-")
	ts.Check(err)
	ts.Defer(func() { os.RemoveAll(dir) })
	address := freeAddress(ts)
	serve(ts, address, "bazel-remote", append(args, "--dir="+dir, "--max_size=1", "--http_address="+address, "--grpc_address=none")...)
	ts.Setenv("BAZELREMOTE", dir)
}

func freeAddress(ts *testscript.TestScript) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Check(l.Close())
	return l.Addr().String()
}

// serve starts a server until the end of the script, waits until it listens, and sets
// REMOTE to its address.
func serve(ts *testscript.TestScript, address, name string, args ...string) {
	cmd := exec.Command(name, args...)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	ts.Defer(func() { cmd.Process.Signal(os.Interrupt); <-ended })
	for {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			break
		}
		select {
		case err := <-ended:
			ended <- err
			ts.Fatalf("%s: %v\n%s", name, err, said.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
	ts.Setenv("REMOTE", "http://"+address)
}
