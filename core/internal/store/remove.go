package store

import "math"

// Remove forgets all records of some slots, the objects that only they refer to
// and the trees made of those, whatever their age. A variant that is being built
// is left alone, and counted in busy.
//
// A build that has put an object, but not its record yet, may find the object
// gone: its record is a miss the next time.
func (s *Store) Remove(slots []SlotID, refs func([]byte) ([]ObjectRef, error)) (removed Trimmed, busy int, err error) {
	p := s.newPass(Trim{Refs: refs}, 0)
	p.only = map[SlotID]bool{}
	for _, slot := range slots {
		p.only[slot] = true
	}
	freed := map[uint64]bool{}
	for n, v := range p.variants {
		for i := int(v.first); p.only[v.slot] && i < p.lastOf(n); i++ {
			p.entries[i].goes = true
			first, last := p.refsOf(i)
			for _, r := range p.refs[first:last] {
				freed[r.name] = true
			}
		}
	}
	p.sweepRecords()
	if !p.blind {
		// What no record refers to otherwise is left to a trim.
		since := func(id ObjectID) int64 {
			if freed[short64(id)] {
				return math.MaxInt64
			}
			return 0
		}
		p.sweepTrees(since)
		p.sweepObjects(since)
	}
	return p.out, p.busy, p.err
}
