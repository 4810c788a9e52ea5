//go:build !linux && !windows

package since

// birthTime returns when a file was made, where that can be had cheaply.
func birthTime(string) (ns int64, ok bool) { return 0, false }

// longName is what Windows needs.
func longName(path string) string { return path }
