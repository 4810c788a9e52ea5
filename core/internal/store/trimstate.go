package store

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// A phase of a pass. The first three are a round.
type phase int

const (
	phaseRecords phase = iota
	phaseTrees
	phaseDerived
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
	spool  spool
}

func newTrimState(now time.Time, spoolDir string) *trimState {
	return &trimState{Started: now.UnixNano(), survey: newSurvey(now), spool: spool{dir: spoolDir}}
}

// next goes on with another phase.
func (st *trimState) next(p phase) { st.Phase, st.Cursor = p, "" }

// again begins another round. In a dry run what an earlier round would have
// removed is still there, and must be left out again.
func (st *trimState) again(p plan, dry bool) {
	if dry {
		p.Bytes = max(p.Bytes, st.planned.Bytes)
	}
	if dry && p.Hour == st.planned.Hour {
		p.Some.Count += st.planned.Some.Count
		p.Some.Bytes += st.planned.Some.Bytes
	}
	st.Plan, st.planned = p, p
	st.survey = newSurvey(quiet.Time(st.Started))
	st.spool.again()
	st.next(phaseRecords)
}

// stateFile is a trimState on disk, beside its spool. Maps are lists there:
// JSON has no keys that are numbers.
type stateFile struct {
	Form int // of this file
	trimState
	Hours   [][3]int64 // hour, count, bytes
	Spooled [256]int64 // lengths of the spool's files of a round
	SpoolOf int
}

// stateForm is that of files that can be gone on with.
const stateForm = 2

// trimStateAge is how long an unfinished pass is gone on with: what it has
// counted is worth less each day.
const trimStateAge = 10 * 24 * time.Hour

func (s *Store) trimStatePath() string { return filepath.Join(s.trimDir(), "state.json") }
func (s *Store) trimSpoolDir() string  { return filepath.Join(s.trimDir(), "refs") }

func (s *Store) loadTrimState() *trimState {
	data, err := quiet.ReadFile(s.trimStatePath())
	if err != nil {
		return nil
	}
	var f stateFile
	if json.Unmarshal(data, &f) != nil || f.Form != stateForm {
		return nil
	}
	st := &f.trimState
	if age := s.now().Sub(quiet.Time(st.Started)); age < 0 || age > trimStateAge {
		return nil
	}
	st.survey = newSurvey(quiet.Time(st.Started))
	for _, row := range f.Hours {
		st.survey.hours[row[0]] = Load{row[1], row[2]}
	}
	st.spool = spool{dir: s.trimSpoolDir(), lengths: f.Spooled, round: f.SpoolOf}
	return st
}

// saveTrimState writes what was noted first: a state without it would take for
// unused what is not.
func (s *Store) saveTrimState(st *trimState) error {
	if err := st.spool.spill(); err != nil {
		return err
	}
	f := stateFile{Form: stateForm, trimState: *st, Spooled: st.spool.lengths, SpoolOf: st.spool.round}
	for hour, load := range st.survey.hours {
		f.Hours = append(f.Hours, [3]int64{hour, load.Count, load.Bytes})
	}
	data, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return s.replace(s.trimStatePath(), data, 0o600, noSync)
}

func (s *Store) dropTrimState() {
	os.Remove(s.trimStatePath())
	quiet.RemoveAll(s.trimSpoolDir())
}
