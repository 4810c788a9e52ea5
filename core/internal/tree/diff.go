package tree

// Diff says where two trees differ first, in the order of a walk, and how:
// "a/b modified", "a/b added". It is "" for equal trees.
func Diff(old, new *Manifest) string {
	if old.Mode != new.Mode {
		return "its mode modified"
	}
	a, b := old.Entries, new.Entries
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && less(a[0].Path, b[0].Path):
			return a[0].Path + " removed"
		case len(a) == 0 || less(b[0].Path, a[0].Path):
			return b[0].Path + " added"
		case a[0] != b[0]:
			return a[0].Path + " modified"
		}
		a, b = a[1:], b[1:]
	}
	return ""
}
