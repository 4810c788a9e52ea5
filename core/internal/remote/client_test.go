package remote

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// This program is a fake helper, too: of the kind that the variable names.
const fake = "REMOTE_TEST_HELPER"

func TestMain(m *testing.M) {
	if kind := os.Getenv(fake); kind != "" {
		beHelper(kind)
		return
	}
	os.Exit(m.Run())
}

const hello = `{"ID":0,"KnownCommands":["get","put","close"]}` + "\n"

func beHelper(kind string) {
	switch kind {
	case "mute":
		time.Sleep(time.Hour)
	case "dead":
		fmt.Fprintln(os.Stderr, "starting\nno licence")
		os.Exit(1)
	case "endless":
		for {
			fmt.Print(strings.Repeat("x", 1000))
		}
	case "useless":
		fmt.Println(`{"ID":0,"KnownCommands":["close"]}`)
		time.Sleep(time.Hour)
	}
	fmt.Print(hello)
	switch kind {
	case "deaf":
		time.Sleep(time.Hour)
	case "foreign":
		fmt.Println(`{"ID":77,"Miss":true}`)
	case "device": // or a pipe, or a directory, which every system has
		fmt.Printf(`{"ID":1,"Size":10,"DiskPath":%q}`+"\n", os.TempDir())
		time.Sleep(time.Hour)
	}
	echo(kind)
}

// echo answers each request with a miss; "moving" never answers the second, of which it
// says that more is to come.
func echo(kind string) {
	in := make([]byte, 1<<20)
	for id := 1; ; {
		n, err := os.Stdin.Read(in)
		if err != nil {
			return
		}
		for range bytes.Count(in[:n], []byte("\n")) {
			for kind == "moving" && id == 2 {
				fmt.Printf(`{"ID":%d,"Moving":true}`+"\n", id)
				time.Sleep(50 * time.Millisecond)
			}
			fmt.Printf(`{"ID":%d,"Miss":true}`+"\n", id)
			id++
		}
	}
}

func helperCommand(kind string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fake+"="+kind)
	return cmd
}

// short is for helpers that are silent, and long for all others: no test waits for it.
const (
	short = 300 * time.Millisecond
	long  = time.Minute
)

func TestStart(t *testing.T) {
	for _, test := range []struct {
		kind, want string
		left       time.Duration
	}{
		{"mute", "it has not answered for 300ms", short},
		{"mute", "it has not answered for 300ms", -1}, // it took all of the time to start it
		{"dead", "its helper has ended: no licence", long},
		{"endless", "it answered with a line that is not of the protocol", long},
		{"useless", "it does not announce the command get", long},
	} {
		c, err := start(helperCommand(test.kind), test.left, short)
		if c != nil || err == nil || err.Error() != test.want {
			t.Errorf("%s: %v, not %q", test.kind, err, test.want)
		}
	}
}

func startFake(t *testing.T, kind string, stall time.Duration) *client {
	t.Helper()
	c, err := start(helperCommand(kind), long, long)
	if err != nil {
		t.Fatal(err)
	}
	c.stall = stall
	t.Cleanup(func() { c.fail(io.EOF) })
	return c
}

func TestAsk(t *testing.T) {
	for _, kind := range []string{"plain", "foreign"} {
		c := startFake(t, kind, long)
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if answer, err := c.ask(&Request{Command: CmdGet}, nil); err != nil || !answer.Miss {
					t.Error(answer, err)
				}
			})
		}
		group.Wait()
	}
}

// A helper that answers another, or says that it is at work, is waited for, each time
// anew, and not when nobody asks it.
func TestPatient(t *testing.T) { synctest.Test(t, testPatient) } // in which the clock stands still

