package store

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A phase of a pass.
type phase int

const (
	phaseRecords phase = iota
	phaseObjects
	phaseOthers
)

// trimState is how far a pass is: what the next trim of a store too large for
// one goes on with.
type trimState struct {
	Started int64 // nanoseconds since 1970
	Phase   phase
	Cursor  string // the last thing looked at in this phase
	Round   int
	Plan    plan
	planned plan // as it was when the round began

	survey survey
}

func newTrimState(now time.Time) *trimState {
	return &trimState{Started: now.UnixNano(), survey: newSurvey()}
}

// again begins another round over the records. In a dry run what an earlier
// round would have removed is still there, and must be left out again.
func (st *trimState) again(p plan, dry bool) {
	if dry && p.Hour == st.planned.Hour {
		p.Some.Count += st.planned.Some.Count
		p.Some.Bytes += st.planned.Some.Bytes
	}
	st.Plan, st.planned = p, p
	st.Cursor, st.survey = "", newSurvey()
}

// stateFile is a trimState on disk. Maps are lists there: JSON has no keys
// that are numbers.
type stateFile struct {
	trimState
	Hours   [][3]int64 // hour, count, bytes
	Objects [][3]int64 // name, hour, size
}

// trimStateAge is how long an unfinished pass is gone on with: what it has
// counted is worth less each day.
const trimStateAge = 10 * 24 * time.Hour

func (s *Store) trimStatePath() string { return filepath.Join(s.trimDir(), "state.json") }

func (s *Store) loadTrimState() *trimState {
	data, err := quiet.ReadFile(s.trimStatePath())
	if err != nil {
		return nil
	}
	var f stateFile
	if json.Unmarshal(data, &f) != nil {
		return nil
	}
	st := &f.trimState
	if age := s.now().Sub(quiet.Time(st.Started)); age < 0 || age > trimStateAge {
		return nil
	}
	st.survey = newSurvey()
	for _, row := range f.Hours {
		st.survey.hours[row[0]] = Load{row[1], row[2]}
	}
	for _, row := range f.Objects {
		st.survey.objects[uint64(row[0])] = objectUse{row[1], row[2]}
	}
	return st
}

func (s *Store) saveTrimState(st *trimState) error {
	f := stateFile{trimState: *st}
	for hour, load := range st.survey.hours {
		f.Hours = append(f.Hours, [3]int64{hour, load.Count, load.Bytes})
	}
	for name, o := range st.survey.objects {
		f.Objects = append(f.Objects, [3]int64{int64(name), o.hour, o.size})
	}
	data, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return s.replace(s.trimStatePath(), data, 0o600, noSync)
}

func (s *Store) dropTrimState() { os.Remove(s.trimStatePath()) }
