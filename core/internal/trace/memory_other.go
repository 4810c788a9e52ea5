//go:build !linux

package trace

import "errors"

func memoryLog() (path string, err error) { return "", errors.ErrUnsupported }

func inMemory(string) bool { return false }
