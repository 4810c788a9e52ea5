package engine

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// A knownCode is the code of a fixture's function as an input.
type knownCode struct {
	in      input.Input
	key     codeKey
	closure *code.Closure // nil where the whole binary counts
}

// A codeKey names a knownCode within one test binary.
type codeKey struct {
	mode   CodeMode
	offset int64
	call   Site
	callee string
	typ    string    // T: instances of a generic function may share their code
	types  string    // the types of the values that are handed over
	ignore string    // names that IgnoreCapture takes out
	test   string    // top-level test, if it matters
	turn   code.Turn // the turn up to whose end the code of tests counts, if it matters
}

// codes holds the code that this process has found, which stays as its binary does.
var codes struct {
	sync.Mutex
	found map[codeKey]*knownCode
}

// errBinary says that fn's code cannot be known at all.
var errBinary = errors.New("the test binary cannot be read")

// findCode finds the code of fn as the mode asks. A *code.StaleError says
// that the source is not what was compiled.
func (cl *call) findCode() (*knownCode, error) {
	if err := process.InPlace(); err != nil {
		return nil, fmt.Errorf("%w: %w", errBinary, err)
	}
	if cl.spec.code() == CodeBinary {
		return cl.binaryCode(), nil
	}
	return cl.findClosure()
}

// codeKeys are the names that the code of fn may have: one for all tests, one where
// state matters that other tests may have changed, and one where the test is part of it.
type codeKeys struct{ plain, turn, inTest codeKey }

func (k codeKeys) list() []codeKey { return []codeKey{k.plain, k.turn, k.inTest} }

func (cl *call) codeKeys() (keys codeKeys) {
	plain := codeKey{
		mode: cl.spec.code(), offset: cl.fn.Offset, call: cl.spec.Call, callee: cl.spec.Callee, typ: cl.spec.typeName(),
		types: strings.Join(cl.types, " "), ignore: strings.Join(cl.spec.Ignore.Captures, " "),
	}
	keys = codeKeys{plain, plain, plain}
	keys.turn.turn, keys.inTest.turn = cl.turn, cl.turn
	keys.inTest.test, _, _ = strings.Cut(cl.spec.Test, "/")
	return keys
}

// note returns the note of a record that holds for the code that k names.
func (k codeKey) note() (note store.Note) {
	sum := sha256.Sum256([]byte(k.name()))
	return store.Note(sum[:len(note)])
}

// binaryCode returns the code as the content of the test binary.
func (cl *call) binaryCode() *knownCode {
	offset := strconv.FormatInt(cl.fn.Offset, 10)
	return &knownCode{key: cl.codeKeys().plain, in: input.Input{
		Kind: input.Code, Name: "binary",
		Digest: cl.c.world.Algorithm.DigestOf(process.BinaryID(), offset),
		Detail: process.BinaryID() + " " + funcName(cl.fn),
	}}
}

// findClosure returns the closure that was found when a binary of this very
// content ran first, when its source was at hand and known to be what was
// compiled; otherwise it is found now, and if it cannot be, the whole binary counts.
func (cl *call) findClosure() (*knownCode, error) {
	keys := cl.codeKeys()
	codes.Lock()
	defer codes.Unlock()
	if codes.found == nil {
		codes.found = map[codeKey]*knownCode{}
	}
	for _, key := range keys.list() {
		if c := codes.found[key]; c != nil {
			return c, nil
		}
		if c := cl.derivedCode(key); c != nil {
			codes.found[key] = c
			return c, nil
		}
	}
	if code.Running().NoSource() != "" && !cl.prove(cl.longestBuild()) {
		return cl.binaryCode(), nil
	}
	c, err := cl.newClosure()
	if err != nil {
		return nil, err
	}
	switch c.key = keys.plain; {
	case c.closure == nil:
	case c.closure.InTest:
		c.key = keys.inTest
	case c.closure.ByTurn:
		c.key = keys.turn
	}
	codes.found[c.key] = c
	if c.closure != nil && cl.mode != ReadOnly {
		cl.c.store.PutDerived(c.key.name(), []byte(c.in.Detail))
	}
	return c, nil
}

func (k codeKey) name() string {
	return fmt.Sprintf("code %s %s %d %s %d %s %q %q %q %q %q", process.BinaryID(), k.mode, k.offset, k.call.File, k.call.Line, k.callee, k.typ, k.types, k.ignore, k.test, k.turn)
}

// prove finds out whether the source of a binary that go test did not build just
// now is on disk, where that may save as much time as it takes.
func (cl *call) prove(saved time.Duration) bool {
	return process.Prove(cl.c.world, saved, derivedFacts{cl.c.store, cl.mode})
}

// proveLater digests anew the code of a call that counted by the whole binary, if the source
// is proved by now: here, once it is known what the build takes, or by another call.
func (cl *call) proveLater(saved time.Duration) error {
	if cl.code == nil || cl.closure != nil || cl.spec.code() == CodeBinary {
		return nil
	}
	if code.Running().NoSource() != "" && !cl.prove(saved) || !code.Running().Proven {
		return nil
	}
	return cl.digestAgain()
}

// digestAgain digests the code anew.
func (cl *call) digestAgain() error {
	cl.Static = cl.byCaller
	err := cl.digestCode()
	cl.excerptValues()
	return err
}

