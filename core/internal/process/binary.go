package process

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// LevelVariable names the variable from which the go command takes the level of the
// processor and, only if it is in the environment and not set by go env -w, build tags such
// as amd64.v3 (internal/buildcfg.ToolTags).
var LevelVariable = "GO" + strings.ToUpper(strings.TrimSuffix(runtime.GOARCH, "le"))

// Toolchain describes what compiled this binary: the version of Go, the
// platform and each build setting.
var Toolchain = sync.OnceValue(func() string {
	detail := runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			// The settings of -cover change no value. Code that asks for them
			// has settings.BuildInfo as an input.
			if s.Value != "" && !strings.HasPrefix(s.Key, "vcs") && !strings.HasPrefix(s.Key, "-cover") && s.Key != "GOOS" && s.Key != "GOARCH" && s.Key != "-compiler" {
				detail = input.AppendSetting(detail, s.Key, s.Value)
			}
		}
	}
	if level := unlogged.Getenv(LevelVariable); level != "" {
		detail = input.AppendSetting(detail, "$"+LevelVariable, level)
	}
	return detail
})

// buildIDMarks stand before the build ID, near the beginning of a binary: in
// an ELF file it is the note of type 4 of owner "Go", little or big endian;
// elsewhere the linker puts it where the code starts
// (cmd/internal/buildid/buildid.go and note.go).
var buildIDMarks = [][]byte{
	[]byte("\x04\x00\x00\x00Go\x00\x00"), []byte("\x00\x00\x00\x04Go\x00\x00"), []byte("\xff Go build ID: \""),
}

// findBuildID returns the build ID in the first bytes of a binary.
func findBuildID(head []byte) (id string, ok bool) {
	const length = 4*20 + 3
	for _, mark := range buildIDMarks {
		if _, rest, found := bytes.Cut(head, mark); found && len(rest) >= length {
			if id := string(rest[:length]); fullBuildID(id) {
				return id, true
			}
		}
	}
	return "", false
}

// BinaryID returns an identity of this binary's content: the build ID that the go
// command gave it, which is made of the digests of all that was linked, or
// the digest of the file. It is "" if the file cannot be read.
func BinaryID() string {
	id, _ := Identity()
	return id
}

// Identity returns the BinaryID, or why it is not known.
var Identity = sync.OnceValues(func() (string, error) {
	f, err := unlogged.Open(running)
	if err != nil { // not Linux, or without /proc
		path, perr := os.Executable()
		if perr != nil {
			return "", perr
		}
		if f, err = unlogged.Open(path); err != nil {
			return "", err
		}
	}
	defer f.Close()
	return identityOf(f)
})

// running is a link to this program on Linux, whatever lies at its path by now.
const running = "/proc/self/exe"

func identityOf(f *os.File) (string, error) {
	for _, size := range []int{4 << 10, 64 << 10} { // in the first page, as a rule
		head := make([]byte, size)
		n, _ := f.ReadAt(head, 0)
		if id, ok := findBuildID(head[:n]); ok {
			return id, nil
		}
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// InPlace returns an error if another file, or none, lies where this program was started,
// as far as the system tells: the files beside it are not those of its build then.
var InPlace = sync.OnceValue(func() error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	at, err := unlogged.StatPath(path)
	if err != nil {
		return err
	}
	if own, err := unlogged.StatPath(running); err == nil && (at.Inode != own.Inode || at.Device != own.Device) {
		return errors.New(path + " is another file by now")
	}
	_, err = Identity()
	return err
})

// fullBuildID reports whether an ID has the four parts that cmd/go gives a
// linked binary (cmd/go/internal/work/buildid.go), each 120 bits in base64:
// -ldflags=-buildid= can put anything else in its place.
func fullBuildID(id string) bool {
	parts := strings.Split(id, "/")
	return len(parts) == 4 && !slices.ContainsFunc(parts, func(p string) bool {
		return len(p) != 20 || strings.Trim(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != ""
	})
}

// IsProgram reports whether a file may be executed and begins like a program: by "#!", or as
// an ELF, Mach-O or PE file does. One that may not be read counts as a program.
func IsProgram(path string) bool {
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
