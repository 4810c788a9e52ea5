package trace

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// makeLog makes the file that package testing is asked to keep its log in, or
// says why there can be none. Package testing ends the process with status 2
// where it cannot open or write the file, which is ours: so it is tried here.
func makeLog() (path string, err error) {
	path, err = memoryLog()
	if err == nil || errors.Is(err, syscall.EMFILE) {
		return path, err // a file elsewhere would need as many descriptors
	}
	dir, err := logDir()
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, logFile(os.Getpid(), Start.Time))
	return path, tryLog(path)
}

// roomForLog is what must be free where the log goes: more than most logs take.
const roomForLog = 64 << 10

// tryLog makes an empty file that can be written to.
func tryLog(path string) error {
	f, err := unlogged.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, roomForLog))
	if err = errors.Join(err, f.Truncate(0), f.Close()); err != nil {
		os.Remove(path)
	}
	return err
}
