// Package rules says what is to be done with the types whose structure does not
// tell what they mean: locks, caches, handles, hidden pointers.
package rules

import (
	"context"
	"reflect"
	"slices"
	"strings"
)

// NotData is a kind of thing that no bytes can stand for.
type NotData struct {
	What   string // "a chan"
	Advice string // what to return instead; "" for the general advice
}

const codecAdvice = "give it a codec with cachetest.WithCodec"

// Stored says why n cannot be part of an output.
func (n NotData) Stored() string {
	if n.Advice == "" {
		return n.What + " cannot be stored; " + codecAdvice
	}
	return n.What + " cannot be stored; " + n.Advice + ", or " + codecAdvice
}

// Keyed says why n cannot be part of a With value.
func (n NotData) Keyed() string {
	return n.What + " cannot be part of a key; pass the data it stands for"
}

// IsLock reports whether n is a lock that is held, which no key needs to tell.
func (n NotData) IsLock() bool { return n.Advice == adviceLock }

// Treatment says how values of a type are treated whose structure does not tell what
// it means.
type Treatment uint8

const (
	ByStructure     Treatment = iota
	ZeroOnly                  // data only while it is zero, as an unlocked mutex is
	NeverData                 // not data even when it is zero
	Dropped                   // not part of the value: comes back zero
	AsTime                    // time.Time: without its monotonic reading
	AsLocation                // time.Location: its cache is made anew
	AsBinary                  // MarshalBinary is known to be exact
	AsSyncMap                 // sync.Map: what Range delivers
	AsAtomicPointer           // atomic.Pointer[T]: a *T behind an unsafe.Pointer
)

// Rule is the treatment of one type.
type Rule struct {
	Treatment
	Not  NotData  // for ZeroOnly and NeverData
	Drop []string // fields that are caches: come back zero, do not count
	// NilIsEmpty: nil and empty mean the same, and which of the two it is
	// depends on the history of the value.
	NilIsEmpty bool
}

const (
	adviceFile = "return its name or its content"
	adviceConn = "open it in the test"
	adviceTest = "return data"
	adviceLock = "store it unlocked"
)

