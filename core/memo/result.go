package memo

import (
	"errors"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/engine"
)

// An Output is what a build made.
type Output struct {
	Data []byte // to be stored, and returned by hits
	Path string // instead: the directory or file that was made, to be stored

	// NotStored says why this output must not be kept, as "the input was cut short".
	NotStored string
}

// A Result is the outcome of a look-up.
type Result struct {
	Data      []byte
	Hit       bool
	Stored    bool     // it is in the store; always so after a hit
	Reasons   []Reason // why it was built
	BuildTime time.Duration

	tree interface {
		CopyTo(path string) error
		InPlace() (string, error)
	}
}

// errNoTree says that a Result has no directory or file to hand out.
var errNoTree = errors.New("the output is no stored directory or file")

// CopyTo makes a private, writable copy of a stored directory or file at path,
// where nothing is yet. What it made of it when it fails is removed.
func (r *Result) CopyTo(path string) error {
	if r.tree == nil {
		return errNoTree
	}
	return r.tree.CopyTo(path)
}

// InPlace returns the path of the stored directory or file itself, read-only. It
// stays for as long as the process lives.
func (r *Result) InPlace() (string, error) {
	if r.tree == nil {
		return "", errNoTree
	}
	return r.tree.InPlace()
}

// A Reason is one difference that made a record invalid.
type Reason struct {
	Code    string // what kind of difference, as "file.modified"
	Subject string // of what: a file, a variable, a function
	Old     string
	New     string
	Text    string // for people
}

func reasonsOf(list []engine.Reason) (reasons []Reason) {
	for _, r := range list {
		reasons = append(reasons, Reason{r.Code, r.Subject, r.Old, r.New, r.Text})
	}
	return reasons
}

// An Event is what there is to say of one look-up.
type Event struct {
	Type      string // hit, miss, not-stored, wait, building, off, verified
	Key       string
	Package   string
	Reasons   []Reason      // of a miss, in a fixed order
	Cause     string        // of a result not stored
	Failed    bool          // the build did not come to its end
	BuildTime time.Duration // how long this build took, or that of what a hit returned
	Took      time.Duration // how long the look-up took
	Bytes     int64         // size of the output

	e engine.Event
}

func eventOf(e engine.Event) Event {
	ms := func(n float64) time.Duration { return time.Duration(n * float64(time.Millisecond)) }
	return Event{
		Type: string(e.Type), Key: e.Key, Package: e.Package, Reasons: reasonsOf(e.Reasons), Cause: e.Cause, Failed: e.Failed,
		BuildTime: ms(e.BuildMS), Took: ms(e.TookMS), Bytes: e.Bytes, e: e,
	}
}

// Text is the event as a line for people, details as indented lines.
//
//go:noinline
func (e Event) Text() string { return e.e.Text() }
