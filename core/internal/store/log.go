package store

import (
	"cmp"
	"io"
	"os"
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// maxLog bounds each of the two files of a log: some ten thousand misses, or
// thirty thousand hits.
const maxLog = 4 << 20

func (s *Store) logPath(name string) string { return filepath.Join(s.dir, "log", name+".jsonl") }

// AppendEvent adds a line to the store's log.
func (s *Store) AppendEvent(line []byte) error { return s.appendLog("events", line) }

// appendLog adds a line to a log. One write of O_APPEND is whole on a local file
// system, however many write. A file that has become as long as it may be takes
// the place of the one before it. Two processes that did this at once would lose a
// file, so they take a lock.
func (s *Store) appendLog(name string, line []byte) error {
	path, end := s.logPath(name), int64(0)
	err := inDir(filepath.Dir(path), func() (err error) {
		end, err = appendLine(path, line, unlogged.Plain)
		return err
	})
	if end <= maxLog {
		return err
	}
	if l, err := lockFile(filepath.Dir(path), true); err == nil && l != nil {
		if st, err := unlogged.StatPath(path); err == nil && st.Size > maxLog {
			unlogged.Rename(path, s.logPath(name+".1"))
		}
		l.unlock()
	}
	return err
}

// readLog returns the lines of a log, oldest first.
func (s *Store) readLog(name string) []byte {
	old, _ := private.ReadFile(s.logPath(name + ".1"))
	new, _ := private.ReadFile(s.logPath(name))
	return append(old, new...)
}

// Events returns the lines of the store's log, oldest first.
func (s *Store) Events() []byte { return s.readLog("events") }

// AppendLine adds a line to a file of lines, or to a FIFO that somebody reads.
func AppendLine(path string, line []byte) error {
	_, err := appendLine(path, line, unlogged.NoWait)
	return err
}

func appendLine(path string, line []byte, flag int) (end int64, err error) {
	f, err := unlogged.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND|flag, 0o600)
	if err != nil {
		return 0, err
	}
	_, err = f.Write(append(line, '\n'))
	end, _ = f.Seek(0, io.SeekCurrent) // a pipe has no end
	return end, cmp.Or(err, f.Close())
}
