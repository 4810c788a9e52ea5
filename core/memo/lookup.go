package memo

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/snapshot"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A hit is a valid record with its output.
type hit struct {
	rec    *record.Record
	data   []byte
	mapped bool  // data is a mapping, which is expensive to read whole and has been checked
	tree   *Tree // if that is what data describes
}

// find returns a record of the variant that is valid now, the last used one
// first, or nil. It takes no lock.
func (cl *call) find() *hit {
	cl.states, cl.known = nil, nil
	for i, file := range cl.c.store.Records(cl.key.slot, cl.key.variant) {
		rec, err := cl.c.read(file)
		if err != nil {
			cl.note(file.ID, "record.damaged", err)
			continue
		}
		v := &validator{cl: cl, rec: rec}
		if !v.valid() {
			continue
		}
		if cl.spec.held != nil && cl.spec.held(rec.Output.ID) {
			cl.used(file, rec, i > 0, v.restat)
			return &hit{rec: rec}
		}
		h := &hit{rec: rec}
		if err := cl.output(h); err != nil {
			cl.note(file.ID, objectCode(err), err)
			continue
		}
		if err := cl.accept(h); err != nil {
			cl.note(file.ID, acceptCode(err), err)
			continue
		}
		cl.used(file, rec, i > 0, v.restat)
		return h
	}
	return nil
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

// used notes the use of a record, and what its inputs' files look like now if
// that has changed though their content has not.
func (cl *call) used(file store.RecordFile, rec *record.Record, first, restat bool) {
	if cl.mode == ReadOnly {
		return
	}
	if restat {
		// Without it the next look-up would read the files again.
		cl.c.store.PutRecord(file.Slot, file.Variant, file.ID, rec.Encode())
		return
	}
	var object *store.ObjectRef
	if !rec.HasInline {
		object = &rec.Output
	}
	cl.c.store.MarkUsed(file, first, object)
}

// read returns a record. The error says that it is damaged; one that is gone
// meanwhile reads as damaged too, and is not worth a word of its own.
func (c *Cache) read(file store.RecordFile) (*record.Record, error) {
	payload, err := c.store.ReadRecord(file)
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
	return rec, nil
}

// bigOutput is from where on it pays to choose the memory for an output.
const bigOutput = 1 << 20

// output fetches the output of h's record: mapped, where who loads it can do
// with that.
func (cl *call) output(h *hit) (err error) {
	if h.rec.HasInline {
		h.data = h.rec.Inline
		return nil
	}
	if cl.spec.maps && h.rec.Form == record.Value {
		if h.data, h.mapped, err = cl.c.store.MapObject(h.rec.Output); h.mapped || err != nil {
			return err
		}
	}
	var buf []byte
	if size := h.rec.Output.Size; cl.spec.maps && size >= bigOutput && size < 1<<40 {
		buf = snapshot.Buffer(int(size) + 1)
	}
	h.data, err = cl.c.store.ReadObjectInto(h.rec.Output, buf)
	return err
}

// A validator compares the inputs of one record with their present state.
type validator struct {
	cl     *call
	rec    *record.Record
	child  bool // a child's record: what its caller gave is taken as given
	pinned bool // and so is its working directory
	restat bool // a file has other times but the same content
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
	for i := 0; i < len(v.rec.Inputs); i++ { // sameGlob may replace some
		in := &v.rec.Inputs[i]
		if in.Kind == input.Glob && !v.sameGlob(i) || !v.same(in) {
			return false
		}
	}
	return true
}

func (v *validator) sameStatic() bool {
	static := v.cl.static
	n := 0
	for i := range v.rec.Inputs {
		in := &v.rec.Inputs[i]
		if !isStatic(in.Kind) {
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
func (v *validator) same(in *input.Input) bool {
	switch in.Kind {
	case input.WorkDir:
		return v.pinned && !strings.HasPrefix(in.Name, startDir) || v.cl.state(in).Digest == in.Digest
	case input.File, input.Dir, input.Env, input.Environment, input.Checkout, input.Tool, input.GoDir, input.Unbuilt, input.Identity:
		now := v.cl.state(in)
		if now.Digest != in.Digest {
			return false
		}
		if in.Kind.HasStat() && (now.Stat != in.Stat || now.Flags != in.Flags) {
			in.Stat, in.Flags = now.Stat, now.Flags
			v.restat = true
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
		same = same && v.cl.world.WalkAt(&v.rec.Inputs[end])
	}
	if same {
		return true
	}
	now, walks := v.cl.world.Reglob(&v.rec.Inputs[i])
	if now.Digest != v.rec.Inputs[i].Digest {
		return false
	}
	v.rec.Inputs = slices.Concat(v.rec.Inputs[:i+1], walks, v.rec.Inputs[end:])
	v.restat = true
	return true
}

// A stateKey names an input whose present state a call has looked up.
type stateKey struct {
	kind input.Kind
	name string
	salt input.Salt // which records have one each
}

// state returns the present state of an input of a record, looked up once per
// call.
func (cl *call) state(in *input.Input) input.Input {
	key := stateKey{in.Kind, in.Name, in.Salt}
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
	if cl.states == nil {
		cl.states = map[stateKey]input.Input{}
	}
	cl.states[key] = now
	return now
}

func checkoutInput(w *input.World) input.Input {
	dir := w.Root.Physical
	if dir == "" {
		dir = w.Dir
	}
	return input.Input{Kind: input.Checkout, Name: "checkout", Detail: dir, Digest: w.Algorithm.DigestOf(dir)}
}
