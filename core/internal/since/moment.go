// Package since tells what became of files since a moment, by the times that file
// systems keep: whether what a path leads to may have changed, and what was made.
//
// It promises to say Unchanged only of what was not written, replaced, moved or
// removed since, as far as the system keeps change times (all but Windows). It
// fails towards Unsure and Changed: a file system may keep coarse times, and a
// clock stands between two ticks.
package since

import (
	"time"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Verdict says whether something was changed since a moment. Larger is worse.
type Verdict uint8

const (
	Unchanged Verdict = iota
	Unsure            // it was changed within the same tick of the clock
	Changed
)

// A Moment is when something began, as file systems stamp it: a change after
// it gets a time from Low on, one before it at most High, in nanoseconds since
// 1970.
type Moment struct{ Low, High int64 }

// Now is this moment.
func Now() Moment {
	low := unlogged.FileClock()
	return Moment{low, time.Now().UnixNano()}
}

// stamp judges one time of a file, which a file system may have rounded down.
func (m Moment) stamp(t int64) Verdict {
	switch {
	case t > m.High:
		return Changed
	case unlogged.Latest(t) >= m.Low:
		return Unsure
	}
	return Unchanged
}

// stat judges a file by both its times.
func (m Moment) stat(st unlogged.Stat) Verdict {
	st = st.Past()
	return max(m.stamp(st.ModTime), m.stamp(st.ChangeTime))
}

// Settle waits for the next tick of the clock that stamps files, if there was
// none since a moment: so what was made before, however short a time, is older
// than what begins now.
func (m Moment) Settle() {
	for deadline := time.Now().Add(maxTick); unlogged.FileClock() <= m.High && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
}

// maxTick is longer than the clock that stamps files can stand: 10 ms as a rule, more
// where a virtual machine misses ticks.
const maxTick = time.Second
