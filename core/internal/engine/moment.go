package engine

import (
	"time"

	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A verdict says whether something was changed since a moment. Larger is worse.
type verdict uint8

const (
	unchanged verdict = iota
	unsure            // it was changed within the same tick of the clock
	changed
)

// A moment is when something began, as file systems stamp it: a change after
// it gets a time from low on, one before it at most high.
type moment struct{ low, high int64 }

func thisMoment() moment {
	low := unlogged.FileClock()
	return moment{low, time.Now().UnixNano()}
}

// processBegan is the moment that the process began.
func processBegan() moment { return moment{trace.Start.FileClock, trace.Start.Time.UnixNano()} }

// stamp judges one time of a file, which a file system may have rounded down.
func (m moment) stamp(t int64) verdict {
	switch {
	case t > m.high:
		return changed
	case unlogged.Latest(t) >= m.low:
		return unsure
	}
	return unchanged
}

// stat judges a file by both its times, but for a modification time that lies
// in the future: somebody has set it, which left a change time.
func (m moment) stat(st unlogged.Stat) verdict {
	if st.ChangeTime != 0 && st.ModTime > time.Now().UnixNano() {
		return m.stamp(st.ChangeTime)
	}
	return max(m.stamp(st.ModTime), m.stamp(st.ChangeTime))
}

// settle waits for the next tick of the clock that stamps files, if there was
// none since the process began: so what was made before, however short a time,
// is older than a build. It waits at most once in a process.
func settle() {
	for deadline := time.Now().Add(maxTick); unlogged.FileClock() <= trace.Start.Time.UnixNano() && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
}

// maxTick is longer than the clock that stamps files can stand: 10 ms as a rule, more
// where a virtual machine misses ticks.
const maxTick = time.Second
