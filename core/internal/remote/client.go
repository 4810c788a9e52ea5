package remote

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/plainjson"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Patience is how long a helper may be silent while an answer is due, by default: a
// test waits for it, once in its process. The helper that we ship gives up its server
// before that, and can say why.
const Patience = 4 * time.Second

// A client speaks the protocol to one helper. After its first error it has no
// helper any more.
type client struct {
	cmd    *exec.Cmd
	in     *os.File
	stderr lastLine
	known  []string
	stall  time.Duration

	writing sync.Mutex // one request is written at a time
	last    int64      // its id

	mu      sync.Mutex
	waiting map[int64]chan Response
	silence *time.Timer // ends the client; it runs while an answer is to come

	failed sync.Once
	err    error
	dead   chan struct{} // closed once err is set
}

// start starts a helper and waits for the list of its commands, at most for left. Later
// answers may take patience.
func start(cmd *exec.Cmd, left, patience time.Duration) (*client, error) {
	hello := make(chan Response, 1)
	c := &client{cmd: cmd, stall: patience, waiting: map[int64]chan Response{0: hello}, dead: make(chan struct{})}
	cmd.Stderr = &c.stderr
	cmd.WaitDelay = 200 * time.Millisecond // a process that it started may hold its standard error open
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	in, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdin, c.in = in, out
	err = unlogged.Start(cmd)
	in.Close()
	if err != nil {
		out.Close()
		return nil, err
	}
	c.silence = time.AfterFunc(left, func() { c.fail(fmt.Errorf("it has not answered for %v", c.stall)) })
	go c.read(stdout)
	answer, err := c.await(hello)
	if err != nil {
		return nil, err
	}
	if c.known = answer.KnownCommands; !c.knows(CmdGet) {
		c.fail(errors.New("it does not announce the command get"))
		return nil, c.err
	}
	return c, nil
}

func (c *client) knows(command string) bool { return slices.Contains(c.known, command) }

// expect waits for the answer of an id.
func (c *client) expect(id int64) chan Response {
	answer := make(chan Response, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting[id] = answer; len(c.waiting) == 1 {
		c.silence.Reset(c.stall)
	}
	return answer
}

// read takes the helper's lines until there are no more.
func (c *client) read(stdout io.Reader) {
	lines := bufio.NewReaderSize(stdout, MaxLine)
	for {
		line, err := lines.ReadSlice('\n')
		var r Response
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			err = errAnswer
		case err == nil:
			r, err = decodeResponse(line)
			if st, none := unlogged.StatPath(r.DiskPath); none == nil && !st.Mode.IsRegular() {
				err = errAnswer // a pipe would be waited for, and a device has no end
			}
		default:
			err = errors.New("its helper has ended")
		}
		if err != nil {
			c.fail(err)
			return
		}
		c.deliver(r)
	}
}

func (c *client) deliver(r Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	answer := c.waiting[r.ID]
	if answer == nil {
		return // nobody waits for it
	}
	if !r.Moving {
		delete(c.waiting, r.ID)
		answer <- r
	}
	c.patient()
}

// fail ends the client, and returns when it has ended: c.err says why, with the last
// line that the helper wrote to its standard error.
func (c *client) fail(err error) {
	c.failed.Do(func() {
		c.in.Close()
		c.cmd.Process.Kill()
		unlogged.Wait(c.cmd)
		if text := c.stderr.String(); text != "" {
			err = fmt.Errorf("%w: %s", err, text)
		}
		c.err = err
		close(c.dead)
	})
}

// ask sends a request with its body, if it has one, and waits for the answer. An
// answer that says that something went wrong is an error, and the end.
func (c *client) ask(r *Request, body io.Reader) (Response, error) {
	c.writing.Lock()
	c.last++
	r.ID = c.last
	answer := c.expect(r.ID)
	err := c.write(r, body)
	c.writing.Unlock()
	if err != nil {
		c.fail(fmt.Errorf("it does not take requests: %w", err))
		return Response{}, c.err
	}
	return c.await(answer)
}

// await waits for an answer, or for the end.
func (c *client) await(answer chan Response) (Response, error) {
	select {
	case answer := <-answer:
		if answer.Err != "" {
			c.fail(errors.New(oneLine(answer.Err)))
			return Response{}, c.err
		}
		return answer, nil
	case <-c.dead:
		return Response{}, c.err
	}
}