// named lists, by package path and name (type arguments cut off), the types
// with hidden pointers, locks, caches or handles: those of a row are alike. It is no
// map, which code would have to fill.
var named = [...]struct {
	names []string
	rule  Rule
}{
	// Locks are data while nobody holds or waits for them.
	{[]string{"sync.Mutex", "internal/sync.Mutex"}, Rule{Treatment: ZeroOnly, Not: NotData{"a locked sync.Mutex", adviceLock}}},
	{[]string{"sync.RWMutex"}, Rule{Treatment: ZeroOnly, Not: NotData{"a locked sync.RWMutex", adviceLock}}},
	{[]string{"sync.WaitGroup"}, Rule{Treatment: ZeroOnly, Not: NotData{"a sync.WaitGroup in use", "wait for it"}}},
	{[]string{"sync.Cond"}, Rule{Treatment: ZeroOnly, Not: NotData{"a sync.Cond", adviceTest}}},
	{[]string{"sync.noCopy"}, Rule{Treatment: Dropped}},
	{[]string{"sync.Pool"}, Rule{Drop: []string{"local", "localSize", "victim", "victimSize"}}}, // New counts
	{[]string{"sync.Map"}, Rule{Treatment: AsSyncMap}},

	// Behind these are unsafe pointers, hash seeds and hidden headers.
	{[]string{"internal/sync.HashTrieMap"}, Rule{Treatment: NeverData, Not: NotData{"an internal/sync.HashTrieMap", ""}}},
	{[]string{"sync/atomic.Pointer"}, Rule{Treatment: AsAtomicPointer}},
	{[]string{"weak.Pointer"}, Rule{Treatment: ZeroOnly, Not: NotData{"a weak.Pointer", "return what it points to"}}},
	{[]string{"unique.Handle"}, Rule{Treatment: ZeroOnly, Not: NotData{"a unique.Handle", "return what its Value is"}}}, // unique.Make[string] alone weighs 57 kB
	{[]string{"net/netip.Addr"}, Rule{Treatment: AsBinary}},
	{[]string{"hash/maphash.Seed"}, Rule{Treatment: ZeroOnly, Not: NotData{"a maphash.Seed", "it is random in each process"}}},
	{[]string{"hash/maphash.Hash"}, Rule{Treatment: ZeroOnly, Not: NotData{"a maphash.Hash", "it is random in each process"}}},
	{[]string{"log/slog.stringptr", "log/slog.groupptr"}, Rule{Treatment: NeverData, Not: NotData{"a slog.Value", adviceTest}}},
	{[]string{"internal/abi.Type", "reflect.rtype"}, Rule{Treatment: NeverData, Not: NotData{"a pointer into the runtime's types", ""}}},
	{[]string{"reflect.Value"}, Rule{Treatment: ZeroOnly, Not: NotData{"a reflect.Value", "return what it holds"}}},

	// Self pointers and caches.
	{[]string{"strings.Builder"}, Rule{Drop: []string{"addr"}}},
	{[]string{"time.Time"}, Rule{Treatment: AsTime}},
	{[]string{"time.Location"}, Rule{Treatment: AsLocation, Drop: []string{"cacheStart", "cacheEnd", "cacheZone"}}},
	{[]string{"math/big.nat"}, Rule{NilIsEmpty: true}},
	{[]string{"google.golang.org/protobuf/internal/impl.MessageState"}, Rule{Treatment: Dropped}},

	// Handles to something outside the process's data.
	{[]string{"os.File"}, Rule{Treatment: ZeroOnly, Not: NotData{"an *os.File", adviceFile}}},
	{[]string{"os.file"}, Rule{Treatment: NeverData, Not: NotData{"an *os.File", adviceFile}}},
	{[]string{"os.Root"}, Rule{Treatment: ZeroOnly, Not: NotData{"an *os.Root", adviceFile}}},
	{[]string{"os.Process"}, Rule{Treatment: ZeroOnly, Not: NotData{"an *os.Process", adviceTest}}},
	{[]string{"os/exec.Cmd"}, Rule{Treatment: ZeroOnly, Not: NotData{"an *exec.Cmd", "return its output"}}},
	{[]string{"internal/poll.FD"}, Rule{Treatment: ZeroOnly, Not: NotData{"a file descriptor", adviceFile}}},
	{[]string{"net.netFD"}, Rule{Treatment: NeverData, Not: NotData{"a net.Conn", adviceConn}}},
	{[]string{"net.conn"}, Rule{Treatment: ZeroOnly, Not: NotData{"a net.Conn", adviceConn}}},
	{[]string{"crypto/x509.CertPool"}, Rule{Treatment: ZeroOnly, Not: NotData{"an *x509.CertPool", "return the certificates"}}},
	{[]string{"time.Timer"}, Rule{Treatment: ZeroOnly, Not: NotData{"a *time.Timer", adviceTest}}},
	{[]string{"time.Ticker"}, Rule{Treatment: ZeroOnly, Not: NotData{"a *time.Ticker", adviceTest}}},
	{[]string{"testing.common", "testing.T", "testing.B", "testing.F", "testing.M", "testing.PB"}, Rule{Treatment: NeverData, Not: NotData{"a testing handle", adviceTest}}},
}

var contextType = reflect.TypeFor[context.Context]()

// For returns the rule of t. Its Treatment is ByStructure where the structure tells all.
func For(t reflect.Type) Rule {
	pkg, name := t.PkgPath(), t.Name()
	switch {
	case name == "":
		return byKind(t.Kind())
	case pkg == "context" && t.Kind() == reflect.Struct && (t.Implements(contextType) || reflect.PointerTo(t).Implements(contextType)):
		return Rule{Treatment: NeverData, Not: NotData{"a context.Context", "return its values"}}
	case strings.HasPrefix(name, "_Ctype_"):
		return Rule{Treatment: NeverData, Not: NotData{"C memory", "copy it into Go memory"}}
	case pkg == "syscall" && name == "Errno":
		return Rule{} // a number of kind uintptr, neither an address nor a handle
	}
	if i := strings.IndexByte(name, '['); i >= 0 {
		name = name[:i]
	}
	full := pkg + "." + name
	for i := range named {
		if slices.Contains(named[i].names, full) {
			return named[i].rule
		}
	}
	return byKind(t.Kind())
}

func byKind(k reflect.Kind) Rule {
	switch k {
	case reflect.Func:
		return Rule{Treatment: ZeroOnly, Not: NotData{"a func", "return the data it would compute"}}
	case reflect.Chan:
		return Rule{Treatment: ZeroOnly, Not: NotData{"a chan", "return what it would deliver"}}
	case reflect.UnsafePointer:
		return Rule{Treatment: ZeroOnly, Not: NotData{"an unsafe.Pointer", "return what it points to"}}
	case reflect.Uintptr:
		return Rule{Treatment: ZeroOnly, Not: NotData{"a uintptr", "use uint64 for a number"}}
	}
	return Rule{}
}