func testPatient(t *testing.T) {
	in, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var silent atomic.Bool
	c := &client{in: in, stall: long, waiting: map[int64]chan Response{}, dead: make(chan struct{})}
	c.silence = time.AfterFunc(long, func() { silent.Store(true) })
	r, w := io.Pipe()
	c.failed.Do(func() {}) // it has no process
	go c.read(r)
	defer w.Close()
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			if answer, err := c.ask(&Request{Command: CmdGetObject}, nil); err != nil || !answer.Miss {
				t.Error(answer, err)
			}
		})
	}
	for _, line := range []string{`{"ID":3,"Miss":true}`, `{"ID":1,"Moving":true}`, `{"ID":1,"Moving":true}`, `{"ID":1,"Miss":true}`, `{"ID":2,"Miss":true}`} {
		time.Sleep(long - 1)
		fmt.Fprintln(w, line)
	}
	group.Wait()
	if time.Sleep(2 * long); silent.Load() {
		t.Error("it was not waited for")
	}
	c.expect(4)
	if time.Sleep(long + 1); !silent.Load() {
		t.Error("its silence has no end")
	}
}

// Whatever becomes of the helper, all who wait for it go on.
func TestKilled(t *testing.T) {
	c := startFake(t, "deaf", long)
	done := make(chan error)
	for range 3 {
		go func() { _, err := c.ask(&Request{Command: CmdGet}, nil); done <- err }()
	}
	c.cmd.Process.Kill()
	for range 3 {
		if err := <-done; err == nil {
			t.Error("an answer of a dead helper")
		}
	}
	if _, err := c.ask(&Request{Command: CmdGet}, nil); err == nil {
		t.Error("an answer of a dead helper")
	}
}

// What is no regular file is not read: a pipe would be waited for, and a device has no end.
func TestDevice(t *testing.T) {
	c := startFake(t, "device", long)
	if answer, err := c.ask(&Request{Command: CmdGet}, nil); err != errAnswer {
		t.Error(answer, err)
	}
}

// A helper that does not take a large body does not block its client.
func TestDeaf(t *testing.T) {
	c := startFake(t, "deaf", short)
	body := strings.NewReader(strings.Repeat("x", 10<<20))
	if _, err := c.ask(&Request{Command: CmdPut, BodySize: body.Size()}, body); err == nil {
		t.Error("it took what it did not read")
	}
}

// A body is one JSON string in base64, of any length.
func TestBody(t *testing.T) {
	for _, size := range []int{1, 2, 3, 3<<14 - 1, 3 << 14, 3<<14 + 1, 100_000} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		data := bytes.Repeat([]byte{7}, size)
		c := &client{in: w, stall: long, silence: time.NewTimer(long)}
		go func() {
			if err := c.writeBody(bytes.NewReader(data), int64(size)); err != nil {
				t.Error(err)
			}
			w.Close()
		}()
		got, _ := io.ReadAll(r)
		if want := `"` + base64.StdEncoding.EncodeToString(data) + "\"\n"; string(got) != want {
			t.Errorf("%d bytes: %.100q", size, got)
		}
	}
}

// An answer that takes too long for who waits for it ends the tier, though it may be
// on its way.
func TestWithin(t *testing.T) {
	tier := New(long, func(context.Context) (*exec.Cmd, error) { return helperCommand("moving"), nil })
	stop := tier.Within(long)
	if _, err := tier.Entries([32]byte{}, [16]byte{}); err != nil || !stop() {
		t.Error(err)
	}
	defer tier.Within(short)()
	if _, err := tier.Entries([32]byte{}, [16]byte{}); err == nil || err.Error() != "it has taken 0s, all the time that there is for it" {
		t.Error(err)
	}
}

// The reason is told to the first who meets it only.
func TestToldOnce(t *testing.T) {
	tier := New(long, func(context.Context) (*exec.Cmd, error) { return helperCommand("dead"), nil })
	told := 0
	for range 3 {
		if _, err := tier.Entries([32]byte{}, [16]byte{}); err == nil {
			t.Error("entries of a dead helper")
		} else if err != ErrEnded {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

func FuzzDecodeResponse(f *testing.F) {
	f.Add([]byte(hello))
	f.Add([]byte(`{"ID":1,"OutputID":"AAAA","Size":3,"Time":"2026-01-02T03:04:05Z","DiskPath":"/x"}`))
	f.Add([]byte(`{"ID":-1}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, line []byte) {
		if r, err := decodeResponse(line); err == nil && (r.ID < 0 || r.Size < 0) {
			t.Errorf("%+v", r)
		}
	})
}