// write writes a request. If the helper does not take it, its silence ends the client,
// which closes the pipe.
func (c *client) write(r *Request, body io.Reader) error {
	line, _ := plainjson.Marshal(*r) // no error: it knows the types of all fields
	if _, err := c.in.Write(append(line, '\n')); err != nil || r.Command != CmdPut || r.BodySize == 0 {
		return err
	}
	return c.writeBody(body, r.BodySize)
}

// writeBody writes a body as a JSON string in base64. Each piece that the helper takes
// ends its silence.
func (c *client) writeBody(body io.Reader, size int64) error {
	piece := make([]byte, 3<<14) // a length that base64 need not pad
	text := []byte{'"'}
	for size > 0 {
		n, err := io.ReadFull(body, piece[:min(size, int64(len(piece)))])
		if err != nil {
			return err
		}
		size -= int64(n)
		text = base64.StdEncoding.AppendEncode(text, piece[:n])
		if size == 0 {
			text = append(text, "\"\n"...)
		}
		if _, err := c.in.Write(text); err != nil {
			return err
		}
		c.mu.Lock()
		c.patient()
		c.mu.Unlock()
		text = text[:0]
	}
	return nil
}

// patient begins to count the silence anew, if an answer is due and it is not too late:
// one answer of many may have to wait for its turn.
func (c *client) patient() {
	if c.silence.Stop() && len(c.waiting) > 0 {
		c.silence.Reset(c.stall)
	}
}

// A lastLine keeps the text that is written to it, if it is short, and returns its last line.
type lastLine struct{ text string }

func (l *lastLine) Write(b []byte) (int, error) {
	if len(l.text) < MaxLine {
		l.text += string(b)
	}
	return len(b), nil
}

func (l *lastLine) String() string {
	text := strings.TrimSpace(l.text)
	return oneLine(text[strings.LastIndexByte(text, '\n')+1:])
}

// oneLine returns a text of a helper as a part of a line of ours.
func oneLine(text string) string {
	const most = 300
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > most {
		text = text[:most] + "…"
	}
	return text
}

// Commands of the protocol (go doc cmd/go/internal/cacheprog), and some of ours,
// which a helper announces if it has them. The bytes of an object go through a file,
// not through base64, and its name is its SHA-256.
const (
	CmdGet       = "get"
	CmdPut       = "put"
	CmdClose     = "close"
	CmdGetObject = "cachetest-get-object" // writes the object OutputID of BodySize bytes to the file Path
	CmdPutObject = "cachetest-put-object" // reads it from there; with Force also if the server has it
	CmdSign      = "cachetest-sign"       // answers with the signature of the digest ActionID, nothing without a key
	CmdVerify    = "cachetest-verify"     // answers with Miss unless the signature OutputID of ActionID is by one of its keys
)

// A Request is one line to the helper. One of CmdPut with a BodySize is followed
// by a line with the body, a JSON string in base64.
type Request struct {
	ID       int64
	Command  string
	ActionID []byte `json:",omitempty"`
	OutputID []byte `json:",omitempty"`
	BodySize int64  `json:",omitempty"`
	Path     string `json:",omitempty"`
	Force    bool   `json:",omitempty"`
}

// A Response is one line of the helper.
type Response struct {
	ID            int64
	Err           string   `json:",omitempty"`
	KnownCommands []string `json:",omitempty"` // in the first line, of ID 0
	Miss          bool     `json:",omitempty"`
	OutputID      []byte   `json:",omitempty"`
	Size          int64    `json:",omitempty"`
	Time          string   `json:",omitempty"` // of RFC 3339
	DiskPath      string   `json:",omitempty"`

	// Moving says that the answer is still to come, and that some of an object has
	// moved since the line before: only in answer to commands of ours.
	Moving bool `json:",omitempty"`
}

// MaxLine bounds a line of the protocol, bodies apart.
const MaxLine = 64 << 10

var errAnswer = errors.New("it answered with a line that is not of the protocol")

// decodeResponse reads a line.
func decodeResponse(line []byte) (r Response, err error) {
	if err := plainjson.Unmarshal(line, &r); err != nil || r.ID < 0 || r.Size < 0 {
		return Response{}, errAnswer
	}
	return r, nil
}
