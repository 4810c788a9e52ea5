//go:build !windows

package unlogged

import "os"

// Rename is os.Rename, which is not logged.
func Rename(from, to string) error { return os.Rename(from, to) }
