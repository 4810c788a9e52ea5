// Package helper implements the helper's end of the protocol of GOCACHEPROG, with a
// [Backend] that keeps the objects, and signs and verifies entries. The command links it,
// and no test does.
//
// The answer to a request that fails has the error, and the client gives up. An error of
// [Serve] says that its input is not of the protocol.
package helper

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/remote"
)

// An ID is a SHA-256: that of an object, or the name that a client gives to what
// it puts.
type ID = [sha256.Size]byte

// A Backend keeps the objects that a helper serves. It reads them from files and writes
// them to files. The error for something absent is [fs.ErrNotExist].
type Backend interface {
	Get(ctx context.Context, action ID, path string) (output ID, size int64, err error)
	Put(ctx context.Context, action, output ID, size int64, path string) error
	GetObject(ctx context.Context, id ID, size int64, path string, moved func()) error
	PutObject(ctx context.Context, id ID, size int64, path string, force bool, moved func()) error
}

// A server is one run of Serve.
type server struct {
	backend Backend
	keys    Keys
	dir     string // directory of the files that requests and answers name
	in      *bufio.Reader

	mu    sync.Mutex // guards what follows
	out   io.Writer
	files int // how many paths in dir were handed out
}

// Serve answers requests, several at once, until there are no more or until one asks
// to close.
func Serve(in io.Reader, out io.Writer, backend Backend, keys Keys) error {
	sweepHelpers()
	ignoreBrokenPipe()
	dir, err := os.MkdirTemp("", helperDir)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s := &server{backend: backend, keys: keys, dir: dir, in: bufio.NewReaderSize(in, remote.MaxLine), out: out}
	s.answer(remote.Response{KnownCommands: []string{remote.CmdGet, remote.CmdPut, remote.CmdClose, remote.CmdGetObject, remote.CmdPutObject, remote.CmdSign, remote.CmdVerify}})
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel() // the client is gone
	for {
		r, err := s.request()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case r.Command == remote.CmdClose:
			group.Wait()
			s.answer(remote.Response{ID: r.ID})
			return nil
		}
		body, err := s.body(r)
		if err != nil {
			return err
		}
		group.Go(func() { s.answer(s.serve(ctx, r, body)) })
	}
}

// helperDir begins the name of a helper's directory, and helperAge is the age from which
// on such a directory is taken for one that a killed helper left.
const (
	helperDir = "cachetest-remote-"
	helperAge = 24 * time.Hour
)

func sweepHelpers() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), helperDir+"*"))
	for _, dir := range dirs {
		if info, err := os.Lstat(dir); err == nil && info.IsDir() && time.Since(info.ModTime()) > helperAge {
			os.RemoveAll(dir)
		}
	}
}

var errRequest = errors.New("the standard input is not of the protocol of GOCACHEPROG: tests start this command by themselves")

// request reads a line, past empty ones.
func (s *server) request() (r remote.Request, err error) {
	for {
		line, err := s.in.ReadSlice('\n')
		if err != nil && (!errors.Is(err, io.EOF) || len(line) > 0) {
			return r, errRequest
		} else if err != nil {
			return r, err
		}
		if len(line) == 1 {
			continue
		}
		if json.Unmarshal(line, &r) != nil || r.BodySize < 0 {
			return r, errRequest
		}
		return r, nil
	}
}

// body reads the body that follows a request to a file, and returns its path.
func (s *server) body(r remote.Request) (string, error) {
	if r.Command != remote.CmdPut {
		return "", nil
	}
	f, err := os.OpenFile(s.file(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if r.BodySize == 0 {
		return f.Name(), nil
	}
	if err := s.quote(); err != nil {
		return "", err
	}
	encoded := int64(base64.StdEncoding.EncodedLen(int(r.BodySize)))
	n, err := io.Copy(f, base64.NewDecoder(base64.StdEncoding, io.LimitReader(s.in, encoded)))
	if err != nil || n != r.BodySize {
		return "", errors.Join(errRequest, err)
	}
	return f.Name(), s.quote()
}

// quote reads a quotation mark, past the empty lines that the go command writes.
func (s *server) quote() error {
	for {
		switch c, err := s.in.ReadByte(); {
		case err == nil && c == '"':
			return nil
		case err != nil || c != '\n':
			return errRequest
		}
	}
}

// file returns the path of a file in dir that does not exist.
func (s *server) file() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files++
	return filepath.Join(s.dir, strconv.Itoa(s.files))
}

func (s *server) answer(r remote.Response) {
	line, _ := json.Marshal(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.Write(append(line, '\n')) // if this fails the client is gone, and the input ends
}

func (s *server) serve(ctx context.Context, r remote.Request, body string) remote.Response {
	answer, err := s.result(ctx, r, body)
	answer.ID = r.ID
	switch {
	case errors.Is(err, fs.ErrNotExist) && (r.Command == remote.CmdGet || r.Command == remote.CmdGetObject):
		return remote.Response{ID: r.ID, Miss: true}
	case err != nil:
		return remote.Response{ID: r.ID, Err: err.Error()}
	}
	return answer
}

func (s *server) result(ctx context.Context, r remote.Request, body string) (remote.Response, error) {
	switch r.Command {
	case remote.CmdSign:
		return remote.Response{OutputID: s.keys.sign(r.ActionID)}, nil
	case remote.CmdVerify:
		return remote.Response{Miss: !s.keys.trusts(r.ActionID, r.OutputID)}, nil
	}
	var action, output ID
	if err := errors.Join(setID(&action, r.ActionID), setID(&output, r.OutputID)); err != nil {
		return remote.Response{}, err
	}
	moving := func() { s.answer(remote.Response{ID: r.ID, Moving: true}) }
	switch r.Command {
	case remote.CmdGet:
		path := s.file()
		got, size, err := s.backend.Get(ctx, action, path)
		return remote.Response{OutputID: got[:], Size: size, Time: time.Now().Format(time.RFC3339Nano), DiskPath: path}, err
	case remote.CmdPut:
		return remote.Response{DiskPath: body}, s.backend.Put(ctx, action, output, r.BodySize, body)
	case remote.CmdGetObject:
		return remote.Response{}, s.backend.GetObject(ctx, output, r.BodySize, r.Path, moving)
	case remote.CmdPutObject:
		return remote.Response{}, s.backend.PutObject(ctx, output, r.BodySize, r.Path, r.Force, moving)
	}
	return remote.Response{}, fmt.Errorf("unknown command %.20q", r.Command)
}

func setID(id *ID, bytes []byte) error {
	if len(bytes) != 0 && len(bytes) != len(id) {
		return fmt.Errorf("a name has %d bytes, not %d", len(bytes), len(id))
	}
	copy(id[:], bytes)
	return nil
}
