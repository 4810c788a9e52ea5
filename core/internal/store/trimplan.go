package store

import (
	"maps"
	"slices"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A survey is what was found in the store, by the hour of last use: times of
// use are no more exact than that. It is small whatever the store holds.
type survey struct {
	began int64 // hour
	hours map[int64]Load
}

// surveyHours is how many hours are told apart: what was last used before is
// all of one hour.
const surveyHours = 2 * 365 * 24

func newSurvey(began time.Time) survey {
	return survey{began: began.UnixNano() / int64(time.Hour), hours: map[int64]Load{}}
}

func (v *survey) hour(used int64) int64 {
	return min(max(used/int64(time.Hour), v.began-surveyHours), v.began+1)
}

func (v *survey) hourOf(st quiet.Stat) int64 { return v.hour(st.ModTime) }

func (v *survey) add(hour int64, l Load) {
	load := v.hours[hour]
	v.hours[hour] = Load{load.Count + l.Count, load.Bytes + l.Bytes}
}

func (v *survey) total() (sum Load) {
	for _, load := range v.hours {
		sum.Count += load.Count
		sum.Bytes += load.Bytes
	}
	return sum
}

// A plan says what is to go so that the rest is within the limits: what was
// last used before an hour, and some of what was used in it.
type plan struct {
	Hour int64 // since 1970
	Some Load  // of that hour
	// Bytes is the hour at which enough bytes go: what is no record goes up to
	// it. A limit of records has nothing to do with it.
	Bytes int64
}

// plan returns what is to go, oldest first and nothing that was used after
// young. over is false if the store is within its limits, or all of it young.
func (v *survey) plan(limits Limits, young time.Time) (p plan, over bool) {
	sum := v.total()
	var excess Load
	if limits.Bytes > 0 {
		excess.Bytes = max(0, sum.Bytes-limits.Bytes)
	}
	if limits.Count > 0 {
		excess.Count = max(0, sum.Count-limits.Count)
	}
	if excess == (Load{}) {
		return p, false
	}
	last := v.hour(young.UnixNano())
	for _, hour := range slices.Sorted(maps.Keys(v.hours)) {
		if hour > last {
			break
		}
		load := v.hours[hour]
		p.Hour, p.Some = hour, excess
		if excess.Bytes > 0 {
			p.Bytes = hour
		}
		if load.Bytes >= excess.Bytes && load.Count >= excess.Count {
			break
		}
		excess.Bytes, excess.Count = max(0, excess.Bytes-load.Bytes), max(0, excess.Count-load.Count)
	}
	return p, p != plan{}
}

// takes reports whether a record is to go, and counts it. An object's bytes
// are counted with each record, so that too little goes rather than too much:
// the next round sees to the rest.
func (p *plan) takes(hour, bytes int64) bool {
	switch {
	case hour < p.Hour:
		return true
	case hour > p.Hour || p.Some.Bytes <= 0 && p.Some.Count <= 0:
		return false
	}
	p.Some.Count--
	p.Some.Bytes -= bytes
	return true
}

// takesOther reports whether something that is no record is to go.
func (p *plan) takesOther(hour, bytes int64) bool {
	switch {
	case hour < p.Bytes || hour == p.Bytes && p.Bytes < p.Hour:
		return true
	case hour > p.Bytes || p.Some.Bytes <= 0:
		return false
	}
	p.Some.Bytes -= bytes
	return true
}
