package unlogged

import (
	"os"
	"strconv"
	"strings"
)

// maxAncestors bounds the walk: go test, perhaps a wrapper of -exec, a task
// runner, shells.
const maxAncestors = 16

// Ancestors yields the directories below /proc of the processes above this one,
// its parent first. Those of other users may not let themselves be read.
func Ancestors(yield func(proc string) bool) {
	pid := os.Getppid()
	for range maxAncestors {
		proc := "/proc/" + strconv.Itoa(pid)
		if pid <= 1 || !yield(proc) {
			return
		}
		status, _ := ReadFile(proc + "/status")
		_, rest, _ := strings.Cut(string(status), "\nPPid:")
		line, _, _ := strings.Cut(rest, "\n")
		pid, _ = strconv.Atoi(strings.TrimSpace(line))
	}
}
