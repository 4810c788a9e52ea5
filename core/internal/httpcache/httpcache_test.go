package httpcache

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fixturecache/fixturecache/internal/faults/testdata/faulty"
)

// none is an environment without variables, but for what the pairs say.
func none(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		if name == "NETRC" {
			return os.DevNull
		}
		return ""
	}
}

func serve(t *testing.T, env ...string) (*faulty.Server, *Cache) {
	s := &faulty.Server{}
	l := httptest.NewServer(s)
	t.Cleanup(l.Close)
	t.Cleanup(l.CloseClientConnections)
	c, err := New(l.URL+"/team/", none(env...), time.Minute) // which no test waits for
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func idOf(data []byte) ID { return sha256.Sum256(data) }

// file returns the path of a file with some data.
func file(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func put(t *testing.T, c *Cache, data []byte) {
	t.Helper()
	path := file(t, data)
	if err := c.PutObject(t.Context(), idOf(data), int64(len(data)), path, false, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Put(t.Context(), ID{1}, idOf(data), int64(len(data)), path); err != nil {
		t.Fatal(err)
	}
}

// get returns an object, and the output of the action that put made.
func get(t *testing.T, c *Cache, data []byte) (object, output []byte, err error) {
	path := filepath.Join(t.TempDir(), "got")
	err = c.GetObject(t.Context(), idOf(data), int64(len(data)), path, nil)
	object, _ = os.ReadFile(path)
	if err == nil {
		var id ID
		var size int64
		id, size, err = c.Get(t.Context(), ID{1}, path)
		if output, _ = os.ReadFile(path); err == nil && (id != idOf(data) || size != int64(len(data))) {
			t.Errorf("%x of %d bytes", id, size)
		}
	}
	return object, output, err
}

// Bodies of each way to be sent: with the result, with a question before, and of
// nothing.
func bodies() [][]byte {
	return [][]byte{nil, []byte("a"), bytes.Repeat([]byte("ab"), headFrom), bytes.Repeat([]byte("abc"), maxInline)}
}

func TestRoundTrip(t *testing.T) {
	for _, fault := range []string{"", "rewrite", "flaky"} {
		for _, data := range bodies() {
			s, c := serve(t)
			s.Fault(fault)
			put(t, c, data)
			object, output, err := get(t, c, data)
			if err != nil || !bytes.Equal(object, data) || !bytes.Equal(output, data) {
				t.Errorf("%q, %d bytes: %d and %d bytes: %v", fault, len(data), len(object), len(output), err)
			}
			asked := 1 // an output within its result is not asked for
			if len(data) == 0 {
				asked = 0
			} else if len(data) > maxInline {
				asked = 2
			}
			if n := s.Requests("GET cas"); n != asked && fault == "" {
				t.Errorf("%d bytes: %d objects asked for", len(data), n)
			}
		}
	}
}

// What is there is not sent again, unless by force; what is small is sent without a
// question.
func TestHeadBeforeLargePut(t *testing.T) {
	s, c := serve(t)
	large, small := bytes.Repeat([]byte("ab"), headFrom), []byte("a")
	put(t, c, large)
	s.Forget()
	for _, force := range []bool{false, true} {
		if err := c.PutObject(t.Context(), idOf(large), int64(len(large)), file(t, large), force, nil); err != nil {
			t.Fatal(err)
		}
	}
	if h, p := s.Requests("HEAD"), s.Requests("PUT"); h != 1 || p != 1 {
		t.Errorf("%d HEAD, %d PUT", h, p)
	}
	if err := c.PutObject(t.Context(), idOf(small), 1, file(t, small), false, nil); err != nil || s.Requests("HEAD") != 1 {
		t.Errorf("%d HEAD: %v", s.Requests("HEAD"), err)
	}
}

// A result is not written if its object could not be.
func TestObjectBeforeResult(t *testing.T) {
	s, c := serve(t)
	s.Fault("413")
	data := bytes.Repeat([]byte("abc"), maxInline)
	err := c.Put(t.Context(), ID{1}, idOf(data), int64(len(data)), file(t, data))
	if err == nil || s.Requests("PUT ac") != 0 {
		t.Errorf("%d results written: %v", s.Requests("PUT ac"), err)
	}
}

func TestFaults(t *testing.T) {
	for fault, want := range map[string]string{
		"401": "401 Unauthorized", "500": "500 Internal Server Error", "truncate": "bytes, not", "nocas": "404 Not Found",
		"drip": "nothing has moved for", "stall": "nothing has moved for", "redirect": "it redirects to another host, elsewhere.example.com",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s, c := serve(t)
			s.Elsewhere = "http://elsewhere.example.com"
			data := bytes.Repeat([]byte("ab"), headFrom)
			put(t, c, data)
			if want == "nothing has moved for" {
				c.stall = 300 * time.Millisecond
			}
			s.Fault(fault)
			_, _, err := get(t, c, data)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("%v, not %q", err, want)
			}
			if fault == "nocas" != errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%v is absence", err)
			}
		})
	}
	for _, fault := range faulty.Faults {
		_, c := serve(t)
		if _, _, err := c.Get(t.Context(), ID{2}, filepath.Join(t.TempDir(), "got")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: what is not there: %v", fault, err)
		}
	}
}

