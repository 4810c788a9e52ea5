package engine

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// hint returns what the line of a miss warns of: that values differ from build to build,
// that a hit leaves out a side effect of fn, that fn may have read a file unseen. A call of
// a method of t on the line where fn begins is not told: it may be that of another function.
func (b *builder) hint(rec *record.Record) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if c := b.closure; c != nil && len(c.Hints) > 0 && b.spec.MaxAge == 0 {
		use := c.Hints[0]
		add("it uses %s (%s:%d): kept until something else changes; MaxAge bounds it", use.What, use.File, use.Line)
	}
	if b.spec.Callee != "" && len(b.captured().Sets) > 0 {
		add("it sets %s, which a hit leaves as it was: return it instead", b.captured().Sets[0])
	}
	if c := b.closure; c != nil {
		at := slices.IndexFunc(c.HandleCalls, func(use code.Use) bool {
			return use.Line != b.fn.Line || filepath.Base(use.File) != filepath.Base(b.fn.File)
		})
		if at >= 0 {
			use := c.HandleCalls[at]
			add("it calls t.%s (%s:%d), which a hit does not", use.What, use.File, use.Line)
		}
	}
	if all := b.c.store.Records(b.key.Slot, b.key.ID); len(all) == store.MaxRecords && all[len(all)-1].Used.UnixNano() > b.c.host.Began.High {
		add("all %d results that are kept of a key were used since this process began, and the next takes the place of the first: tell what differs by the key, or by cachetest.With", len(all))
	}
	if p := b.unreadPath(rec.Inputs); p.Path != "" {
		add("it names %s (%s:%d), which it was not seen to read: a change of it is no miss; cachetest.Files makes it one", p.Path, p.File, p.Line)
	}
	return strings.Join(parts, "; ")
}
