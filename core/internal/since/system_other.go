//go:build !linux && !windows

package since

func birthTime(string) (ns int64, ok bool) { return 0, false }

func longName(path string) string { return path }
