package trace

import (
	"bytes"
	"os"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// startedByOther reports whether no process above this one runs the same program:
// a test that starts its own binary as a helper, or a copy of it as a command, may
// leave out arguments because it reads them itself. The first page of a Go
// program holds its build ID.
func startedByOther() bool {
	own, err := firstPage("/proc/self")
	if err != nil || os.Getppid() == 1 { // who started it is gone
		return false
	}
	other := true
	for proc := range unlogged.Ancestors {
		page, err := firstPage(proc)
		if other = !bytes.Equal(page, own); !other || err != nil {
			break
		}
	}
	return other
}

func firstPage(proc string) ([]byte, error) {
	f, err := unlogged.Open(proc + "/exe")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	page := make([]byte, 4<<10)
	_, err = f.ReadAt(page, 0)
	return page, err
}
