package engine

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/compare"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/settings"
	"github.com/fixturecache/fixturecache/core/internal/snapshot"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/typeid"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Site is a place in the source.
type Site = code.Site

// Caller returns the place that called the function that called Caller, skip
// frames further up.
func Caller(skip int) (Site, error) { return code.Caller(skip + 1) }

// A call is one look-up: a Spec, and what the process knows to compare records with.
type call struct {
	compare.Present
	c       *Cache
	spec    *Spec
	options string // the options of the call alone: see optionSet
	mode    Mode
	pkg     string // the package or Scope that owns the key
	key     compare.Variant
	fn      code.Func
	code    *knownCode    // nil with CodeNone
	closure *code.Closure // the code, nil where it is not known by its closure

	types []string // the types of values of With, and of codecs: fn, or the coder of its result, may run their methods

	unusable error // why nothing is looked up or stored: there is no store, or it is not known what was compiled

	start    time.Time
	cwd      string // set by workingDir
	cwdKnown bool

	own      code.Turn        // the turn of the running test, or that of allTests
	turn     code.Turn        // the turn by whose code the call looks up: own, or an earlier one
	digested bool             // digestCode has added its inputs to Static
	byCaller []input.Input    // Static before digestCode
	noted    *hit             // set by findNoted, without a look at the code
	unstored string           // the options, for those who wait, if what the call built could not be stored
	faults   []Reason         // why records could not be used
	faulty   []store.RecordID // those records
}

// newCall identifies slot, variant and function, and looks for a hit by the notes of records.
// If there is none, it finds the code. Its errors are misuse.
func (c *Cache) newCall(s *Spec, build any) (*call, error) {
	if err := process.CheckBubble(); err != nil {
		return nil, err
	}
	mode, err := c.mode()
	if err != nil {
		return nil, err
	}
	if path := unlogged.Getenv("CACHETEST_LOG"); path != "" && !filepath.IsAbs(path) { // another file for each package
		return nil, fmt.Errorf("CACHETEST_LOG=%s is not an absolute path: each package's tests run in a directory of their own", path)
	}
	options := s.optionSet(compare.CodeLine + string(s.code()))
	c.addLists(s)
	if err := s.check(); err != nil {
		return nil, err
	}
	cl := &call{Present: compare.Present{Read: c.read, MaxAge: s.MaxAge}, c: c, start: time.Now(), spec: s, options: options, mode: mode, pkg: cmp.Or(s.Scope, s.Package)}
	cl.Current, cl.Got, cl.own = cl.current, cl.got, s.turnNow()
	if cl.fn, err = code.Find(cmp.Or(s.Func, build)); err != nil {
		return nil, err
	}
	if err := c.claim(cl); err != nil {
		return nil, err
	}
	if mode == Off || c.store == nil {
		cl.unusable = errOff
		return cl, nil
	}
	c.host.Log.Attach()
	if err := cl.digestStatic(); err != nil {
		return nil, err
	}
	cl.turn = cl.own
	if turn, ok := c.turns.Load(cl.key); ok { // that by which this process got it
		cl.turn = turn.(code.Turn)
	}
	if cl.noted = cl.findNoted(); cl.noted != nil {
		return cl, nil
	}
	err = cl.digestCode()
	var stale *code.StaleError
	if errors.As(err, &stale) || errors.Is(err, errBinary) {
		cl.unusable, err = err, nil
	}
	return cl, err
}

// A claimant is the function and the type that a slot is used for.
type claimant struct {
	fn  code.Func
	typ string
}

// claim notes what function and type a slot is for, and refuses another.
//
// A function is identified by the line in which it begins, since inlining may compile one
// function into several places. The source tells those from several functions that begin
// in one line.
func (c *Cache) claim(cl *call) error {
	slot := cl.pkg + "\x00" + cl.spec.Key
	cl.key.Slot = store.SlotOf(cl.pkg, cl.spec.Key)
	now := claimant{cl.fn, cl.spec.typeName()}
	first, known := c.claims.LoadOrStore(slot, now)
	switch was := first.(claimant); {
	case !known:
	case was.typ != now.typ:
		return fmt.Errorf("one key for two types: %s (%s) and %s (%s); give them keys of their own", was.typ, funcName(was.fn), now.typ, funcName(now.fn))
	case was.fn.File != now.fn.File || was.fn.Line != now.fn.Line,
		was.fn.Offset != now.fn.Offset && cl.spec.Callee != "" && cl.captured().Several:
		return fmt.Errorf("one key for two functions: %s and %s; give them keys of their own", funcName(was.fn), funcName(now.fn))
	case was.fn.Offset != now.fn.Offset:
		c.claims.Store(slot, now) // the next call is most likely of the same copy
	}
	return nil
}

// funcName returns the name and place of a function, for a message.
func funcName(fn code.Func) string {
	name := fn.Symbol[strings.LastIndexByte(fn.Symbol, '/')+1:]
	return name + " at " + filepath.Base(fn.File) + ":" + strconv.Itoa(fn.Line)
}

// digestStatic digests the inputs that the call gives. They are compared first: a record
// in which one differs is not looked at further.
func (cl *call) digestStatic() error {
	alg := cl.c.world.Algorithm
	s := cl.spec
	cl.addStatic(input.Options, "options", cl.options, alg.DigestOf(cl.options))
	cl.addStatic(input.Options, ListsInput, cl.c.lists, alg.DigestOf(cl.c.lists))
	if s.Version != "" {
		cl.addStatic(input.Version, "version", cl.excerpt(input.Shorten(s.Version)), alg.DigestOf(s.Version))
	}
	if s.kind != "" {
		cl.addStatic(input.Type, "type", s.kind, alg.DigestOf(s.kind))
	}
	if s.typ != nil {
		cl.addStatic(input.Type, "type", s.typeName(), alg.Cut(typeid.Of(s.typ)))
	}
	return cl.digestValues()
}

