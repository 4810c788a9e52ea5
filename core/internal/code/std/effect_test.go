package std

import (
	"go/types"
)

func (e Effect) String() string { return [...]string{"Reads", "Calls", "Keeps", "Writes"}[e] }

// closure returns all locations that are reached from some.
func closure(seen map[*loc]bool, n *node) {
	if n == nil {
		return
	}
	for l := range n.set {
		closureOf(seen, l)
	}
}

func closureOf(seen map[*loc]bool, l *loc) {
	if seen[l] {
		return
	}
	seen[l] = true
	if l.place == unknown {
		return // what has escaped is asked for apart
	}
	closure(seen, l.value)
	closure(seen, l.recv)
	for _, part := range l.subs {
		closureOf(seen, part)
	}
}

// A verdict is what a run found about a function.
type verdict struct {
	failed string
	params []paramVerdict // the receiver first
	writes map[*types.Var]bool
	reads  map[*types.Var]bool
	leaks  map[*types.Var]bool // package variables of which code that is not known gets hold
	gives  map[*types.Var]bool // that the results lead to
	impure map[string]bool

	literals     bool         // the results lead to functions, at which nothing has looked
	boxes        []types.Type // what the first result holds, if it is an interface
	otherResults bool         // it may hold something else
}

type paramVerdict struct {
	topWritten, deepWritten   bool
	topKept, deepKept         bool
	kept, returned            bool
	topReturned, deepReturned bool
	called                    bool
}

func (d *verdict) effect(i int) Effect {
	if i >= len(d.params) {
		return Writes
	}
	switch p := d.params[i]; {
	case p.topWritten || p.deepWritten:
		return Writes
	case p.kept || p.returned:
		return Keeps
	case p.called:
		return Calls
	}
	return Reads
}

type verdictKey struct {
	fn    *types.Func
	level int
	all   bool
}

// verdict runs a function, once. With all, literals in it that nothing calls
// are looked at as if somebody did.
func (l *library) verdict(level int, fn *types.Func, all bool) *verdict {
	key := verdictKey{fn.Origin(), level, all}
	if d := l.verdicts[key]; d != nil {
		return d
	}
	r := l.run(level, fn, all)
	d := r.verdict(fn)
	l.verdicts[key] = d
	return d
}

func (r *run) verdict(fn *types.Func) *verdict {
	d := &verdict{failed: r.failed, reads: r.reads, impure: r.impure, writes: map[*types.Var]bool{}, leaks: map[*types.Var]bool{}, gives: map[*types.Var]bool{}}
	sig := fn.Origin().Type().(*types.Signature)
	d.params = make([]paramVerdict, sig.Params().Len()+1)
	if d.failed != "" {
		d.worst(r.lib, sig)
		return d
	}
	if r.wrote[r.panicked] {
		d.failed = "writes what a method panicked with"
		d.worst(r.lib, sig)
		return d
	}
	calls := map[*loc]bool{}
	for l := range r.called {
		closureOf(calls, l)
	}
	r.called = calls
	kept, returned := map[*loc]bool{}, map[*loc]bool{}
	for l := range r.nowhere.self.set {
		kept[l] = true
	}
	closure(kept, r.running)
	closure(kept, r.strung)
	closure(kept, r.panicked.self)
	r.keptByParams(kept)
	for _, l := range r.entry.results {
		for m := range l.value.set {
			if r.canHold(l.typ, m) {
				closureOf(returned, m)
			}
		}
	}
	if returned[r.nowhere] {
		for l := range r.nowhere.self.set {
			returned[l] = true
		}
	}
	for l := range returned {
		d.literals = d.literals || l.place == code
	}
	r.judgeVars(d, kept, returned)
	for _, l := range r.vars {
		if l.place == global {
			closureOf(kept, l)
		}
	}
	r.judgeParams(d, kept, returned)
	r.judgeResult(d)
	return d
}

// canHold reports whether a variable of a type can hold what the analysis, which
// knows no types, has found to come there through code that is not known.
func (r *run) canHold(t types.Type, l *loc) bool {
	i, ok := t.Underlying().(*types.Interface)
	if !ok || isTypeParam(t) || l.typ == nil || isTypeParam(l.typ) || l.root.collapsed {
		return true
	}
	switch l.place {
	case boxed:
		return types.Implements(l.typ, i)
	case local:
		return types.Implements(l.typ, i) || types.Implements(types.NewPointer(l.typ), i)
	}
	return true
}

func (d *verdict) worst(l *library, sig *types.Signature) {
	set := func(i int, v *types.Var) {
		if v != nil && !l.inert(v.Type()) {
			d.params[i] = paramVerdict{true, true, true, true, true, true, true, true, true}
		}
	}
	set(0, sig.Recv())
	for i, v := range seq(sig.Params()) {
		set(i+1, v)
	}
	d.otherResults = true
}

// keptByParams adds what parameters were made to lead to.
func (r *run) keptByParams(kept map[*loc]bool) {
	for i := range r.tops {
		for _, l := range []*loc{r.tops[i], r.deeps[i]} {
			if l == nil {
				continue
			}
			for m := range l.self.set {
				if m.param != l.param {
					closureOf(kept, m)
				}
			}
		}
	}
}

func (r *run) judgeParams(d *verdict, kept, returned map[*loc]bool) {
	if r.wroteAny[r.typeData] {
		d.impure["writes what types are"] = true
	}
	for i := range r.tops {
		t, p := r.tops[i], &d.params[i]
		deep := r.deeps[i]
		p.topWritten, p.deepWritten = r.wrote[t] && t != nil, r.wrote[deep] && deep != nil
		p.topKept, p.deepKept = t != nil && kept[t], deep != nil && kept[deep]
		p.topReturned, p.deepReturned = t != nil && returned[t], deep != nil && returned[deep]
		p.kept, p.returned = p.topKept || p.deepKept, p.topReturned || p.deepReturned
		p.called = t != nil && r.called[t] || deep != nil && r.called[deep]
	}
}

// judgeVars finds which package variables were written, given out and leaked.
func (r *run) judgeVars(d *verdict, kept, returned map[*loc]bool) {
	for v := range r.writes {
		d.writes[v] = true
	}
	for v, g := range r.vars {
		if g.place != global {
			continue
		}
		of := map[*loc]bool{}
		closureOf(of, g)
		for l := range of {
			if l.place == unknown || l.place == code {
				continue
			}
			if r.wroteAny[l] {
				d.writes[v] = true
			}
			if kept[l] {
				d.leaks[v] = true
			}
			if returned[l] {
				d.gives[v] = true
			}
		}
	}
}

// judgeResult finds what the first result holds.
func (r *run) judgeResult(d *verdict) {
	if len(r.entry.results) == 0 {
		return
	}
	for l := range r.entry.results[0].value.set {
		switch {
		case l.place == boxed && l.typ != nil:
			d.boxes = append(d.boxes, l.typ)
		case l.place == top, l.place == deep: // of an argument
		default:
			d.otherResults = true
		}
	}
}
