//go:build unix

package fixturecache_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// TestRemoteStreams sends an object of a GiB to a server and back through the helper
// as tests start it, which holds little of it in memory at a time.
func TestRemoteStreams(t *testing.T) {
	if !long() {
		t.Skip("a GiB: CACHETEST_LONG=1 runs it")
	}
	const size, most = 1 << 30, 64 << 20
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	id := writeGiB(t, from, size)
	l := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut {
			http.ServeFile(w, r, from)
			return
		}
		h := sha256.New()
		if _, err := io.Copy(h, r.Body); err != nil || !bytes.Equal(h.Sum(nil), id) {
			t.Errorf("%x is sent, not %x: %v", h.Sum(nil), id, err)
		}
	}))
	defer l.Close()

	cmd := exec.Command("cachetest", "remote")
	cmd.Env = append(os.Environ(), "CACHETEST_REMOTE="+l.URL, "CACHETEST_REMOTE_TIMEOUT=10m", "TMPDIR="+dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan() // what it knows
	for i, command := range []string{"cachetest-put-object", "cachetest-get-object"} {
		path := []string{from, to}[i]
		fmt.Fprintf(in, `{"ID":%d,"Command":%q,"OutputID":%q,"BodySize":%d,"Path":%q}`+"\n", i+1, command, base64.StdEncoding.EncodeToString(id), size, path)
		var answer struct {
			Err    string
			Moving bool
		}
		for answer.Moving = true; answer.Moving && lines.Scan(); {
			answer.Moving = false
			if err := json.Unmarshal(lines.Bytes(), &answer); err != nil || answer.Err != "" {
				t.Fatalf("%s: %v %s", command, err, answer.Err)
			}
		}
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if got := digestGiB(t, to); !bytes.Equal(got, id) {
		t.Errorf("it comes back as %x, not %x", got, id)
	}
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	if runtime.GOOS == "linux" {
		peak <<= 10 // in KiB there
	}
	t.Logf("peak %d MiB", peak>>20)
	if peak > most {
		t.Errorf("the helper took %d bytes of memory", peak)
	}
}

// writeGiB makes a file that is mostly a hole.
func writeGiB(t *testing.T, path string, size int64) []byte {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	for at := int64(0); at < size; at += 1 << 20 {
		if _, err := f.WriteAt(fmt.Append(nil, "piece ", at), at); err != nil {
			t.Fatal(err)
		}
	}
	return digestGiB(t, path)
}

func digestGiB(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		t.Fatal(err)
	}
	return h.Sum(nil)
}
