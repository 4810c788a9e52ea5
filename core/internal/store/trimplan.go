package store

import (
	"maps"
	"slices"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A survey is what the records that were looked at hold, by the hour of their
// last use: times of use are no more exact than that. It is small whatever the
// number of records; only of objects, which several records may share, one
// entry each is kept.
type survey struct {
	hours   map[int64]Load
	objects map[uint64]objectUse
}

// objectUse says to what hour the bytes of an object belong: to that of the
// last use of any record that refers to it, with which they go.
type objectUse struct {
	hour int64
	size int64
}

func newSurvey() survey {
	return survey{hours: map[int64]Load{}, objects: map[uint64]objectUse{}}
}

func hourOf(st quiet.Stat) int64 { return st.ModTime / int64(time.Hour) }

func (v *survey) add(e entry) {
	hour := hourOf(e.stat)
	load := v.hours[hour]
	v.hours[hour] = Load{load.Count + 1, load.Bytes + e.stat.Size}
	for _, ref := range e.refs {
		if was, known := v.objects[short64(ref.ID)]; !known || was.hour < hour {
			v.objects[short64(ref.ID)] = objectUse{hour, ref.Size}
		}
	}
}

// loads are the hours with the bytes of objects added.
func (v *survey) loads() map[int64]Load {
	loads := maps.Clone(v.hours)
	for _, o := range v.objects {
		load := loads[o.hour]
		load.Bytes += o.size
		loads[o.hour] = load
	}
	return loads
}

func (v *survey) total() (sum Load) {
	for _, load := range v.loads() {
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
}

// plan returns what is to go, oldest first and nothing that was used after
// young. over is false if the store is within its limits.
func (v *survey) plan(limits Limits, young time.Time) (p plan, over bool) {
	loads, sum := v.loads(), v.total()
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
	last := young.UnixNano() / int64(time.Hour)
	for _, hour := range slices.Sorted(maps.Keys(loads)) {
		if hour > last {
			break
		}
		load := loads[hour]
		p = plan{Hour: hour, Some: excess}
		if load.Bytes >= excess.Bytes && load.Count >= excess.Count {
			break
		}
		excess.Bytes, excess.Count = max(0, excess.Bytes-load.Bytes), max(0, excess.Count-load.Count)
	}
	return p, true
}

// takes reports whether a record is to go, and counts it. An object's bytes
// are counted with each record, so that too little goes rather than too much:
// the next round sees to the rest.
func (p *plan) takes(e entry) bool {
	switch hour := hourOf(e.stat); {
	case hour < p.Hour:
		return true
	case hour > p.Hour || p.Some.Bytes <= 0 && p.Some.Count <= 0:
		return false
	}
	p.Some.Count--
	p.Some.Bytes -= e.stat.Size
	for _, ref := range e.refs {
		p.Some.Bytes -= ref.Size
	}
	return true
}
