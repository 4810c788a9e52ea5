package engine

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/plainjson"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Reason is one difference that made a record invalid.
type Reason = input.Reason

// An EventType says what happened.
type EventType string

const (
	EventHit       EventType = "hit"        // a stored output was used
	EventMiss      EventType = "miss"       // it was built, for Reasons
	EventNotStored EventType = "not-stored" // what was built was not kept, for Cause
	EventWait      EventType = "wait"       // another process builds it
	EventBuilding  EventType = "building"   // its build takes long
	EventOff       EventType = "off"        // built without a cache
	EventVerified  EventType = "verified"   // a hit was built again, and was right
	EventRemote    EventType = "remote"     // the shared tier is not used any more, for Cause
)

// An Event describes one look-up, or a step of it. It is a line in the logs.
type Event struct {
	V       int       `json:"v"` // version of this form
	Type    EventType `json:"event"`
	Time    time.Time `json:"time"`
	Key     string    `json:"key"`
	Package string    `json:"pkg"`
	Test    string    `json:"test,omitempty"`
	PID     int       `json:"pid"`
	Run     int       `json:"run,omitempty"` // process id of what started the process: the go command

	Reasons []Reason `json:"reasons,omitempty"`  // why it was a miss, in a fixed order
	Cause   string   `json:"cause,omitempty"`    // why it was not stored, or the cache or the shared tier not used
	Code    string   `json:"code,omitempty"`     // why it was not stored, in a word, as "too-new"
	Failed  bool     `json:"failed,omitempty"`   // the build did not come to its end
	BuildMS float64  `json:"build_ms,omitempty"` // how long this build took, or the build of the value that a hit returned
	StoreMS float64  `json:"store_ms,omitempty"` // how long it took to encode and check what was built
	TookMS  float64  `json:"took_ms,omitempty"`  // how long a hit took, or how long a build under way has taken
	Bytes   int64    `json:"bytes,omitempty"`    // size of the output
	Hint    string   `json:"hint,omitempty"`     // with a miss: what later hits will not show or do
	Builder int      `json:"builder,omitempty"`  // process id of the process that is waited for

	Remote   string `json:"remote,omitempty"`   // the shared tier that a hit came from, or that is not used any more
	Unshared string `json:"unshared,omitempty"` // why what was built cannot be of use to others

	CopyMS float64 `json:"-"` // how long a hit took to copy a stored directory or file
}

// Text returns the event as a line for people, with details as indented lines. Control
// characters in names and causes are quoted, so that they do nothing to a terminal.
func (e Event) Text() string {
	e.Reasons = slices.Clone(e.Reasons)
	for i := range e.Reasons {
		e.Reasons[i].Text = human.Plain(e.Reasons[i].Text)
	}
	for _, text := range []*string{&e.Cause, &e.Hint, &e.Remote} {
		*text = human.PlainLines(*text)
	}
	build := human.Milliseconds(e.BuildMS)
	switch e.Type {
	case EventHit:
		took, saved := human.Milliseconds(e.TookMS), human.Milliseconds(max(0, e.BuildMS-e.TookMS))
		if e.Remote != "" {
			return fmt.Sprintf("hit %q from %s in %s (%s), saved %s", e.Key, e.Remote, took, human.Size(e.Bytes), saved)
		}
		text := fmt.Sprintf("hit %q in %s, saved %s", e.Key, took, saved)
		if e.CopyMS > e.BuildMS && e.CopyMS >= minStoreMS {
			text += "; the copy takes longer than the build: Shared() spares it where nobody changes what is in it"
		}
		return text
	case EventNotStored:
		why := ""
		if len(e.Reasons) > 0 && e.Reasons[0].Code != "first" {
			why = " (" + input.ReasonText(e.Reasons) + ")"
		}
		return fmt.Sprintf("built %q in %s%s, not stored: %s", e.Key, build, why, e.Cause)
	case EventWait:
		return fmt.Sprintf("waiting for process %d, which has been building %q for %s", e.Builder, e.Key, human.Milliseconds(e.TookMS))
	case EventBuilding:
		return fmt.Sprintf("building %q for %s: %s", e.Key, human.Milliseconds(e.TookMS), input.ReasonText(e.Reasons))
	case EventOff:
		return fmt.Sprintf("%q built without the cache: %s", e.Key, e.Cause)
	case EventRemote:
		return fmt.Sprintf("the shared tier %s is not used any more in this process: %s", e.Remote, e.Cause)
	case EventVerified:
		return fmt.Sprintf("verified %q: built again to an equal value in %s", e.Key, build)
	}
	if e.StoreMS >= minStoreMS && e.StoreMS >= e.BuildMS/10 {
		build += ", stored in " + human.Milliseconds(e.StoreMS)
	}
	text := fmt.Sprintf("miss %q: %s; built in %s, %s", e.Key, input.ReasonText(e.Reasons), build, human.Size(e.Bytes))
	if e.Failed {
		text = fmt.Sprintf("miss %q: %s; the build failed after %s", e.Key, input.ReasonText(e.Reasons), build)
	}
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	if len(e.Reasons) > 1 {
		for _, r := range e.Reasons[:min(len(e.Reasons), maxDetails)] {
			text += "\n    " + r.Text
		}
		if more := len(e.Reasons) - maxDetails; more > 0 {
			text += fmt.Sprintf("\n    and %d more", more)
		}
	}
	return text
}

