package matrix

import (
	"bufio"
	"context"
	"hash/maphash"
	"log"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"reflect"
	"sync"
	"text/template"
	"time"
	"unique"
	"unsafe"
	"weak"
)

type (
	Profile struct {
		Name string
		done chan int
	}
	Person struct{ Profile *Profile }
	People struct{ Users []Person }
	Hooks  map[string]func()
)

var variable = Key{"a", "b"}

func refusals() []Row {
	return []Row{
		refused("chan deep", "Users[3].Profile.done: a chan cannot be stored; return what it would deliver, or give it a codec with cachetest.WithCodec",
			"the path is named", func() People { return People{[]Person{{}, {}, {}, {&Profile{done: make(chan int)}}}} }),
		refused("chan", "value: a chan", "root", func() chan int { return make(chan int) }),
		refused("func", "F: a func", "code", func() Funcs { return Funcs{F: func() {}} }),
		refused("func in a map", `["x"]: a func`, "the key is named", func() Hooks { return Hooks{"x": func() {}} }),
		refused("func in any", "[1]: a func", "the index is named", func() []any { return []any{1, func() {}} }),
		refused("unsafe.Pointer", "value: an unsafe.Pointer", "address", func() unsafe.Pointer { return unsafe.Pointer(new(int)) }),
		refused("uintptr", "value: a uintptr", "perhaps an address", func() uintptr { return 5 }),
		refused("os.File", "value: an *os.File", "handle", func() *os.File { return os.Stdout }),
		refused("bufio over a file", "wr: an *os.File", "handle deeper", func() *bufio.Writer { return bufio.NewWriter(os.Stdout) }),
		refused("context", "value: a context.Context", "carries what is not data", func() context.Context { return context.Background() }),
		refused("context with values", "value: a context.Context", "carries what is not data", func() context.Context { return context.WithValue(context.Background(), Key{}, 1) }),
		refused("locked mutex", "mu: a locked sync.Mutex", "somebody holds it", func() *Locked { l := new(Locked); l.mu.Lock(); return l }),
		refused("read-locked", "rw: a locked sync.RWMutex", "somebody holds it", func() *Locked { l := new(Locked); l.rw.RLock(); return l }),
		refused("wait group in use", "wg: a sync.WaitGroup", "somebody waits", func() *Locked { l := new(Locked); l.wg.Add(1); return l }),
		refused("sync.Cond", "value: a sync.Cond", "waiters", func() *sync.Cond { return sync.NewCond(new(sync.Mutex)) }),
		refused("timer", "value: a *time.Timer", "runtime handle", func() *time.Timer { return time.NewTimer(time.Hour) }),
		refused("ticker", "value: a *time.Ticker", "runtime handle", func() *time.Ticker { return time.NewTicker(time.Hour) }),
		refused("exec.Cmd", "value: an *exec.Cmd", "process", func() *exec.Cmd { return exec.Command("x") }),
		refused("reflect.Value", "value: a reflect.Value", "pointer without a type", func() reflect.Value { return reflect.ValueOf(1) }),
		refused("weak.Pointer", "value: a weak.Pointer", "may be gone", func() weak.Pointer[Key] { return weak.Make(&variable) }),
		refused("maphash.Seed", "value: a maphash.Seed", "random in each process", maphash.MakeSeed),
		refused("unique.Handle", "value: a unique.Handle", "unique.Make weighs much", func() unique.Handle[string] { return unique.Make("hello") }),
		refused("unique.Handle of a struct", "value: a unique.Handle", "cannot be made by reflection", func() unique.Handle[Key] { return unique.Make(Key{"a", "b"}) }),
		refused("slog string", "", "a *byte with a length elsewhere", func() slog.Value { return slog.StringValue("hello") }),
		refused("logger", "", "writes to a file", log.Default),
		refused("template", "", "maps of funcs", func() *template.Template {
			return template.Must(template.New("x").Funcs(template.FuncMap{"f": func() int { return 1 }}).Parse("{{f}}"))
		}),
		refused("http.Client", "", "package variables and funcs", func() *http.Client { return &http.Client{Transport: http.DefaultTransport} }),
		refused("package variable", "value: a pointer to a package variable (of type matrix.Key) cannot be stored", "its copy is not the variable", func() *Key { return &variable }),
		refused("package variable's field", "value: a pointer to a package variable", "interior", func() *string { return &variable.B }),
	}
}
