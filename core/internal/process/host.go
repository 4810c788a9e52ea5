// Package process tells what this process is: how it began, what it was built
// from, how it was started, and what the system gives it. It knows nothing of a
// cache.
//
// A test can make a Host of its own; all else is about the process that runs. A
// setting that is not known has the identity of the binary as its value: whatever it
// is, it holds for this binary.
package process

import (
	"sync"
	"syscall"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/trace"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// A Host is a process.
type Host struct {
	Began    since.Moment
	Dir      string                   // the directory in which it began, without symbolic links
	Root     logged.Root              // of the module that holds Dir
	Env      func() map[string]string // the environment with which it began
	Children unlogged.Children        // the children that it had then
	Log      Log
	Clock    func() time.Time
	Getwd    func() (string, error) // os.Getwd, not logged

	once sync.Once
	temp since.Temp
	out  []string
}

// A Log tells what a process has read: see trace.Log.
type Log interface {
	Attach()
	Mark() (trace.Pos, error)
	Enter() error
	Leave(aside bool)
	Reads(trace.Pos) (trace.Reads, error)
}

// This returns the process that runs.
var This = sync.OnceValue(func() *Host {
	return &Host{
		Began:    since.Moment{Low: trace.Start.FileClock, High: trace.Start.Time.UnixNano()},
		Dir:      unlogged.StartDir,
		Root:     logged.FindRoot(unlogged.StartDir),
		Env:      trace.StartEnv,
		Children: trace.Start.Children,
		Log:      &trace.Process,
		Clock:    time.Now,
		Getwd:    syscall.Getwd,
	}
})

func (h *Host) look() {
	h.once.Do(func() {
		h.temp = since.Temp{Dirs: h.tempDirs(), Began: h.Began, Root: h.Root}
		h.out = h.outside()
	})
}

// Temp returns where the process makes temporary files.
func (h *Host) Temp() *since.Temp { h.look(); return &h.temp }

// Outside reports whether the toolchain or the version of a module stands for what
// is at a path.
func (h *Host) Outside(path string) bool { h.look(); return Within(path, h.out) }
