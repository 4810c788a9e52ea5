package trace

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/quiet"
)

// Start is how the process was when it began, before any test ran.
var Start = struct {
	Time time.Time
	Dir  string            // working directory, without symbolic links
	Env  map[string]string // the environment
}{
	Time: time.Now(),
	Env:  map[string]string{},
}

var (
	injected string // the log file that we asked package testing for
	noLog    string // why we did not
)

func init() {
	Start.Dir, _ = syscall.Getwd()
	for _, kv := range syscall.Environ() {
		if name, value, ok := strings.Cut(kv, "="); ok {
			Start.Env[name] = value
		}
	}
	inject()
}

const logFlag = "-test.testlogfile="

// inject asks package testing for a log, by a flag in front of the arguments,
// where the go command did not (in local mode, with -count=1 and the like).
//
// Only a test binary started as one gets it: other programs may have flags of
// such names, and testscript.Main runs copies of the test binary as commands
// that take arguments of their own. Benchmarks and fuzzing are left alone: a
// log would distort the one, and workers of the other share arguments.
func inject() {
	isTest := false
	for i, arg := range os.Args[1:] {
		arg, ok := strings.CutPrefix(strings.TrimPrefix(arg, "-"), "-test.")
		if !ok {
			if arg, ok = strings.CutPrefix(os.Args[i+1], "-test."); !ok {
				continue
			}
		}
		isTest = true
		name, value, _ := strings.Cut(arg, "=")
		switch {
		case name == "testlogfile":
			if inherited(value) {
				// Our parent's: package testing would truncate it.
				os.Args = append(append([]string{}, os.Args[:i+1]...), os.Args[i+2:]...)
				continue
			}
			return
		case name == "bench" && value != "":
			noLog = "go test keeps no log of what is read under -bench"
		case strings.HasPrefix(name, "fuzz") && value != "" && name != "fuzzcachedir":
			noLog = "go test keeps no log of what is read under -fuzz"
		}
	}
	if !isTest || noLog != "" || !testBinary() {
		return
	}
	dir, ok := logDir()
	if !ok {
		return
	}
	injected = filepath.Join(dir, strconv.Itoa(os.Getpid())+"."+strconv.FormatInt(Start.Time.UnixNano(), 36))
	os.Args = append([]string{os.Args[0], logFlag + injected}, os.Args[1:]...)
}

// testBinary reports whether go test built this program.
func testBinary() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && strings.HasSuffix(info.Path, ".test")
}

// inherited reports whether a log file is one that another process, of which
// we have got the arguments, injected.
func inherited(path string) bool {
	dir, ok := logDir()
	return ok && filepath.Dir(path) == dir
}

// logDir returns the private directory that injected logs lie in, one for a
// user. Package os is safe to use here: nothing is logged before m.Run.
func logDir() (string, bool) {
	dir := filepath.Join(os.TempDir(), "cachetest-log-"+strconv.Itoa(os.Getuid()))
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
		return "", false
	}
	info, err := os.Lstat(dir)
	return dir, err == nil && info.IsDir() && Private(info)
}

// sweepAge is how long the log of a process that never asked for it is kept:
// longer than tests run.
const sweepAge = 24 * time.Hour

// sweep removes logs that dead processes left.
func sweep(dir string) {
	entries, err := quiet.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries[:min(len(entries), 1000)] {
		path := filepath.Join(dir, e.Name())
		if st, err := quiet.LstatPath(path); err == nil && Start.Time.Sub(quiet.Time(st.ModTime)) > sweepAge {
			os.Remove(path)
		}
	}
}
