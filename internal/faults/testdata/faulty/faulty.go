// Package faulty is a Bazel HTTP cache in memory, for tests: it goes wrong as it
// is told, in the ways that real ones were seen to.
package faulty

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Faults are the ways to go wrong, "" apart.
var Faults = []string{"401", "413", "500", "flaky", "corrupt", "truncate", "nocas", "rewrite", "drip", "stall", "swallow", "redirect"}

// A Server is a handler.
type Server struct {
	mu        sync.Mutex
	fault     string
	flaky     bool
	objects   map[string][]byte // by path
	requests  map[string]int    // by method, and by method and kind
	auth      string            // of the last request
	left      int               // requests until there is one meanwhile is called in
	meanwhile func()
	Elsewhere string // where the fault redirect leads
}

// Fault makes the server go wrong from now on.
func (s *Server) Fault(fault string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// Requests returns how many there were of a method ("PUT"), or of a method and a
// kind ("GET ac"), since Forget.
func (s *Server) Requests(what string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[what]
}

// Forget begins to count requests anew.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.requests)
}

// Meanwhile has a function called once, in the middle of the nth request from now on,
// in none if n is 0.
func (s *Server) Meanwhile(n int, do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left, s.meanwhile = n, sync.OnceFunc(do)
}

// Auth returns the header Authorization of the last request.
func (s *Server) Auth() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.auth
}

// Edit changes what is stored below /ac/ or /cas/.
func (s *Server) Edit(kind string, edit func(body []byte) []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for path, body := range s.objects {
		if !strings.Contains(path, "/"+kind+"/") {
			continue
		}
		if s.objects[path] = edit(body); s.objects[path] == nil {
			delete(s.objects, path)
		}
	}
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind := "ac"
	if strings.Contains(r.URL.Path, "/cas/") {
		kind = "cas"
	}
	s.mu.Lock()
	if s.objects == nil {
		s.objects, s.requests = map[string][]byte{}, map[string]int{}
	}
	s.requests[r.Method]++
	s.requests[r.Method+" "+kind]++
	s.auth = r.Header.Get("Authorization")
	fault, body := s.fault, s.objects[r.URL.Path]
	s.flaky = !s.flaky
	flaky := s.flaky
	s.left--
	now, meanwhile := s.left == 0, s.meanwhile
	s.mu.Unlock()
	if now {
		defer meanwhile()
		w = halfWriter{w, meanwhile}
		r.Body = io.NopCloser(io.MultiReader(io.LimitReader(r.Body, r.ContentLength/2), caller(meanwhile), r.Body))
	}

	switch fault {
	case "401", "500":
		code := 0
		fmt.Sscan(fault, &code)
		w.WriteHeader(code)
		return
	case "413":
		if r.Method == http.MethodPut {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
	case "swallow":
		if r.Method == http.MethodPut {
			io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			return
		}
	case "flaky":
		if flaky {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
	case "redirect":
		http.Redirect(w, r, s.Elsewhere+r.URL.Path, http.StatusTemporaryRedirect)
		return
	case "stall":
		<-r.Context().Done()
		return
	}
	if r.Method == http.MethodPut {
		s.put(w, r, kind, fault)
		return
	}
	if body == nil || fault == "nocas" && kind == "cas" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	s.get(w, r, kind, fault, body)
}

// A halfWriter calls a function when half of the body has been written.
type halfWriter struct {
	http.ResponseWriter
	do func()
}

func (w halfWriter) Write(body []byte) (int, error) {
	n, err := w.ResponseWriter.Write(body[:len(body)/2])
	if err != nil {
		return n, err
	}
	w.do()
	m, err := w.ResponseWriter.Write(body[n:])
	return n + m, err
}

// A caller is an empty reader that is called when it is read.
type caller func()

func (c caller) Read([]byte) (int, error) { c(); return 0, io.EOF }

func (s *Server) put(w http.ResponseWriter, r *http.Request, kind, fault string) {
	if r.ContentLength < 0 {
		w.WriteHeader(http.StatusLengthRequired)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if fault == "rewrite" && kind == "ac" {
		body = append(body, 4<<3, 0)                             // exit_code = 0, as servers may write it
		body = append(body, 9<<3|2, 5, 1<<3|2, 3, 'x', '-', 'y') // execution_metadata { worker: "x-y" }
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[r.URL.Path] = body
}

func (s *Server) get(w http.ResponseWriter, r *http.Request, kind, fault string, body []byte) {
	if kind == "cas" && len(body) > 0 {
		switch fault {
		case "corrupt":
			body = append([]byte{body[0] ^ 1}, body[1:]...)
		case "truncate":
			body = body[:len(body)/2]
		case "drip":
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			for _, b := range body {
				if _, err := w.Write([]byte{b}); err != nil || r.Context().Err() != nil {
					return
				}
				w.(http.Flusher).Flush()
				time.Sleep(10 * time.Millisecond)
			}
			return
		}
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}
