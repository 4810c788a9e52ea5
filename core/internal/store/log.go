package store

import (
	"io"
	"os"
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// maxLog bounds each of the two log files: some ten thousand misses.
const maxLog = 4 << 20

func (s *Store) logPath(name string) string { return filepath.Join(s.dir, "log", name) }

// AppendEvent adds a line to the store's log. One write of O_APPEND is whole
// on a local file system, however many write.
func (s *Store) AppendEvent(line []byte) error {
	return s.appendLog("events.jsonl", line, maxLog, func(path string) {
		unlogged.Rename(path, s.logPath("events.1.jsonl"))
	})
}

// appendLog adds a line to a log, and calls full for one that has become longer
// than it may be. Two of that at once would lose a file: a lock is for that.
func (s *Store) appendLog(name string, line []byte, limit int64, full func(path string)) error {
	path := s.logPath(name)
	end, err := appendLine(path, line, unlogged.Plain)
	if os.IsNotExist(err) {
		if err := makeDir(filepath.Dir(path)); err != nil {
			return err
		}
		end, err = appendLine(path, line, unlogged.Plain)
	}
	if end <= limit {
		return err
	}
	if l, err := lockFile(filepath.Dir(path), true); err == nil && l != nil {
		if st, err := unlogged.StatPath(path); err == nil && st.Size > limit {
			full(path)
		}
		l.unlock()
	}
	return err
}

// AppendLine adds a line to a file of lines.
func AppendLine(path string, line []byte) error {
	_, err := appendLine(path, line, 0)
	return err
}

func appendLine(path string, line []byte, flag int) (end int64, err error) {
	f, err := unlogged.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND|flag, 0o600)
	if err != nil {
		return 0, err
	}
	_, err = f.Write(append(line, '\n'))
	end, _ = f.Seek(0, io.SeekCurrent) // a pipe has no end
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return end, err
}

// Events returns the lines of the store's log, oldest first.
func (s *Store) Events() []byte {
	old, _ := private.ReadFile(s.logPath("events.1.jsonl"))
	new, _ := private.ReadFile(s.logPath("events.jsonl"))
	return append(old, new...)
}