// longestBuild returns how long the longest of the builds took that the variant's records keep.
func (cl *call) longestBuild() (took time.Duration) {
	for _, f := range cl.records {
		took = max(took, f.BuildTime)
	}
	return took
}

// derivedCode returns the closure that the store keeps of this binary, or nil if there
// is none, or if it is undecided what the function captures, for which a kept closure
// cannot answer.
func (cl *call) derivedCode(key codeKey) *knownCode {
	data, _ := cl.c.store.Derived(key.name())
	detail := store.String(data)
	closure, err := code.DecodeClosure(detail)
	if err != nil || cl.captured().Undecided != nil {
		return nil
	}
	known := cl.closureCode(closure, closure.Function != "")
	known.key, known.in.Detail = key, detail
	return known
}

// newClosure finds the closure from source. Where it cannot be known the whole
// binary counts; stale source is an error.
func (cl *call) newClosure() (c *knownCode, err error) {
	root := code.Root{Func: cl.fn, Ignored: cl.spec.Ignore.Captures, Test: cl.spec.Test, Turn: cl.turn, ArgTypes: cl.types, Packages: cl.spec.code() == CodePackage, Package: cl.spec.Package}
	if cl.spec.Callee == "" {
		return cl.binaryCode(), nil
	}
	if root.Captured = cl.captured(); cl.spec.typ != nil {
		root.Types = typeid.Declared(cl.spec.typ)
	}
	closure, err := code.Running().Closure(root, derivedFacts{cl.c.store, cl.mode})
	var stale *code.StaleError
	switch {
	case errors.As(err, &stale) && !code.Running().Proven:
		return nil, err
	case err != nil:
		return cl.binaryCode(), nil
	}
	c = cl.closureCode(closure, root.Captured.Several)
	c.in.Detail = closure.Encode()
	return c, nil
}

// behaviour returns the closure of fn for what it says of side effects and reads, or nil
// if it is not known. With CodeBinary, where it is no input, it is found here.
func (b *builder) behaviour() *code.Closure {
	if b.code == nil {
		return nil
	}
	if b.closure == nil && b.spec.code() == CodeBinary && !b.behaved {
		b.behaved = true
		if known, err := b.newClosure(); err == nil {
			b.known = known.closure
		}
	}
	return cmp.Or(b.closure, b.known)
}

// derivedFacts keeps what package code has parsed in the store.
type derivedFacts struct {
	s    *store.Store
	mode Mode
}

func (d derivedFacts) Get(key string) ([]byte, bool) {
	if d.s == nil { // with CACHETEST=off
		return nil, false
	}
	return d.s.Derived("facts " + key)
}

func (d derivedFacts) Put(key string, data []byte) {
	if d.s != nil && d.mode != ReadOnly {
		d.s.PutDerived("facts "+key, data)
	}
}

// Facts returns the cache of what tests have parsed of source files. It is read only.
func (c *Cache) Facts() code.Cache { return derivedFacts{c.store, ReadOnly} }

// closureCode returns the code as a closure. Several functions that begin on one line share
// the closure, and are told apart by their offset in the binary. The caller sets the key
// and, as the input's Detail, the encoded closure.
func (cl *call) closureCode(closure *code.Closure, several bool) *knownCode {
	which := ""
	switch {
	case several:
		which = process.BinaryID() + " " + strconv.FormatInt(cl.fn.Offset, 10)
		closure.Function = funcName(cl.fn)
	case code.Running().LinkHidden(): // -trimpath keeps -ldflags from being known, which may set variables (-X)
		which = process.BinaryID()
	}
	digest := cl.c.world.Algorithm.DigestOf(string(closure.Digest[:]), which)
	return &knownCode{closure: closure, in: input.Input{Kind: input.Code, Name: "closure", Digest: digest}}
}

// captured returns the values that fn captures.
func (cl *call) captured() code.Captured {
	return code.Running().Captures(cl.fn, cl.spec.Call, cl.spec.Callee, derivedFacts{cl.c.store, cl.mode})
}

// Where other tests may change state that the code of a fixture reaches, those count that
// have run before, up to the test that asks for it: its turn. So each test has other code.
// But a test that asks for a fixture that this process got already, in an earlier test,
// is given the same: the fixture is looked up by the code of the earlier turn first. It is
// never built by that code, since the tests between the two may have changed something.

// allTests is the test of a turn of which it is not known which tests have run before.
const allTests = "*"

// turnNow returns the turn of the running test, or of allTests if a later one may have begun.
func (s *Spec) turnNow() code.Turn {
	turn := code.Turn{Test: allTests, Run: process.FlagValue("test.run")}
	if s.InTurn != nil && s.InTurn() && process.InOrder() {
		turn.Test, _, _ = strings.Cut(s.Test, "/")
	}
	return turn
}

// noteTurn remembers the turn by whose code this process got a variant.
func (c *Cache) noteTurn(key compare.Variant, by codeKey) {
	if by.turn.Test != "" && by.test == "" {
		c.turns.Store(key, by.turn)
	}
}

// useOwnCode replaces the code of an earlier turn, by which the call was looked up, by
// that of its own turn: a build depends on all tests that have run by now.
func (cl *call) useOwnCode() error {
	if cl.turn == cl.own {
		return nil
	}
	if cl.turn = cl.own; cl.code == nil || cl.code.key.turn.Test == "" {
		return nil
	}
	return cl.digestAgain()
}
