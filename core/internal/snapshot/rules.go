package snapshot

import (
	"context"
	"reflect"
	"strings"
)

// RefusedError says which part of a value is not data.
type RefusedError struct {
	Path   string // from the root, such as ".Users[3].Profile.done"; empty for the root itself
	Reason string // "a chan cannot be stored; return what it would deliver, …"
}

func (e *RefusedError) Error() string {
	path := strings.TrimPrefix(e.Path, ".")
	if path == "" {
		path = "value"
	}
	return path + ": " + e.Reason
}

// notData is a kind of thing that no bytes can stand for.
type notData struct {
	what   string // "a chan"
	advice string // what to return instead; "" for the general advice
}

const codecAdvice = "give it a codec with cachetest.WithCodec"

// stored says why n cannot be part of an output.
func (n notData) stored() string {
	if n.advice == "" {
		return n.what + " cannot be stored; " + codecAdvice
	}
	return n.what + " cannot be stored; " + n.advice + ", or " + codecAdvice
}

// keyed says why n cannot be part of a With value.
func (n notData) keyed() string {
	return n.what + " cannot be part of a key; pass the data it stands for"
}

// variableReason says why a pointer to a package variable of type t is refused:
// the copy that would come back is not the variable.
func variableReason(t reflect.Type) string {
	advice := "register the variable with cachetest.RegisterGlobal, or return a copy"
	if path := t.PkgPath(); path == "crypto/elliptic" || path == "crypto/ecdh" {
		advice = `add import _ "github.com/fixturecache/fixturecache/cachetest/curves"`
	}
	return "a pointer to a package variable (of type " + t.String() + ") cannot be stored; " + advice
}

// treatment is what is done with a type whose structure does not tell what it
// means.
type treatment uint8

const (
	byStructure treatment = iota
	zeroOnly              // data only while it is zero, as an unlocked mutex is
	neverData             // not data even when it is zero
	dropped               // not part of the value: comes back zero
	asTime                // time.Time: without its monotonic reading
	asBinary              // MarshalBinary is known to be exact
	asSyncMap             // sync.Map: what Range delivers
	asAtomicPtr           // atomic.Pointer[T]: a *T behind an unsafe.Pointer
	asHandle              // unique.Handle[T]: made again by unique.Make
	asCodec               // the user's own codec
)

// rule is the treatment of one named type.
type rule struct {
	treatment
	not  notData  // for zeroOnly and neverData
	drop []string // fields that are caches: come back zero, do not count
	// nilIsEmpty: nil and empty mean the same, and which of the two it is
	// depends on the history of the value.
	nilIsEmpty bool
}

const (
	adviceFile = "return its name or its content"
	adviceConn = "open it in the test"
	adviceTest = "return data"
	adviceLock = "store it unlocked"
)

