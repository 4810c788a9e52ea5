// Package httpcache is a client of Bazel's HTTP cache: objects under
// /cas/<sha256> and results of actions under /ac/<sha256>, as bazel-remote,
// nginx with DAV and others serve them.
//
// It promises bounds: an operation during which no data moves ends after the time
// that [New] is given, with its retries; bytes that a server sends beyond the size
// that was asked for are not read. It promises order: the result of an action is
// written after the object that it refers to. It does not promise to return the bytes
// that were put, as servers are known to serve damaged bodies with status 200: the
// caller has to check. The error for something absent is [fs.ErrNotExist]; every
// other error names the host and the operation, and never a credential.
package httpcache

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// An ID is a SHA-256: that of an object, or that of the inputs of an action.
type ID = [32]byte

// A Cache is a cache on a server. Its methods may be called by any number of
// goroutines at once.
type Cache struct {
	base   *url.URL // without credentials
	auth   string   // the header Authorization, "" if there is none
	client *http.Client
	stall  time.Duration

	mu    sync.Mutex
	taps  map[*tap]bool // those of the operations under way
	bytes int           // how many have moved since it was last leastMove
}

const (
	// headFrom is the size from which on PutObject asks the server whether it has an
	// object before it sends it: a round trip costs about as much as sending this.
	headFrom = 32 << 10
	// maxResult bounds the result of an action, which is held in memory. A small
	// output is in it, to spare a round trip: less than 1 MiB, which is what
	// nginx takes unless it is told otherwise.
	maxResult = 1 << 20
	maxInline = 600 << 10
)

// New returns the cache at an address, with the credentials that the environment
// holds for it. stall is how long an operation may go on without moving anything.
func New(address string, getenv func(string) string, stall time.Duration) (*Cache, error) {
	base, err := url.Parse(address)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || strings.ContainsAny(address, "?#") || strings.Contains(base.Path, "@") {
		return nil, errors.New("CACHETEST_REMOTE, the address of the cache, must begin with http:// or https://, name a host, and hold no ?, no #, and no @ behind the host: escape those of a password") // it, or err, might show that
	}
	c := &Cache{base: base, stall: stall, taps: map[*tap]bool{}}
	if c.auth, err = authorization(base, getenv); err != nil {
		return nil, err
	}
	base.User = nil
	transport, err := newTransport(getenv, stall)
	if err != nil {
		return nil, err
	}
	c.client = &http.Client{Transport: transport, CheckRedirect: sameHost}
	return c, nil
}

// Address returns the address without credentials.
func (c *Cache) Address() string { return c.base.String() }

var errRedirect = errors.New("it redirects")

// sameHost refuses redirects to another host, which the user has not chosen to send
// anything to.
func sameHost(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	if req.URL.Host != first.Host || req.URL.Scheme != first.Scheme {
		return fmt.Errorf("%w to another host, %s", errRedirect, req.URL.Host)
	}
	if len(via) > 3 {
		return fmt.Errorf("%w more than 3 times", errRedirect)
	}
	return nil
}

