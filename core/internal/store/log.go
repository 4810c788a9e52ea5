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
	path := s.logPath("events.jsonl")
	end, err := s.appendLog(path, line)
	if end <= maxLog {
		return err
	}
	// Two that rotate at once would lose a file; the lock is for that.
	if l, err := lockFile(filepath.Dir(path), true); err == nil && l != nil {
		if st, err := unlogged.StatPath(path); err == nil && st.Size > maxLog {
			unlogged.Rename(path, s.logPath("events.1.jsonl"))
		}
		l.unlock()
	}
	return err
}

// appendLog adds a line to a file of the store's, and returns where it ends.
func (s *Store) appendLog(path string, line []byte) (end int64, err error) {
	end, err = appendLine(path, line, unlogged.Plain)
	if os.IsNotExist(err) {
		if err := makeDir(filepath.Dir(path)); err != nil {
			return 0, err
		}
		end, err = appendLine(path, line, unlogged.Plain)
	}
	return end, err
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
