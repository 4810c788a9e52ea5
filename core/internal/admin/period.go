package admin

import (
	"time"

	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/store"
)

// A Period bounds the hits and misses that are counted.
type Period struct {
	Since time.Time // zero: from the beginning
	Run   int       // of the go command with this process id, 0 for all
}

// Holds reports whether what was at a time, in a run, counts.
func (p Period) Holds(at time.Time, run int) bool {
	return !at.Before(p.Since) && (p.Run == 0 || run == p.Run)
}

// longestRun is how far apart two events of one run may be: the id of a go
// command is that of another process some day.
const longestRun = 24 * time.Hour

// LastRun is the period of the go command that started the process which had a
// hit or a miss last.
func LastRun(events []engine.Event, hits []store.HitLine) (p Period) {
	var last time.Time
	later := func(at time.Time, run int) {
		if at.After(last) {
			last, p.Run = at, run
		}
	}
	for _, line := range hits {
		later(line.Time(), line.Run)
	}
	for _, e := range events {
		later(e.Time, e.Run)
	}
	p.Since = last.Add(-longestRun)
	return p
}
