package std

import (
	"go/types"
	"strings"
)

// A primitive is a call of a function that is not looked into.
type primitive struct {
	*env
	by       any
	fn       *types.Func
	recv     *node
	args     []ref
	argTypes []types.Type
	results  []*loc
}

func (p *primitive) arg(i int) *node {
	if n := p.load(p.args[i], p.argTypes[i]); n != nil {
		return n
	}
	return &node{}
}

func (p *primitive) returns(n *node) {
	if len(p.results) > 0 {
		p.edge(n, p.results[0].self)
	}
}

func (p *primitive) writesTo(n *node) { p.on(n, p.wasWritten) }

// put stores what one set leads to in another.
func (p *primitive) put(dst, val *node) { p.store(ref{n: dst}, val) }

// deref is what lies where a set points to.
func (p *primitive) deref(n *node) *node {
	found := &node{}
	p.on(n, func(l *loc) { p.wasRead(l); p.edge(l.root.down, found); p.edge(l.value, found) })
	return found
}

// intrinsics say what the run-time system does where Go source does not, and
// which writes nobody can see: locks, and what is kept in a sync.Pool, which
// whoever takes it out must take for new.
var intrinsics = map[string]func(*primitive){}

// allOf are such of whole packages.
var allOf = map[string]func(*primitive){}

func nothing(*primitive) {}

func init() {
	for _, name := range strings.Fields(`(*sync.Mutex).Lock (*sync.Mutex).Unlock (*sync.Mutex).TryLock
		(*sync.RWMutex).Lock (*sync.RWMutex).Unlock (*sync.RWMutex).RLock (*sync.RWMutex).RUnlock (*sync.RWMutex).TryLock (*sync.RWMutex).TryRLock
		(*sync.Pool).Put runtime.KeepAlive
		reflect.maplen reflect.chanlen reflect.chancap reflect.typehash reflect.verifyNotInHeapPtr
		internal/reflectlite.maplen internal/reflectlite.chanlen internal/race.Errors
		runtime.GC runtime.Gosched reflect.valueMethodName internal/reflectlite.methodName reflect.escapes internal/abi.FuncPCABI0 internal/abi.FuncPCABIInternal`) {
		intrinsics[name] = nothing
	}
	for _, name := range strings.Fields(`internal/abi.NoEscape internal/abi.Escape reflect.resolveNameOff reflect.resolveTypeOff reflect.resolveTextOff
		internal/reflectlite.resolveNameOff internal/reflectlite.resolveTypeOff`) {
		intrinsics[name] = func(p *primitive) { p.returns(p.arg(0)) }
	}
	intrinsics["reflect.makeMethodValue"] = func(p *primitive) { p.returns(p.arg(1)) }
	intrinsics["(*sync.Pool).Get"] = poolGet
	intrinsics["(*sync.Once).Do"] = func(p *primitive) { p.dynamic(p.arg(0), nil, nil, nil) }
	for _, name := range strings.Fields(`reflect.unsafe_New reflect.unsafe_NewArray internal/reflectlite.unsafe_New reflect.makemap reflect.makechan internal/bytealg.MakeNoZero reflect.getStaticuint64s`) {
		intrinsics[name] = func(p *primitive) {
			l := p.made(p.by, "run-time", local, nil, 0)
			p.collapse(l)
			p.returns(p.only(l))
		}
	}
	for _, name := range strings.Fields(`reflect.typedmemmove internal/reflectlite.typedmemmove`) {
		intrinsics[name] = func(p *primitive) { p.put(p.arg(1), p.deref(p.arg(2))) }
	}
	intrinsics["reflect.memmove"] = func(p *primitive) { p.put(p.arg(0), p.deref(p.arg(1))) }
	intrinsics["reflect.typedslicecopy"] = func(p *primitive) { p.put(p.arg(1), p.deref(p.arg(2))) }
	intrinsics["reflect.ifaceE2I"] = func(p *primitive) { p.put(p.arg(2), p.arg(1)) }
	intrinsics["internal/reflectlite.ifaceE2I"] = intrinsics["reflect.ifaceE2I"]
	for _, name := range strings.Fields(`reflect.mapaccess reflect.mapaccess_faststr`) {
		intrinsics[name] = func(p *primitive) { p.returns(p.reachable(p.arg(1))) }
	}
	for _, name := range strings.Fields(`reflect.mapIterStart`) {
		intrinsics[name] = func(p *primitive) { p.put(p.arg(2), p.reachable(p.arg(1))) }
	}
	for _, name := range strings.Fields(`reflect.mapIterNext reflect.typedmemclr reflect.typedmemclrpartial reflect.typedarrayclear reflect.mapclear reflect.mapdelete reflect.mapdelete_faststr reflect.chanclose`) {
		intrinsics[name] = func(p *primitive) {
			for i := range p.args {
				if i == len(p.args)-1 || i == 0 && len(p.args) == 1 || i == 1 {
					p.writesTo(p.arg(i))
				}
			}
		}
	}
	intrinsics["reflect.mapassign0"] = func(p *primitive) {
		p.put(p.arg(1), p.deref(p.arg(2)))
		p.put(p.arg(1), p.deref(p.arg(3)))
	}
	intrinsics["reflect.mapassign_faststr0"] = func(p *primitive) { p.put(p.arg(1), p.deref(p.arg(3))) }
	allOf["sync/atomic"] = atomic
	allOf["internal/runtime/atomic"] = atomic
}

// poolGet makes what a pool makes: what was put into it is not looked at.
func poolGet(p *primitive) {
	recv := p.fn.Type().(*types.Signature).Recv().Type().(*types.Pointer).Elem()
	s := recv.Underlying().(*types.Struct)
	for f := range s.Fields() {
		if f.Name() == "New" {
			p.dynamic(p.load(p.field(ref{n: p.recv}, f, f.Type()), f.Type()), nil, nil, p.results)
		}
	}
}

// atomic loads, or writes.
func atomic(p *primitive) {
	at := p.recv
	if at == nil && len(p.args) > 0 {
		at = p.arg(0)
	}
	if at == nil {
		return
	}
	if name := p.fn.Name(); strings.HasPrefix(name, "Load") || name == "CompareAndSwap" {
		p.returns(p.deref(at))
		if strings.HasPrefix(name, "Load") {
			return
		}
	}
	p.writesTo(at)
	p.returns(p.deref(at))
	for i, a := range p.args {
		if n := p.load(a, p.argTypes[i]); n != nil && n != at {
			p.put(at, n)
		}
	}
}
