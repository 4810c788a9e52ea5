//go:build !linux

package unlogged

import "syscall"

// Getwd is os.Getwd without $PWD, and is not logged.
func Getwd() (string, error) { return syscall.Getwd() }