// A body that is longer than it should be is not read to its end.
func TestNoMoreThanAskedFor(t *testing.T) {
	l := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			w.Write(make([]byte, 1<<16))
		}
	}))
	defer l.Close()
	c, err := New(l.URL, none(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "got")
	err = c.GetObject(t.Context(), ID{1}, 1000, path, nil)
	if data, _ := os.ReadFile(path); err == nil || len(data) > 1001 {
		t.Errorf("%d bytes: %v", len(data), err)
	}
	if _, _, err := c.Get(t.Context(), ID{1}, path); err == nil {
		t.Error("an endless result is one")
	}
}

func TestAuthorization(t *testing.T) {
	netrc := file(t, []byte("machine example.com login eve password no\nmacdef init\nmachine 127.0.0.1 login no\n\nmachine 127.0.0.1\n\tlogin ann\n\tpassword hunter2\ndefault login anon password x\n"))
	for _, test := range []struct {
		env  []string
		want string
	}{
		{nil, ""},
		{[]string{VarToken, "hunter2"}, "Bearer hunter2"},
		{[]string{VarAuth, "ann:hunter2"}, "Basic YW5uOmh1bnRlcjI="},
		{[]string{"NETRC", netrc}, "Basic YW5uOmh1bnRlcjI="},
	} {
		s, c := serve(t, test.env...)
		s.Fault("401")
		err := c.Reach(t.Context())
		if s.Auth() != test.want {
			t.Errorf("%q: %q, not %q", test.env, s.Auth(), test.want)
		}
		if err == nil || strings.Contains(err.Error(), "hunter") {
			t.Errorf("%v", err)
		}
	}
	if c, err := New("http://ann:hunter2@example.com:80/x", none(), time.Minute); err != nil || c.auth != "Basic YW5uOmh1bnRlcjI=" || c.Address() != "http://example.com:80/x" {
		t.Errorf("%+v %v", c, err)
	}
	for _, env := range [][]string{{VarToken, "hunter2", VarAuth, "a:hunter2"}, {VarAuth, "hunter2"}, {VarCert, "hunter/none"}, {VarCA, netrc}} {
		if _, err := New("http://example.com", none(env...), time.Minute); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", env, err)
		}
	}
	for _, address := range []string{"", "cache:80", "ftp://ann:hunter2@x", "http://", "http://ann:hunter2@x:y:z", "http://[::1%hunter2"} {
		if _, err := New(address, none(), time.Minute); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// A default entry is no name and password for every host.
func TestNetrcDefault(t *testing.T) {
	if got := netrcEntry(strings.NewReader("default login a password b"), "example.com"); got != "" {
		t.Error(got)
	}
}

// A large object goes through in pieces.
func TestBoundedMemory(t *testing.T) {
	size := int64(64 << 20)
	if os.Getenv("CACHETEST_LONG") != "" {
		size = 1 << 30
	}
	l := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodHead:
			w.WriteHeader(http.StatusNotFound)
		case http.MethodPut:
			if n, err := io.Copy(io.Discard, r.Body); n != size || n != r.ContentLength {
				t.Error(n, err)
			}
		default:
			io.CopyN(w, zeros{}, size)
		}
	}))
	defer l.Close()
	c, err := New(l.URL, none(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	path := file(t, nil)
	if err := os.Truncate(path, size); err != nil { // to zeros
		t.Fatal(err)
	}
	if err := c.PutObject(t.Context(), ID{1}, size, path, false, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.GetObject(t.Context(), ID{1}, size, os.DevNull, nil); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 8<<20 { // of client and server, freed or not
		t.Errorf("%d bytes were allocated for %d", n, size)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestMovedIsTold(t *testing.T) {
	_, c := serve(t)
	data := make([]byte, 10*leastMove)
	put(t, c, data)
	n := 0
	if err := c.GetObject(t.Context(), idOf(data), int64(len(data)), os.DevNull, func() { n++ }); err != nil || n < 5 {
		t.Errorf("told %d times: %v", n, err)
	}
	_, tap := c.watch(t.Context(), nil)
	tap.count(leastMove) // nobody wants to know
	tap.end()
}

// What waits for its turn while something moves has not stalled.
func TestTurns(t *testing.T) { synctest.Test(t, testTurns) } // in which the clock stands still

func testTurns(t *testing.T) {
	c, err := New("http://cache", none(), time.Second) // less than all of them take
	if err != nil {
		t.Fatal(err)
	}
	c.client.Transport = &inTurn{turn: make(chan bool, 1)}
	var group sync.WaitGroup
	for i := range 12 {
		group.Go(func() {
			if err := c.GetObject(t.Context(), ID{byte(i)}, 100, os.DevNull, nil); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if err := c.GetObject(t.Context(), ID{12}, 100, os.DevNull, nil); err == nil {
		t.Error("it waits for ever")
	}
}

// inTurn answers one request after the other, and the thirteenth never.
type inTurn struct {
	turn     chan bool
	answered int
}

func (s *inTurn) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case s.turn <- true:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if s.answered++; s.answered <= 12 {
		time.Sleep(time.Second - 1)
		<-s.turn
		return &http.Response{StatusCode: http.StatusOK, ContentLength: 100, Body: io.NopCloser(bytes.NewReader(make([]byte, 100)))}, nil
	}
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// An answer that does not come to its end is none, whatever it begins with.
func TestNoEnd(t *testing.T) {
	l := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(http.StatusNotFound)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer l.Close()
	c, err := New(l.URL, none(), 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Get(t.Context(), ID{1}, os.DevNull); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is taken for an answer", err)
	}
}

func FuzzDecodeResult(f *testing.F) {
	for _, data := range bodies()[:3] {
		f.Add(string((&result{inline: data}).encode()))
		f.Add(string((&result{output: idOf(data), size: int64(len(data))}).encode()))
	}
	f.Fuzz(func(t *testing.T, data string) {
		r, err := decodeResult(data)
		if err != nil {
			return
		}
		if r.size < 0 || r.inline != nil && (int64(len(r.inline)) != r.size || idOf(r.inline) != r.output) {
			t.Errorf("%+v", r)
		}
		again, err := decodeResult(string(r.encode()))
		if err != nil || again.output != r.output || again.size != r.size || !slices.Equal(again.inline, r.inline) {
			t.Errorf("%+v, then %+v: %v", r, again, err)
		}
	})
}