// GetObject writes an object of a known size to a file. It calls moved, which may be nil,
// about once for each MiB that moves.
func (c *Cache) GetObject(ctx context.Context, id ID, size int64, path string, moved func()) error {
	if size == 0 {
		return os.WriteFile(path, nil, 0o600) // the empty object needs no server
	}
	return c.do(ctx, moved, request{method: http.MethodGet, kind: "cas", id: id}, func(resp *http.Response) error {
		if n := resp.ContentLength; n >= 0 && n != size {
			return fmt.Errorf("it has %d bytes, not %d", n, size)
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		n, err := io.Copy(f, io.LimitReader(resp.Body, size+1))
		if err == nil && n != size {
			err = fmt.Errorf("it has %d bytes, not %d", n, size)
		}
		return errors.Join(err, f.Close())
	})
}

// PutObject makes the server hold an object, the content of a file. Without force an
// object that the server says that it has is not sent again.
func (c *Cache) PutObject(ctx context.Context, id ID, size int64, path string, force bool, moved func()) error {
	if size == 0 {
		return nil
	}
	if size >= headFrom && !force {
		same := false
		err := c.do(ctx, nil, request{method: http.MethodHead, kind: "cas", id: id}, func(resp *http.Response) error {
			same = resp.ContentLength < 0 || resp.ContentLength == size
			return nil
		})
		if err == nil && same || err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	open := func() (io.ReadCloser, error) { return os.Open(path) }
	return c.do(ctx, moved, request{method: http.MethodPut, kind: "cas", id: id, size: size, body: open}, nil)
}

// A result is the output of an action, of which there is one.
type result struct {
	output ID
	size   int64
	inline []byte // the output, if it came with the result
}

// Get returns the output of an action, and writes it to a file.
func (c *Cache) Get(ctx context.Context, action ID, path string) (output ID, size int64, err error) {
	var r result
	err = c.do(ctx, nil, request{method: http.MethodGet, kind: "ac", id: action}, func(resp *http.Response) error {
		data, err := io.ReadAll(io.LimitReader(resp.Body, maxResult+1))
		switch {
		case err != nil:
			return err
		case len(data) > maxResult:
			return errors.New("the result of an action has more than 1 MiB")
		}
		r, err = decodeResult(string(data))
		return err
	})
	switch {
	case err != nil:
	case r.inline != nil:
		err = os.WriteFile(path, r.inline, 0o600)
	default:
		err = c.GetObject(ctx, r.output, r.size, path, nil)
	}
	return r.output, r.size, err
}

// Put writes the output of an action, the content of a file, and then the result that
// refers to it. A small output is written within the result.
func (c *Cache) Put(ctx context.Context, action, output ID, size int64, path string) (err error) {
	r := result{output: output, size: size}
	if size > 0 && size <= maxInline {
		r.inline, err = os.ReadFile(path)
	} else {
		err = c.PutObject(ctx, output, size, path, false, nil)
	}
	if err != nil {
		return err
	}
	data := r.encode()
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	return c.do(ctx, nil, request{method: http.MethodPut, kind: "ac", id: action, size: int64(len(data)), body: open}, nil)
}

// Reach reports whether the server answers: it asks for an object that is not there.
func (c *Cache) Reach(ctx context.Context) error {
	err := c.do(ctx, nil, request{method: http.MethodHead, kind: "cas", id: ID{0: 1}}, nil)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// A request is an HTTP request that can be sent again.
type request struct {
	method string
	kind   string // "cas" or "ac"
	id     ID
	size   int64
	body   func() (io.ReadCloser, error) // opens the body; nil for none
}

// A statusError is an answer whose status is not 2xx.
type statusError struct{ code int }

func (e statusError) Error() string {
	if e.code == http.StatusUnauthorized {
		return "401 Unauthorized: give credentials by " + VarAuth + ", " + VarToken + " or a netrc file"
	}
	return strconv.Itoa(e.code) + " " + http.StatusText(e.code)
}

// Is makes the statuses 404 and 410 match [fs.ErrNotExist].
func (e statusError) Is(target error) bool {
	return target == fs.ErrNotExist && (e.code == http.StatusNotFound || e.code == http.StatusGone)
}

// temporary reports whether a request that failed may succeed when it is sent again.
func temporary(err error) bool {
	var status statusError
	if errors.As(err, &status) {
		return status.code >= 500 && status.code != http.StatusNotImplemented && status.code != http.StatusInsufficientStorage || status.code == http.StatusTooManyRequests
	}
	var failed *url.Error // the connection
	return errors.As(err, &failed) && !errors.Is(err, errRedirect)
}

// retries is how often a request is sent again, and pause how long do waits before the
// first time: for a server that restarts, or a proxy that lost the request.
const (
	retries = 2
	pause   = 100 * time.Millisecond
)

// do sends a request, with retries, and calls use, unless it is nil, with the answer.
func (c *Cache) do(ctx context.Context, moved func(), r request, use func(*http.Response) error) error {
	ctx, t := c.watch(ctx, moved)
	defer t.end()
	var err error
	for try := 0; ctx.Err() == nil; try++ {
		if err = c.once(ctx, t, r, use); err == nil || try == retries || !temporary(err) {
			break
		}
		select {
		case <-time.After(pause << (2 * try)):
		case <-ctx.Done():
		}
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		t.count(leastMove) // an answer is as good as data that moves
	}
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) {
		err = context.Cause(ctx)
	}
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err // leaves out the address
	}
	return fmt.Errorf("%s of /%s/ on %s: %w", r.method, r.kind, c.base.Host, err)
}

func (c *Cache) once(ctx context.Context, t *tap, r request, use func(*http.Response) error) error {
	var body io.Reader
	if r.body != nil {
		f, err := r.body()
		if err != nil {
			return err
		}
		defer f.Close()
		body = &tappedReader{f, t}
	}
	address := strings.TrimSuffix(c.base.String(), "/") + "/" + r.kind + "/" + fmt.Sprintf("%x", r.id)
	req, err := http.NewRequestWithContext(ctx, r.method, address, body)
	if err != nil {
		return err
	}
	req.ContentLength = r.size
	if r.body != nil {
		req.GetBody = r.body
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	if c.auth != "" {
		req.Header.Set("Authorization", c.auth)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		io.CopyN(io.Discard, resp.Body, 4<<10) // so that the connection can be used again
		return cmp.Or(ctx.Err(), error(statusError{resp.StatusCode}))
	}
	if use == nil {
		return nil
	}
	resp.Body = io.NopCloser(&tappedReader{resp.Body, t})
	return use(resp)
}

// Check calls step for each operation that a test run needs of the cache, with write
// also for those of a run that shares its builds, and stops at the first that fails.
func (c *Cache) Check(ctx context.Context, write bool, step func(name string, do func() (found string, err error)) error) error {
	if err := step("reach", func() (string, error) { return c.Address(), c.Reach(ctx) }); err != nil || !write {
		return err
	}
	dir, err := os.MkdirTemp("", "cachetest-remote-check-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	data, sent := []byte("cachetest remote -check: "+rand.Text()), filepath.Join(dir, "sent")
	if err := os.WriteFile(sent, data, 0o600); err != nil {
		return err
	}
	id := ID(sha256.Sum256(data))
	if err := step("write", func() (string, error) {
		err := c.PutObject(ctx, id, int64(len(data)), sent, true, nil)
		if err == nil {
			err = c.Put(ctx, id, id, int64(len(data)), sent)
		}
		return "an object and a result", err
	}); err != nil {
		return err
	}
	return step("read", func() (string, error) {
		return "both are as they were written", c.readBack(ctx, id, int64(len(data)), filepath.Join(dir, "got"))
	})
}

// readBack reads the object and the result that Check has written.
func (c *Cache) readBack(ctx context.Context, id ID, size int64, path string) error {
	if err := c.GetObject(ctx, id, size, path, nil); err != nil {
		return err
	}
	got, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	output, _, err := c.Get(ctx, id, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("what was written is not there")
	case err != nil:
		return err
	case sha256.Sum256(got) != id || output != id:
		return errors.New("what was written comes back with other bytes")
	}
	return nil
}