func (cl *call) addStatic(kind input.Kind, name, detail string, digest input.Digest) {
	cl.Static = append(cl.Static, input.Input{Kind: kind, Name: name, Detail: detail, Digest: digest})
}

// digestCode adds the inputs that the binary gives, which take longer to find: the
// toolchain, the code, and the settings that the code asks for.
func (cl *call) digestCode() error {
	cl.digested, cl.byCaller = true, slices.Clone(cl.Static)
	list := []input.Input{cl.toolchain()}
	if cl.spec.code() != CodeNone {
		known, err := cl.findCode()
		if err != nil {
			return err
		}
		cl.code, cl.closure = known, known.closure
		list = append(list, known.in)
	}
	for _, setting := range cl.settingNames() {
		list = append(list, cl.settingAt(setting))
	}
	cl.Static = append(cl.Static, list...)
	sort.SliceStable(cl.Static, func(i, j int) bool { return cl.Static[i].Kind < cl.Static[j].Kind })
	return nil
}

func (cl *call) toolchain() input.Input {
	tells := process.Toolchain()
	return input.Input{Kind: input.Toolchain, Name: "toolchain", Detail: tells, Digest: cl.c.world.Algorithm.DigestOf(tells)}
}

// current returns the present state of an input of the call. The call of a child is not
// known, so of its inputs only those are compared that all calls of the process share.
// A record that was found by its note holds for this binary: its toolchain and code are not
// compared again.
func (cl *call) current(_ *record.Record, in *input.Input, child bool) (now *input.Input, known bool) {
	switch kind := in.Kind; {
	case kind == input.WorkDir:
		at := cl.cwdAt(in.Name)
		return &at, true
	case child && kind == input.Toolchain:
		at := cl.toolchain()
		return &at, true
	case child && kind == input.Setting && in.Name != settings.TestName, !child && kind == input.Setting && !cl.digested:
		at := cl.settingAt(in.Name)
		return &at, true
	case child, !cl.digested && (kind == input.Toolchain || kind == input.Code):
		return nil, true
	}
	if now = compare.Find(cl.Static, in); now == nil {
		now = &input.Input{Kind: in.Kind, Name: in.Name}
	}
	return now, true
}

// typeName returns the name of T, or the kind of output where there is no T: "" for bytes.
func (s *Spec) typeName() string {
	if s.typ == nil {
		return s.kind
	}
	return typeid.Name(s.typ)
}

// isPath reports whether a type, by its name, is Path or the Path of a package that
// declares its own for its users.
func isPath(name string) bool {
	return strings.HasPrefix(name, "github.com/fixturecache/fixturecache/") && strings.HasSuffix(name, ".Path")
}

// digestValues adds the values of With, which make the variant, in the order of
// their names, and notes the types that come with them. A path counts by its
// content, which is looked at later. The flags of GoBuild are of the variant too.
func (cl *call) digestValues() error {
	h := sha256.New()
	bases := map[string]string{}
	var together []any // the values: digests of single ones do not tell what memory they share
	for _, v := range cl.spec.sortedValues() {
		if path, ok := v.Value.(Path); ok {
			if path == "" {
				return fmt.Errorf("With(%q, …): the path is empty", v.Name)
			}
			bases[v.Name] = cl.c.world.Abs(string(path))
			fmt.Fprintf(h, "path %q\n", v.Name)
			continue
		}
		digest, types, err := snapshot.HashTypes(v.Value)
		if err != nil {
			return fmt.Errorf("With(%q, …): %w, or IgnoreCapture(%q) in the place of this With if none matters", v.Name, err, v.Name)
		}
		if slices.ContainsFunc(types, isPath) {
			return fmt.Errorf("With(%q, …): a Path in another value would count by its name, not by what is there: give it to a With of its own", v.Name)
		}
		fmt.Fprintf(h, "value %q %x\n", v.Name, digest)
		cl.addStatic(input.Value, v.Name, "", cl.c.world.Algorithm.Cut(digest))
		cl.types = append(cl.types, types...)
		together = append(together, v.Value)
	}
	if len(together) > 1 {
		digest, err := snapshot.Hash(together)
		if err != nil {
			return fmt.Errorf("values of With together: %w", err)
		}
		fmt.Fprintf(h, "together %x\n", digest)
	}
	if flags := cl.spec.Declare.GoFlags; len(flags) > 0 {
		fmt.Fprintf(h, "go flags %q\n", flags)
	}
	cl.types = append(cl.types, cl.spec.types...)
	slices.Sort(cl.types)
	cl.types = slices.Compact(cl.types)
	copy(cl.key.ID[:], h.Sum(nil))
	cl.World = cl.c.world.With(bases, cl.c.world.Salt)
	return nil
}

// excerpt returns the text that a record may keep of a value to explain a difference
// later: none if the fixture is Local or the settings hide values.
func (cl *call) excerpt(text string) string {
	if cl.spec.Local || cl.c.config.HideValues {
		return ""
	}
	return text
}

// excerptValues keeps an excerpt of each value of With. Only a record that is
// written needs it, so a hit does without.
func (cl *call) excerptValues() {
	for i := range cl.Static {
		in := &cl.Static[i]
		for _, v := range cl.spec.Values {
			if in.Kind == input.Value && in.Name == v.Name {
				in.Detail = cl.excerpt(input.Excerpt(v.Value))
			}
		}
	}
}

// inFrame returns the context of a build of cl, which has a frame of its own.
func (cl *call) inFrame(ctx context.Context) context.Context {
	return context.WithValue(ctx, frameKey{}, &frame{parent: frameOf(ctx), key: cl.key})
}
