package engine

import (
	"bytes"
	"runtime"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/process"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// systemFile reports whether a path lies where files are views of the
// machine's state. harmlessSystemFiles are read by the standard library, and
// change nothing that a fixture could hold.
func systemFile(path string) (dir string, ok bool) {
	for _, dir := range []string{"/proc", "/sys", "/dev"} {
		if process.Within(path, []string{dir}) {
			return dir, !harmless(path)
		}
	}
	return "", false
}

func harmless(path string) bool { return slices.Contains(harmlessSystemFiles, path) }

var harmlessSystemFiles = []string{
	"/dev/null", "/dev/random", "/dev/urandom", "/dev/zero",
	"/proc/sys/net/core/somaxconn", // package net, before it listens
}

// isProgram reports whether a file may be executed and begins like one.
func isProgram(path string) bool {
	st, err := unlogged.StatPath(path)
	if err != nil || !st.Mode.IsRegular() || runtime.GOOS != "windows" && st.Mode.Perm()&0o111 == 0 {
		return false
	}
	f, err := unlogged.Open(path)
	if err != nil {
		return true
	}
	defer f.Close()
	head := make([]byte, 4)
	n, _ := f.Read(head)
	head = head[:n]
	return bytes.HasPrefix(head, []byte("#!")) || bytes.HasPrefix(head, []byte("\x7fELF")) ||
		bytes.HasPrefix(head, []byte("\xcf\xfa\xed\xfe")) || bytes.HasPrefix(head, []byte("\xca\xfe\xba\xbe")) || bytes.HasPrefix(head, []byte("MZ"))
}
