package snapshot

import (
	"context"
	"reflect"
	"strings"
	"sync"
)

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

func zero(what, advice string) rule {
	return rule{treatment: zeroOnly, not: notData{what, advice}}
}

func never(what, advice string) rule {
	return rule{treatment: neverData, not: notData{what, advice}}
}

const (
	adviceFile = "return its name or its content"
	adviceConn = "open it in the test"
	adviceTest = "return data"
	adviceLock = "store it unlocked"
)

// rules lists, by package path and name (type arguments cut off), the types
// with hidden pointers, locks, caches or handles.
var rules = sync.OnceValue(func() map[string]rule {
	return map[string]rule{
		// Locks are data while nobody holds or waits for them.
		"sync.Mutex":          zero("a locked sync.Mutex", adviceLock),
		"internal/sync.Mutex": zero("a locked sync.Mutex", adviceLock),
		"sync.RWMutex":        zero("a locked sync.RWMutex", adviceLock),
		"sync.WaitGroup":      zero("a sync.WaitGroup in use", "wait for it"),
		"sync.Cond":           zero("a sync.Cond", adviceTest),
		"sync.noCopy":         {treatment: dropped},
		"sync.Pool":           {treatment: dropped},
		"sync.Map":            {treatment: asSyncMap},

		// Behind these are unsafe pointers, hash seeds and hidden headers.
		"internal/sync.HashTrieMap": never("an internal/sync.HashTrieMap", ""),
		"sync/atomic.Pointer":       {treatment: asAtomicPtr},
		"weak.Pointer":              zero("a weak.Pointer", "return what it points to"),
		"unique.Handle":             {treatment: asHandle},
		"net/netip.Addr":            {treatment: asBinary},
		"hash/maphash.Seed":         zero("a maphash.Seed", "it is random in each process"),
		"hash/maphash.Hash":         zero("a maphash.Hash", "it is random in each process"),
		"log/slog.stringptr":        never("a slog.Value", adviceTest),
		"log/slog.groupptr":         never("a slog.Value", adviceTest),
		"internal/abi.Type":         never("a pointer into the runtime's types", ""),
		"reflect.rtype":             never("a pointer into the runtime's types", ""),
		"reflect.Value":             zero("a reflect.Value", "return what it holds"),

		// Self pointers and caches.
		"strings.Builder": {drop: []string{"addr"}},
		"time.Time":       {treatment: asTime},
		"time.Location":   {drop: []string{"cacheStart", "cacheEnd", "cacheZone"}},
		"math/big.nat":    {nilIsEmpty: true},
		"google.golang.org/protobuf/internal/impl.MessageState": {treatment: dropped},

		// Handles to something outside the process's data.
		"os.File":          zero("an *os.File", adviceFile),
		"os.file":          never("an *os.File", adviceFile),
		"os.Root":          zero("an *os.Root", adviceFile),
		"os.Process":       zero("an *os.Process", adviceTest),
		"os/exec.Cmd":      zero("an *exec.Cmd", "return its output"),
		"internal/poll.FD": zero("a file descriptor", adviceFile),
		"net.netFD":        never("a net.Conn", adviceConn),
		"net.conn":         zero("a net.Conn", adviceConn),
		"time.Timer":       zero("a *time.Timer", adviceTest),
		"time.Ticker":      zero("a *time.Ticker", adviceTest),
		"testing.common":   never("a testing handle", adviceTest),
		"testing.T":        never("a *testing.T", adviceTest),
		"testing.B":        never("a *testing.B", adviceTest),
		"testing.F":        never("a *testing.F", adviceTest),
		"testing.M":        never("a *testing.M", adviceTest),
		"testing.PB":       never("a *testing.PB", adviceTest),
	}
})

var contextType = reflect.TypeFor[context.Context]()

// ruleFor returns the rule of t; ok is false where the structure says all.
func ruleFor(t reflect.Type) (r rule, ok bool) {
	pkg, name := t.PkgPath(), t.Name()
	switch {
	case name == "":
		return rule{}, false
	case pkg == "context" && t.Kind() == reflect.Struct && (t.Implements(contextType) || reflect.PointerTo(t).Implements(contextType)):
		return never("a context.Context", "return its values"), true
	case strings.HasPrefix(name, "_Ctype_"):
		return never("C memory", "copy it into Go memory"), true
	}
	if i := strings.IndexByte(name, '['); i >= 0 {
		name = name[:i]
	}
	r, ok = rules()[pkg+"."+name]
	return r, ok
}

// numericUintptr lists the types of kind uintptr that are numbers, not
// addresses or handles.
func numericUintptr(t reflect.Type) bool {
	return t.PkgPath() == "syscall" && t.Name() == "Errno"
}
