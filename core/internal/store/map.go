package store

// mapFrom is the size from which on an object is mapped: below it the page
// faults cost what the reading does.
const mapFrom = 1 << 20

// MapObject returns an object's bytes as a private mapping, which may be
// written to: what is never touched is never read. They are checked as copies
// are, by the seal, so that a disk that loses bits without a word is believed,
// as it is by all who do not read a file twice. The mapping stays for the life
// of the process. For this a process maps an object once only, and gets ok =
// false when it asks again, as for small objects and where files cannot be
// relied on to stay while they are mapped: ReadObject does for those.
//
// The errors are those of ReadObject.
func (s *Store) MapObject(ref ObjectRef) (data []byte, ok bool, err error) {
	if ref.Size < mapFrom || ref.Size != int64(int(ref.Size)) {
		return nil, false, nil
	}
	if _, before := s.mapped.LoadOrStore(ref.ID, true); before {
		return nil, false, nil
	}
	f, err := s.OpenObject(ref)
	if err != nil {
		s.mapped.Delete(ref.ID)
		return nil, false, err
	}
	defer f.Close()
	if !staysMapped(f) {
		return nil, false, nil
	}
	if err := s.checkSealed(ref, f); err != nil {
		s.mapped.Delete(ref.ID)
		return nil, false, err
	}
	data, err = mapPrivate(f, int(ref.Size))
	return data, err == nil, nil
}
