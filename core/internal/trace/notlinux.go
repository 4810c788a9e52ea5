//go:build !linux

package trace

import "errors"

// startedByOther reports whether no process above this one runs the same program,
// which is not known here.
func startedByOther() bool { return false }

func memoryLog() (path string, err error) { return "", errors.ErrUnsupported }

func inMemory(string) bool { return false }
