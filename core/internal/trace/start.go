package trace

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/private"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Start holds the state of the process when it began, before any test ran.
var Start = struct {
	FileClock int64 // unlogged.FileClock at Time
	Time      time.Time
	Children  unlogged.Children
}{unlogged.FileClock(), time.Now(), unlogged.ChildrenNow()}

// StartEnv returns the environment with which the process began. It is parsed when it is
// first asked for, which few hits do.
var StartEnv = sync.OnceValue(func() map[string]string { return EnvMap(unlogged.StartEnviron) })

// EnvMap returns the values of what os.Environ returns, by name.
func EnvMap(environ []string) map[string]string {
	env := make(map[string]string, len(environ))
	for _, kv := range environ {
		if name, value, ok := strings.Cut(kv, "="); ok {
			env[name] = value
		}
	}
	return env
}

var (
	injected string // the log file that we asked package testing for
	noLog    string // why we did not ask
)

// init asks package testing for a log, by a flag in front of the arguments,
// where the go command did not (in local mode, with -count=1 and the like).
//
// Only a test binary started as one gets it: other programs may have flags of such names,
// and testscript.Main runs copies of the test binary as commands that take arguments of
// their own. One without any argument is started as one unless a process of the same
// program has started it. Benchmarks and fuzzing are left alone: a log would distort the
// one, and workers of the other share arguments.
func init() {
	args, want, why := readArgs(os.Args[1:], inherited)
	noLog = why
	if len(args) < len(os.Args)-1 {
		os.Args = append(os.Args[:1:1], args...)
	}
	if !testing.Testing() || !want && (len(os.Args) != 1 || !startedByOther()) {
		return
	}
	path, err := makeLog()
	if err != nil {
		noLog = "go test keeps no log of what this process reads: " + err.Error()
		return
	}
	injected = path
	os.Args = append([]string{os.Args[0], "-test.testlogfile=" + injected}, args...)
}

// readArgs reports whether a process with these arguments wants a log, or why it can
// have none. It returns them without a log file of the parent process, which package
// testing would truncate.
func readArgs(args []string, inherited func(string) bool) (rest []string, want bool, why string) {
	for _, arg := range args {
		name, value, isTest := testFlag(arg)
		switch {
		case isTest && name == "testlogfile" && inherited(value):
			want = true
			continue
		case isTest && name == "testlogfile":
			return args, false, ""
		case isTest && name == "bench" && value != "":
			why = "go test keeps no log of what is read under -bench"
		case isTest && (name == "fuzz" && value != "" || name == "fuzzworker"):
			why = "go test keeps no log of what is read under -fuzz"
		}
		want = want || isTest
		rest = append(rest, arg)
	}
	return rest, want && why == "", why
}

// testFlag takes apart -test.name=value and --test.name=value.
func testFlag(arg string) (name, value string, ok bool) {
	name, ok = strings.CutPrefix(strings.TrimPrefix(arg, "-"), "-test.")
	if !ok {
		name, ok = strings.CutPrefix(arg, "-test.")
	}
	name, value, _ = strings.Cut(name, "=")
	return name, value, ok && strings.Contains(testFlags, " "+name+" ")
}

// testFlags are those of package testing (go help testflag): a command that is
// a copy of a test binary may have others that begin alike.
const testFlags = " artifacts bench benchmem benchtime blockprofile blockprofilerate count coverprofile cpu cpuprofile" +
	" failfast fullpath fuzz fuzzcachedir fuzzminimizetime fuzztime fuzzworker gocoverdir list memprofile memprofilerate mutexprofile" +
	" mutexprofilefraction outputdir paniconexit0 parallel run short shuffle skip testlogfile timeout trace v "

// CoverMode is testing.CoverMode: "" in a program that is no test.
func CoverMode() string { return testing.CoverMode() }

// InTest is testing.Testing: false in a program that is no test.
func InTest() bool { return testing.Testing() }

// makeLog makes the file that package testing is asked to keep its log in, or
// says why there can be none. Package testing ends the process with status 2
// where it cannot open or write the file, which is ours: so it is tried here.
// Package os is safe to use: nothing is logged before m.Run.
func makeLog() (path string, err error) {
	path, err = memoryLog()
	if err == nil || errors.Is(err, syscall.EMFILE) {
		return path, err // a file elsewhere would need as many descriptors
	}
	dir, err := private.Dir(os.TempDir(), logDir())
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, "")
	if err != nil {
		return "", err
	}
	_, err = f.Write(make([]byte, roomForLog))
	if err = errors.Join(err, f.Truncate(0), f.Close()); err != nil {
		os.Remove(f.Name())
	}
	return f.Name(), err
}

// roomForLog is what must be free where the log goes: more than most logs take.
const roomForLog = 64 << 10

// logDir names the private directory that injected logs lie in where they cannot lie
// in memory, one for a user.
func logDir() string { return "cachetest-log-" + strconv.Itoa(os.Getuid()) }

// isLogFile reports whether a name in that directory is one of makeLog's.
func isLogFile(name string) bool { return strings.Trim(name, "0123456789") == "" }

// inherited reports whether a log file is one that another process, of which
// we have got the arguments, injected.
func inherited(path string) bool {
	return inMemory(path) || private.Named(filepath.Base(filepath.Dir(path)), logDir()) && isLogFile(filepath.Base(path))
}

// sweepAge is how long the log of a process that never asked for it is kept:
// longer than tests run.
const sweepAge = 24 * time.Hour

// sweepEvery is the number of processes of which about one removes the logs of dead ones.
const sweepEvery = 16
