package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A hit is a valid record with its output.
type hit struct {
	rec  *record.Record
	data []byte
	tree *Tree // if that is what data describes
}

// A found record is one that was read from the store.
type found struct {
	file  store.RecordFile
	rec   *record.Record
	notes []store.Note
	code  codeKey // whose code it holds for, if that is known
}

// find returns a record of the variant that is valid now, the last used one
// first, or nil. It takes no lock.
func (cl *call) find() *hit {
	if !cl.looked {
		cl.states, cl.known = nil, nil
	}
	cl.looked = false
	for i, file := range cl.c.store.Records(cl.key.slot, cl.key.variant) {
		f, err := cl.c.open(file)
		if err != nil {
			cl.note(file.ID, "record.damaged", err)
			continue
		}
		if f.code, _ = cl.codeKeys(); cl.code != nil {
			f.code = cl.code.key
		}
		if h := cl.try(f, i > 0, false); h != nil {
			return h
		}
	}
	return nil
}

// findNoted is find without a look at fn's code: of the records that hold, as
// their notes say, for the code that this very binary has. The one that this
// process used last is not read again while it is in its place.
func (cl *call) findNoted() *hit {
	if _, err := identity(); err != nil {
		return nil
	}
	plain, inTest := cl.codeKeys()
	if f := cl.c.recent.get(cl.key); f != nil && (f.code == plain || f.code == inTest) && cl.c.store.Unchanged(&f.file) {
		if h := cl.try(f, false, true); h != nil {
			return h
		}
	}
	cl.looked = true
	for i, file := range cl.c.store.Records(cl.key.slot, cl.key.variant) {
		f, err := cl.c.open(file)
		if err != nil {
			cl.note(file.ID, "record.damaged", err)
			continue
		}
		for _, f.code = range []codeKey{plain, inTest} {
			if !slices.Contains(f.notes, f.code.note()) {
				continue
			}
			if h := cl.try(f, i > 0, true); h != nil {
				return h
			}
			break
		}
	}
	return nil
}

// try returns the hit that a record is, if it is valid and its output can be
// used. Of a noted one the code is known to be right.
func (cl *call) try(f *found, first, noted bool) *hit {
	v := &validator{cl: cl, rec: f.rec, noted: noted}
	if !v.valid() {
		return nil
	}
	h := &hit{rec: v.rec}
	if cl.spec.held == nil || !cl.spec.held(v.rec.Output.ID) {
		if err := cl.output(h); err != nil {
			cl.note(f.file.ID, objectCode(err), err)
			return nil
		}
		if err := cl.accept(h); err != nil {
			cl.note(f.file.ID, acceptCode(err), err)
			return nil
		}
	}
	cl.used(f, v, first)
	return h
}

// note remembers that a record could not be used although nothing that it
// depends on has changed.
func (cl *call) note(id store.RecordID, code string, err error) {
	if !slices.Contains(cl.faulty, id) { // else told when it was looked at first
		cl.faulty = append(cl.faulty, id)
		cl.faults = append(cl.faults, Reason{Code: code, Subject: cl.spec.Key, Text: err.Error()})
	}
}

// accept asks the caller whether it can use a stored output.
func (cl *call) accept(h *hit) (err error) {
	if h.rec.Form == record.Value {
		if cl.spec.load != nil {
			return cl.spec.load(h)
		}
		if cl.spec.Accept != nil {
			return cl.spec.Accept(h.data)
		}
		return nil
	}
	if h.tree, err = cl.c.newTree(h.data, h.rec.Output.ID); err != nil {
		return err
	}
	if cl.spec.AcceptTree != nil {
		return cl.spec.AcceptTree(h.tree)
	}
	return nil
}

// acceptCode tells an object that is gone or damaged from a value that makes
// no sense.
func acceptCode(err error) string {
	if errors.Is(err, store.ErrDamaged) || errors.Is(err, fs.ErrNotExist) {
		return objectCode(err)
	}
	return "value.unreadable"
}

func objectCode(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "object.missing"
	}
	return "object.damaged"
}

// used notes the use of a record, for which binary it holds, and what its inputs'
// files look like now if that has changed though their content has not.
func (cl *call) used(f *found, v *validator, first bool) {
	file := f.file
	switch {
	case cl.mode == ReadOnly:
		cl.c.recent.put(cl.key, f)
	case v.restat:
		// Without it the next look-up would read the files again.
		cl.c.store.PutRecord(file.Slot, file.Variant, file.ID, v.rec.Encode(), f.code.note())
	case !v.noted:
		cl.c.store.AddNote(file, len(f.notes), f.code.note(), v.rec.Encode)
	default:
		cl.c.recent.put(cl.key, f)
		var object *store.ObjectRef
		if !f.rec.HasInline {
			object = &f.rec.Output
		}
		cl.c.store.MarkUsed(file, first, object)
	}
}

// open reads a record. The error says that it is damaged; one that is gone
// meanwhile reads as damaged too, and is not worth a word of its own.
func (c *Cache) open(file store.RecordFile) (*found, error) {
	payload, notes, err := c.store.Read(&file)
	if err != nil {
		return nil, err
	}
	rec, err := record.Decode(payload)
	if err != nil {
		c.store.DamageRecord(file)
		if errors.Is(err, record.ErrVersion) {
			return nil, fmt.Errorf("record %.12s is %w", file.ID, err)
		}
		return nil, fmt.Errorf("record %.12s is %w: %v", file.ID, store.ErrDamaged, err)
	}
	return &found{file: file, rec: rec, notes: notes}, nil
}

// Read reads a record. The error says that it is damaged.
func (c *Cache) Read(file store.RecordFile) (*record.Record, error) {
	f, err := c.open(file)
	if err != nil {
		return nil, err
	}
	return f.rec, nil
}

// output fetches the output of h's record: mapped, where who loads it can do
// with that.
func (cl *call) output(h *hit) (err error) {
	if h.rec.HasInline {
		h.data = bytes.Clone(h.rec.Inline) // a value may be decoded in place
		return nil
	}
	if cl.spec.maps && h.rec.Form == record.Value {
		var mapped bool
		if h.data, mapped, err = cl.c.store.MapObject(h.rec.Output); mapped || err != nil {
			return err
		}
	}
	h.data, err = cl.c.store.ReadObject(h.rec.Output)
	return err
}

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