// rules lists, by package path and name (type arguments cut off), the types
// with hidden pointers, locks, caches or handles. It is no map, which code would
// have to fill.
var rules = [...]struct {
	name string
	rule rule
}{
	// Locks are data while nobody holds or waits for them.
	{"sync.Mutex", rule{treatment: zeroOnly, not: notData{"a locked sync.Mutex", adviceLock}}},
	{"internal/sync.Mutex", rule{treatment: zeroOnly, not: notData{"a locked sync.Mutex", adviceLock}}},
	{"sync.RWMutex", rule{treatment: zeroOnly, not: notData{"a locked sync.RWMutex", adviceLock}}},
	{"sync.WaitGroup", rule{treatment: zeroOnly, not: notData{"a sync.WaitGroup in use", "wait for it"}}},
	{"sync.Cond", rule{treatment: zeroOnly, not: notData{"a sync.Cond", adviceTest}}},
	{"sync.noCopy", rule{treatment: dropped}},
	{"sync.Pool", rule{treatment: dropped}},
	{"sync.Map", rule{treatment: asSyncMap}},

	// Behind these are unsafe pointers, hash seeds and hidden headers.
	{"internal/sync.HashTrieMap", rule{treatment: neverData, not: notData{"an internal/sync.HashTrieMap", ""}}},
	{"sync/atomic.Pointer", rule{treatment: asAtomicPtr}},
	{"weak.Pointer", rule{treatment: zeroOnly, not: notData{"a weak.Pointer", "return what it points to"}}},
	{"unique.Handle", rule{treatment: asHandle}},
	{"net/netip.Addr", rule{treatment: asBinary}},
	{"hash/maphash.Seed", rule{treatment: zeroOnly, not: notData{"a maphash.Seed", "it is random in each process"}}},
	{"hash/maphash.Hash", rule{treatment: zeroOnly, not: notData{"a maphash.Hash", "it is random in each process"}}},
	{"log/slog.stringptr", rule{treatment: neverData, not: notData{"a slog.Value", adviceTest}}},
	{"log/slog.groupptr", rule{treatment: neverData, not: notData{"a slog.Value", adviceTest}}},
	{"internal/abi.Type", rule{treatment: neverData, not: notData{"a pointer into the runtime's types", ""}}},
	{"reflect.rtype", rule{treatment: neverData, not: notData{"a pointer into the runtime's types", ""}}},
	{"reflect.Value", rule{treatment: zeroOnly, not: notData{"a reflect.Value", "return what it holds"}}},

	// Self pointers and caches.
	{"strings.Builder", rule{drop: []string{"addr"}}},
	{"time.Time", rule{treatment: asTime}},
	{"time.Location", rule{drop: []string{"cacheStart", "cacheEnd", "cacheZone"}}},
	{"math/big.nat", rule{nilIsEmpty: true}},
	{"google.golang.org/protobuf/internal/impl.MessageState", rule{treatment: dropped}},

	// Handles to something outside the process's data.
	{"os.File", rule{treatment: zeroOnly, not: notData{"an *os.File", adviceFile}}},
	{"os.file", rule{treatment: neverData, not: notData{"an *os.File", adviceFile}}},
	{"os.Root", rule{treatment: zeroOnly, not: notData{"an *os.Root", adviceFile}}},
	{"os.Process", rule{treatment: zeroOnly, not: notData{"an *os.Process", adviceTest}}},
	{"os/exec.Cmd", rule{treatment: zeroOnly, not: notData{"an *exec.Cmd", "return its output"}}},
	{"internal/poll.FD", rule{treatment: zeroOnly, not: notData{"a file descriptor", adviceFile}}},
	{"net.netFD", rule{treatment: neverData, not: notData{"a net.Conn", adviceConn}}},
	{"net.conn", rule{treatment: zeroOnly, not: notData{"a net.Conn", adviceConn}}},
	{"crypto/x509.CertPool", rule{treatment: zeroOnly, not: notData{"an *x509.CertPool", "return the certificates"}}},
	{"time.Timer", rule{treatment: zeroOnly, not: notData{"a *time.Timer", adviceTest}}},
	{"time.Ticker", rule{treatment: zeroOnly, not: notData{"a *time.Ticker", adviceTest}}},
	{"testing.common", rule{treatment: neverData, not: notData{"a testing handle", adviceTest}}},
	{"testing.T", rule{treatment: neverData, not: notData{"a *testing.T", adviceTest}}},
	{"testing.B", rule{treatment: neverData, not: notData{"a *testing.B", adviceTest}}},
	{"testing.F", rule{treatment: neverData, not: notData{"a *testing.F", adviceTest}}},
	{"testing.M", rule{treatment: neverData, not: notData{"a *testing.M", adviceTest}}},
	{"testing.PB", rule{treatment: neverData, not: notData{"a *testing.PB", adviceTest}}},
}

var contextType = reflect.TypeFor[context.Context]()

// ruleFor returns the rule of t; ok is false where the structure says all.
func ruleFor(t reflect.Type) (r rule, ok bool) {
	pkg, name := t.PkgPath(), t.Name()
	switch {
	case name == "":
		return rule{}, false
	case pkg == "context" && t.Kind() == reflect.Struct && (t.Implements(contextType) || reflect.PointerTo(t).Implements(contextType)):
		return rule{treatment: neverData, not: notData{"a context.Context", "return its values"}}, true
	case strings.HasPrefix(name, "_Ctype_"):
		return rule{treatment: neverData, not: notData{"C memory", "copy it into Go memory"}}, true
	}
	if i := strings.IndexByte(name, '['); i >= 0 {
		name = name[:i]
	}
	full := pkg + "." + name
	for i := range rules {
		if rules[i].name == full {
			return rules[i].rule, true
		}
	}
	return rule{}, false
}

// numericUintptr lists the types of kind uintptr that are numbers, not
// addresses or handles.
func numericUintptr(t reflect.Type) bool {
	return t.PkgPath() == "syscall" && t.Name() == "Errno"
}
