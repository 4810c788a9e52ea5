package store

import (
	"os"
	"path/filepath"

	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// maxLog bounds each of the two log files: some ten thousand misses.
const maxLog = 4 << 20

// AppendEvent adds a line to the store's log. One write of O_APPEND is whole
// on a local file system, however many write.
func (s *Store) AppendEvent(line []byte) error {
	dir := filepath.Join(s.dir, "log")
	path := filepath.Join(dir, "events.jsonl")
	if st, err := unlogged.StatPath(path); err == nil && st.Size > maxLog {
		// Two that rotate at once would lose a file; the lock is for that.
		if l, err := lockFile(dir, true); err == nil && l != nil {
			if st, err := unlogged.StatPath(path); err == nil && st.Size > maxLog {
				unlogged.Rename(path, filepath.Join(dir, "events.1.jsonl"))
			}
			l.unlock()
		}
	}
	err := appendLine(path, line, unlogged.Plain)
	if os.IsNotExist(err) {
		if err := makeDir(dir); err != nil {
			return err
		}
		err = appendLine(path, line, unlogged.Plain)
	}
	return err
}

// AppendLine adds a line to a file of lines.
func AppendLine(path string, line []byte) error { return appendLine(path, line, 0) }

func appendLine(path string, line []byte, flag int) error {
	f, err := unlogged.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND|flag, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// Events returns the lines of the store's log, oldest first.
func (s *Store) Events() []byte {
	old, _ := private.ReadFile(filepath.Join(s.dir, "log", "events.1.jsonl"))
	new, _ := private.ReadFile(filepath.Join(s.dir, "log", "events.jsonl"))
	return append(old, new...)
}
