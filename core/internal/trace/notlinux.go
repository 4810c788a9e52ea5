//go:build !linux

package trace

import "errors"

// startedByOther reports whether no process above this one runs the same program,
// which is not known here.
func startedByOther() bool { return false }

// Children is what the system knows of the processes that this one has started.
type Children struct{}

// ChildrenNow returns what is known now.
func ChildrenNow() Children { return Children{} }

// StartedNone reports that no process was started since c was taken. It is not
// known here.
func (Children) StartedNone() bool { return false }

func memoryLog() (path string, err error) { return "", errors.ErrUnsupported }

func inMemory(string) bool { return false }
