package matrix

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"syscall"
)

type MyErr struct {
	Code int
	msg  string
}

func (e MyErr) Error() string { return e.msg }

type PtrErr struct{ msg string }

func (e *PtrErr) Error() string { return e.msg }

// errHeap is one that only a scan of the package variables finds.
var errHeap = fmt.Errorf("made at run time: %d", min(0, len(os.Args)))

// errStatic is laid out by the compiler.
var errStatic = errors.New("static")

// Unseen is how errors behind pointers are refused by a build that cannot look
// at package variables.
const Unseen = "an error that a package variable holds"

func errs() []Row {
	return []Row{
		is("nil error", "nil", error(nil)),
		is("error by value", "unexported text", error(MyErr{3, "x"})),
		row("error behind a pointer", "unexported text", func() error { return &PtrErr{"x"} }),
		row("errors.New", "unexported text", func() error { return errors.New("x") }),
		row("wrapped", "two levels", func() error { return fmt.Errorf("a: %w", errors.New("b")) }),
		row("wrapped twice", "list of errors", func() error { return fmt.Errorf("%w, %w", io.EOF, errors.New("b")) }),
		row("joined", "list of errors", func() error { return errors.Join(io.EOF, fs.ErrNotExist) }),
		is("io.EOF", "identity", io.EOF),
		is("errors known", "identity", []error{io.EOF, io.ErrUnexpectedEOF, fs.ErrNotExist, os.ErrExist, context.Canceled, errors.ErrUnsupported, strconv.ErrRange}),
		row("fs.PathError", "wraps a number", func() error { return &fs.PathError{Op: "open", Path: "x", Err: syscall.ENOENT} }),
		is("syscall.Errno", "kind uintptr, but a number", syscall.ENOENT),
		row("url.Error", "wraps a known one", func() error { return &url.Error{Op: "Get", URL: "u", Err: io.EOF} }),
		row("json.SyntaxError", "unexported text", func() error { return json.Unmarshal([]byte("{"), new(int)) }),
		row("strconv.NumError", "wraps a known one", func() error { _, err := strconv.Atoi("x"); return err }),
		is("context.DeadlineExceeded", "no size: by value", context.DeadlineExceeded),
		refused("unregistered variable", "", "its copy would not be the error", func() error { return errStatic }),
		refused("unregistered variable on the heap", "", "its copy would not be the error", func() error { return errHeap }),
		refused("wrapped variable", "", "errors.Is would fail", func() error { return fmt.Errorf("a: %w", errStatic) }),
	}
}
