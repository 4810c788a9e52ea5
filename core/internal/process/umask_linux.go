package process

import (
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// umask returns the process's umask, which only setting another one tells
// elsewhere (proc_pid_status(5), since Linux 4.7).
func umask() int {
	data, err := unlogged.ReadFile("/proc/self/status")
	if err != nil {
		return -1
	}
	_, rest, _ := strings.Cut(string(data), "\nUmask:")
	line, _, _ := strings.Cut(rest, "\n")
	mask, err := strconv.ParseInt(strings.TrimSpace(line), 8, 32)
	if err != nil {
		return -1
	}
	return int(mask)
}
