package engine

import (
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/record"
)

// A validator compares the inputs of one record with their present state.
type validator struct {
	cl     *call
	rec    *record.Record
	child  bool // a child's record: what its caller gave is taken as given
	pinned bool // and so is its working directory
	noted  bool // the binary is one that the record is known to hold for
	restat bool // a file has other times but the same content: rec is our own copy

	moved bool           // a Glob has other directories: places in below hold no more
	below []*input.Input // what World.Below found, once asked for
}

// valid reports whether every input is as the record has it.
func (v *validator) valid() bool {
	return v.local() && v.cl.sameChildren(v.rec)
}

// local reports whether every input but the children is as the record has it.
// It stops at the first that is not.
func (v *validator) local() bool {
	if !v.child && !v.sameStatic() {
		return false
	}
	if v.cl.spec.MaxAge > 0 && !v.child && v.cl.c.world.Now().Sub(v.rec.Built) > v.cl.spec.MaxAge {
		return false
	}
	logged.Envs(variables(v.rec.Inputs)...)
	for i := 0; i < len(v.rec.Inputs); i++ { // sameGlob may replace some
		if v.rec.Inputs[i].Kind == input.Glob && !v.sameGlob(i) || !v.same(i) {
			return false
		}
	}
	return true
}

// variables are the names of those that are inputs.
func variables(ins []input.Input) (names []string) {
	for i := range ins {
		if ins[i].Kind == input.Env {
			names = append(names, ins[i].Name)
		}
	}
	return names
}

func (v *validator) sameStatic() bool {
	static := v.cl.static
	n := 0
	for i := range v.rec.Inputs {
		in := &v.rec.Inputs[i]
		switch {
		case !isStatic(in.Kind), v.noted && (in.Kind == input.Toolchain || in.Kind == input.Code):
			continue
		case v.noted && in.Kind == input.Setting: // the code asks for the same ones
			if v.cl.settingAt(in.Name).Digest != in.Digest {
				return false
			}
			continue
		}
		if n >= len(static) || static[n].Kind != in.Kind || static[n].Name != in.Name || static[n].Digest != in.Digest {
			return false
		}
		n++
	}
	return n == len(static)
}

// isStatic reports whether inputs of a kind are known from the call alone.
func isStatic(k input.Kind) bool { return k <= input.Setting }

// same compares one input that is looked up.
func (v *validator) same(i int) bool {
	in := &v.rec.Inputs[i]
	switch in.Kind {
	case input.WorkDir:
		return v.pinned && !strings.HasPrefix(in.Name, startDir) || v.cl.state(in).Digest == in.Digest
	case input.File, input.Dir, input.Env, input.Environment, input.Checkout, input.Tool, input.GoDir, input.Unbuilt, input.Identity:
		now := v.now(i)
		if now.Digest != in.Digest {
			return false
		}
		if in.Kind.HasStat() && (now.Stat != in.Stat || now.Flags != in.Flags) {
			v.own()
			in = &v.rec.Inputs[i]
			in.Stat, in.Flags = now.Stat, now.Flags
		}
		return true
	case input.Toolchain, input.Setting:
		return !v.child || v.sameProcess(in)
	}
	return true // given by the call, or told by the Glob before, or a child
}

// sameGlob compares a Glob: if no directory that was walked has changed it
// matches what it matched, otherwise it is expanded again.
func (v *validator) sameGlob(i int) bool {
	end, same := i+1, true
	for ; end < len(v.rec.Inputs) && v.rec.Inputs[end].Kind == input.Walk; end++ {
		same = same && v.sameWalk(end)
	}
	if same {
		return true
	}
	now, walks := v.cl.world.Reglob(&v.rec.Inputs[i])
	if now.Digest != v.rec.Inputs[i].Digest {
		return false
	}
	v.own()
	v.rec.Inputs = slices.Concat(v.rec.Inputs[:i+1], walks, v.rec.Inputs[end:])
	v.moved = true
	return true
}

func (v *validator) sameWalk(i int) bool {
	if now := v.lookBelow(i); now != nil {
		return now.Kind == input.Walk
	}
	return v.cl.world.WalkAt(&v.rec.Inputs[i])
}

// now is the present state of an input that is looked up.
func (v *validator) now(i int) input.Input {
	in := &v.rec.Inputs[i]
	if in.Flags&input.InTree != 0 {
		if now := v.lookBelow(i); now != nil {
			return *now
		}
	}
	return v.cl.state(in)
}

// lookBelow returns what was found of an input when all trees of the record were
// looked at together, nil if it is in none.
func (v *validator) lookBelow(i int) *input.Input {
	if v.below == nil {
		ins := v.rec.Inputs
		v.below = v.cl.world.Below(ins, func(in *input.Input) (input.Input, bool) {
			now, ok := v.cl.states[stateKeyOf(in)]
			return now, ok
		})
		for i, now := range v.below {
			if now != nil && now != &ins[i] && ins[i].Kind == input.File {
				v.cl.know(&ins[i], *now) // it was read
			}
		}
	}
	if i >= len(v.below) || v.moved {
		return nil
	}
	return v.below[i]
}

// own makes the record ours to change: others may be looking at it.
func (v *validator) own() {
	if !v.restat {
		rec := *v.rec
		rec.Inputs = slices.Clone(rec.Inputs)
		v.rec, v.restat = &rec, true
	}
}

// A stateKey names an input whose present state a call has looked up.
type stateKey struct {
	kind input.Kind
	name string
	salt input.Salt // which records have one each
}

func stateKeyOf(in *input.Input) stateKey { return stateKey{in.Kind, in.Name, in.Salt} }

// state returns the present state of an input of a record, looked up once per
// call.
func (cl *call) state(in *input.Input) input.Input {
	key := stateKeyOf(in)
	if now, ok := cl.states[key]; ok {
		return now
	}
	var now input.Input
	switch in.Kind {
	case input.File:
		now = cl.world.FileAt(in.Name, in.Flags, in)
	case input.Dir:
		now = cl.world.DirAt(in.Name, in.Flags, in)
	case input.Tool:
		now = cl.world.ToolAt(in.Name, in.Flags, in)
	case input.GoDir:
		now = cl.world.GoDirAt(in.Name, in.Flags, in)
	case input.Unbuilt:
		now = cl.world.UnbuiltAt(in.Name, in.Flags, in)
	case input.Module:
		now = cl.world.ModuleAt(in.Name)
	case input.Env:
		now = cl.world.EnvAt(in.Name, in.Flags, in)
	case input.Environment:
		now = cl.world.EnvironmentAt(in.Name, in.Flags, in)
	case input.Glob:
		now, _ = cl.world.Reglob(in)
	case input.Checkout:
		now = checkoutInput(cl.world)
	case input.WorkDir:
		now = cl.cwdAt(in.Name)
	case input.Identity:
		now = cl.world.IdentityAt(in.Name)
	default:
		now = *in
	}
	cl.know(in, now)
	return now
}

// know remembers the present state of an input for the rest of the call.
func (cl *call) know(in *input.Input, now input.Input) {
	if cl.states == nil {
		cl.states = map[stateKey]input.Input{}
	}
	cl.states[stateKeyOf(in)] = now
}

func checkoutInput(w *input.World) input.Input {
	dir := w.Root.Physical
	if dir == "" {
		dir = w.Dir
	}
	return input.Input{Kind: input.Checkout, Name: "checkout", Detail: dir, Digest: w.Algorithm.DigestOf(dir)}
}
