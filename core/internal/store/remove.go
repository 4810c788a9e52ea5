package store

// Remove forgets all records of some slots, the objects that only they refer to
// and the trees made of those, whatever their age. A variant that is being built
// is left alone, and counted in busy.
//
// A build that has put an object, but not its record yet, may find the object
// gone: its record is a miss the next time.
func (s *Store) Remove(slots []SlotID, refs func([]byte) ([]ObjectRef, error)) (removed Trimmed, busy int, err error) {
	p := s.newPass(Trim{Refs: refs}, allShards())
	p.gone = map[SlotID]bool{}
	for _, slot := range slots {
		p.gone[slot] = true
	}
	freed := map[ObjectID]bool{}
	for n, v := range p.variants {
		for i := int(v.first); p.gone[v.slot] && i < p.lastOf(n); i++ {
			p.entries[i].goes = true
			for _, r := range p.refsOf(i) {
				freed[r.id] = true
			}
		}
	}
	p.sweep(0, freed) // what no record referred to is left to a trim
	return p.out, p.busy, p.err
}
