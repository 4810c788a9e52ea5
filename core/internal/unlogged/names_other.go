//go:build !linux

package unlogged

// Names lists the names in a directory, in no order.
func Names(path string) (names []string, err error) {
	entries, err := ReadDir(path)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}