// minStoreMS is how many milliseconds storing or copying must take to be mentioned.
const minStoreMS = 250

// maxDetails is how many reasons of one miss are spelled out.
const maxDetails = 20

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// emit writes an event to the log that CACHETEST_LOG names and, but for hits of the store,
// to the store's own log, and passes it to Notify. The time is in UTC: to write the local
// one would fix the zone of the process, before a test sets TZ.
func (cl *call) emit(e Event) {
	e.V, e.Time, e.Key, e.Package, e.Test, e.PID, e.Run = 1, time.Now().UTC(), cl.spec.Key, cl.pkg, cl.spec.Test, os.Getpid(), os.Getppid()
	path := unlogged.Getenv("CACHETEST_LOG")
	keep := (e.Type == EventMiss || e.Type == EventNotStored || e.Remote != "") && cl.c.store != nil && cl.mode != ReadOnly
	if path != "" || keep {
		line, err := plainjson.Marshal(e)
		if path != "" && err == nil {
			err = store.AppendLine(path, line)
		}
		if err != nil {
			noLog.Do(func() { fmt.Fprintf(os.Stderr, "cachetest: CACHETEST_LOG cannot be written to: %v\n", err) })
		}
		if keep {
			cl.c.store.AppendEvent(line)
		}
	}
	if cl.spec.Notify != nil {
		cl.spec.Notify(e)
	}
}

// noLog makes a process say only once that its log cannot be written. It is no fault of a
// test, so the line goes to the standard error.
var noLog sync.Once

// hint returns the warning in the line of a miss: that values differ from build to build,
// that a hit leaves out a side effect of fn, that fn may have read a file unseen. A call of
// a method of t on the line where fn begins is left out: it may stand in another function.
func (b *builder) hint(rec *record.Record) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	c := cmp.Or(b.closure, &code.Closure{})
	if len(c.Hints) > 0 && b.spec.MaxAge == 0 {
		var names []string
		uses := slices.CompactFunc(slices.Clone(c.Hints), func(a, b code.Use) bool { return a.What == b.What })
		for _, use := range uses[:min(len(uses), maxCauses)] {
			names = append(names, fmt.Sprintf("%s (%s:%d)", use.What, use.File, use.Line))
		}
		add("it uses %s: kept until something else changes; MaxAge bounds it", strings.Join(names, ", "))
	}
	if b.spec.Callee != "" && len(b.captured().Sets) > 0 {
		add("it sets %s, which a hit leaves as it was: return it instead", b.captured().Sets[0])
	}
	at := slices.IndexFunc(c.HandleCalls, func(use code.Use) bool {
		return use.Line != b.fn.Line || filepath.Base(use.File) != filepath.Base(b.fn.File)
	})
	if at >= 0 {
		use := c.HandleCalls[at]
		add("it calls t.%s (%s:%d), which a hit does not", use.What, use.File, use.Line)
	}
	if all := b.c.store.Records(b.key.Slot, b.key.ID); len(all) == store.MaxRecords && all[len(all)-1].Used.UnixNano() > b.c.host.Began.High {
		add("all %d results that are kept of a key were used since this process began, and the next takes the place of the first: tell what differs by the key, or by cachetest.With", len(all))
	}
	if list := b.unread(rec.Inputs); len(list) > 0 {
		p := list[0]
		add("it names %s (%s:%d), which it was not seen to read: a change of it is no miss; cachetest.Files makes it one", p.Path, p.File, p.Line)
	}
	return strings.Join(parts, "; ")
}
