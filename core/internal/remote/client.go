package remote

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"
)

// stallLimit is how long a helper may be silent while it is asked for something:
// a test waits for it, once in its process. The helper that we ship gives up its
// server before that, and can say why.
const stallLimit = 4 * time.Second

// A client speaks the protocol to one helper. After its first error it has no
// helper any more.
type client struct {
	cmd    *exec.Cmd
	in     *os.File
	stderr lastLine
	known  []string
	hello  chan Response
	stall  time.Duration

	writing sync.Mutex // one request is written at a time

	mu      sync.Mutex
	last    int64
	waiting map[int64]*exchange
	err     error
	dead    chan struct{} // closed once err is set
}

// An exchange is a request whose answer is to come.
type exchange struct {
	answer chan Response
	timer  *time.Timer
}

// start starts a helper and waits for what it knows.
func start(cmd *exec.Cmd, stall time.Duration) (*client, error) {
	c := &client{cmd: cmd, stall: stall, hello: make(chan Response, 1), waiting: map[int64]*exchange{}, dead: make(chan struct{})}
	cmd.Stderr = &c.stderr
	cmd.WaitDelay = time.Second // what it started may hold on to its standard error
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	in, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdin, c.in = in, out
	err = cmd.Start()
	in.Close()
	if err != nil {
		out.Close()
		return nil, err
	}
	go c.read(stdout)
	timer := c.timer()
	defer timer.Stop()
	select {
	case first := <-c.hello:
		c.known = first.KnownCommands
	case <-c.dead:
		return nil, c.err
	}
	if !c.knows(CmdGet) {
		c.fail(errors.New("it does not announce the command get"))
		return nil, c.err
	}
	return c, nil
}

func (c *client) knows(command string) bool { return slices.Contains(c.known, command) }

// timer ends the client if nobody stops it.
func (c *client) timer() *time.Timer {
	return time.AfterFunc(c.stall, func() { c.fail(fmt.Errorf("it has not answered for %v", c.stall)) })
}

// read takes the helper's lines until there are no more.
func (c *client) read(stdout io.Reader) {
	lines := bufio.NewReaderSize(stdout, MaxLine)
	for first := true; ; first = false {
		line, err := lines.ReadSlice('\n')
		var r Response
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			err = errAnswer
		case err == nil:
			r, err = decodeResponse(line)
		default:
			err = errors.New("it has ended")
		}
		if err != nil {
			c.fail(err)
			return
		}
		if first {
			c.hello <- r
			continue
		}
		c.deliver(r)
	}
}

func (c *client) deliver(r Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	x := c.waiting[r.ID]
	switch {
	case x == nil: // of nobody's
	case !r.Moving:
		delete(c.waiting, r.ID)
		x.answer <- r
	case x.timer.Stop():
		x.timer.Reset(c.stall)
	}
}

// fail ends the client. What the helper said last on its standard error may say
// why it has ended.
func (c *client) fail(err error) {
	c.mu.Lock()
	failed := c.err != nil
	if !failed {
		c.err = err
	}
	c.mu.Unlock()
	if failed {
		return
	}
	c.in.Close()
	c.cmd.Process.Kill()
	c.cmd.Wait()
	if text := c.stderr.String(); text != "" {
		c.mu.Lock()
		c.err = fmt.Errorf("%w: %s", err, text)
		c.mu.Unlock()
	}
	close(c.dead)
}

// ask sends a request with its body, if it has one, and waits for the answer. An
// answer that says that something went wrong is an error, and the end.
func (c *client) ask(r Request, body io.Reader) (Response, error) {
	x, err := c.send(r, body)
	if err != nil {
		return Response{}, err
	}
	defer x.timer.Stop()
	select {
	case answer := <-x.answer:
		if answer.Err != "" {
			err := errors.New(oneLine(answer.Err))
			c.fail(err)
			return Response{}, err
		}
		return answer, nil
	case <-c.dead:
		return Response{}, c.failure()
	}
}

func (c *client) failure() error {
	<-c.dead
	return c.err
}

// send writes a request. The helper may not take it: then the timer ends it, and
// closes the pipe.
func (c *client) send(r Request, body io.Reader) (*exchange, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	x := &exchange{answer: make(chan Response, 1), timer: c.timer()}
	c.mu.Lock()
	c.last++
	r.ID = c.last
	c.waiting[r.ID] = x
	c.mu.Unlock()
	err := c.write(r, body, x.timer)
	if err != nil {
		x.timer.Stop()
		c.fail(fmt.Errorf("it does not take requests: %w", err))
		return nil, c.failure()
	}
	return x, nil
}

func (c *client) write(r Request, body io.Reader, timer *time.Timer) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if _, err := c.in.Write(append(line, '\n')); err != nil || r.Command != CmdPut || r.BodySize == 0 {
		return err
	}
	w := bufio.NewWriterSize(&patient{c, timer}, MaxLine)
	w.WriteByte('"')
	enc := base64.NewEncoder(base64.StdEncoding, w)
	if n, err := io.Copy(enc, body); err != nil || n != r.BodySize {
		return cmp.Or(err, errors.New("a body has another size than was said"))
	}
	enc.Close()
	w.WriteString("\"\n")
	return w.Flush()
}

// patient writes to the helper, which shows that it is there by taking it.
type patient struct {
	c     *client
	timer *time.Timer
}

func (p *patient) Write(b []byte) (int, error) {
	n, err := p.c.in.Write(b)
	if p.timer.Stop() {
		p.timer.Reset(p.c.stall)
	}
	return n, err
}

// lastLine keeps the last line that was written to it.
type lastLine struct {
	mu   sync.Mutex
	text []byte
}

func (l *lastLine) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, b...)
	if end := len(bytes.TrimRight(l.text, "\n")); bytes.IndexByte(l.text[:end], '\n') >= 0 {
		l.text = slices.Clone(l.text[bytes.LastIndexByte(l.text[:end], '\n')+1:])
	}
	if len(l.text) > MaxLine {
		l.text = l.text[:MaxLine]
	}
	return len(b), nil
}

func (l *lastLine) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return oneLine(string(l.text))
}

// oneLine is what a helper says, as a part of a line of ours.
func oneLine(text string) string {
	const most = 300
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
