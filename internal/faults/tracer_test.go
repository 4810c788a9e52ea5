//go:build linux && amd64

package faults

import (
	"bytes"
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A call is a system call that a process is about to make.
type call struct {
	name   string
	path   string // of the file, whether by name or by descriptor
	absent bool   // it opens what is not there, and does not make it
	makes  bool   // it may make a file, a directory or a link
}

// A fault is what happens to the nth call that counts, of all threads together,
// which strace cannot count.
type fault struct {
	counts func(call) bool
	nth    int
	kill   bool          // the process is killed before the call
	pause  func()        // or stands still while something else is done
	errno  syscall.Errno // else the call returns an error
	on     bool          // and so does each one that counts after it
}

// An outcome is what became of a process.
type outcome struct {
	calls  int    // that counted
	first  call   // that was hit
	seen   []call // that counted
	status syscall.WaitStatus
	hung   bool
	output string
}

func (o outcome) ok() bool { return o.status.Exited() && o.status.ExitStatus() == 0 && !o.hung }

// place says by which arguments a call names a file: a path, below a directory
// that is open or the working directory, or a descriptor.
type place struct {
	name     string
	dir, arg int // dir -1: no descriptor of a directory
	fd       bool
}

var places = map[uint64]place{
	unix.SYS_OPENAT: {"openat", 0, 1, false}, unix.SYS_OPEN: {"open", -1, 0, false},
	unix.SYS_RENAMEAT: {"renameat", 2, 3, false}, unix.SYS_RENAMEAT2: {"renameat2", 2, 3, false}, unix.SYS_RENAME: {"rename", -1, 1, false},
	unix.SYS_UNLINKAT: {"unlinkat", 0, 1, false}, unix.SYS_UNLINK: {"unlink", -1, 0, false}, unix.SYS_RMDIR: {"rmdir", -1, 0, false},
	unix.SYS_MKDIRAT: {"mkdirat", 0, 1, false}, unix.SYS_MKDIR: {"mkdir", -1, 0, false},
	unix.SYS_LINKAT: {"linkat", 2, 3, false}, unix.SYS_LINK: {"link", -1, 1, false}, unix.SYS_SYMLINKAT: {"symlinkat", 1, 2, false},
	unix.SYS_FCHMODAT: {"fchmodat", 0, 1, false}, unix.SYS_CHMOD: {"chmod", -1, 0, false}, unix.SYS_UTIMENSAT: {"utimensat", 0, 1, false},
	unix.SYS_NEWFSTATAT: {"newfstatat", 0, 1, false}, unix.SYS_STAT: {"stat", -1, 0, false}, unix.SYS_LSTAT: {"lstat", -1, 0, false}, unix.SYS_STATX: {"statx", 0, 1, false},
	unix.SYS_READLINKAT: {"readlinkat", 0, 1, false}, unix.SYS_READLINK: {"readlink", -1, 0, false}, unix.SYS_STATFS: {"statfs", -1, 0, false},
	unix.SYS_WRITE: {"write", -1, 0, true}, unix.SYS_PWRITE64: {"pwrite64", -1, 0, true}, unix.SYS_FSYNC: {"fsync", -1, 0, true}, unix.SYS_FDATASYNC: {"fdatasync", -1, 0, true},
	unix.SYS_FLOCK: {"flock", -1, 0, true}, unix.SYS_FTRUNCATE: {"ftruncate", -1, 0, true}, unix.SYS_FALLOCATE: {"fallocate", -1, 0, true},
	unix.SYS_MMAP: {"mmap", -1, 4, true}, unix.SYS_CLOSE: {"close", -1, 0, true}, unix.SYS_FCHMOD: {"fchmod", -1, 0, true},
	unix.SYS_READ: {"read", -1, 0, true}, unix.SYS_PREAD64: {"pread64", -1, 0, true}, unix.SYS_FSTAT: {"fstat", -1, 0, true},
	unix.SYS_GETDENTS64: {"getdents64", -1, 0, true}, unix.SYS_LSEEK: {"lseek", -1, 0, true}, unix.SYS_FSTATFS: {"fstatfs", -1, 0, true},
	unix.SYS_COPY_FILE_RANGE: {"copy_file_range", -1, 2, true}, unix.SYS_IOCTL: {"ioctl", -1, 0, true}, unix.SYS_SENDFILE: {"sendfile", -1, 0, true},
}

// syscallInfo is struct ptrace_syscall_info of linux/ptrace.h.
type syscallInfo struct {
	op   uint8
	_    [3]uint8
	arch uint32
	_    [2]uint64
	nr   uint64 // at an exit: what is returned
	args [6]uint64
}

const (
	infoEntry, infoExit = 1, 2
	exitKill            = 0x100000 // PTRACE_O_EXITKILL
	ofThisThread        = 0x20000000 | syscall.WALL
)

// A tracer runs one process to its end, and does to its calls what a fault says.
type tracer struct {
	fault
	outcome
	pid     int
	stopped map[int]bool // threads that have stopped once
	failing map[int]bool // threads whose call is to fail
	inside  map[int]bool // threads in a call
	hit     bool
}

// run runs a command under a fault. It is killed after a while: no command here
// takes half as long.
func run(dir string, env []string, out *os.File, f fault, argv ...string) (outcome, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	t := &tracer{fault: f, stopped: map[int]bool{}, failing: map[int]bool{}, inside: map[int]bool{}}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return outcome{}, err
	}
	defer null.Close()
	traced := f.counts != nil
	t.pid, err = syscall.ForkExec(argv[0], argv, &syscall.ProcAttr{
		Dir: dir, Env: env, Files: []uintptr{null.Fd(), out.Fd(), out.Fd()},
		Sys: &syscall.SysProcAttr{Ptrace: traced, Setpgid: true},
	})
	if err != nil {
		return outcome{}, err
	}
	hung := make(chan bool, 1)
	timer := time.AfterFunc(longest, func() { hung <- true; syscall.Kill(t.pid, syscall.SIGKILL) })
	err = t.wait(traced)
	t.hung = !timer.Stop() && len(hung) > 0
	syscall.Kill(-t.pid, syscall.SIGKILL) // what it started
	if err == nil {
		var data []byte
		data, err = os.ReadFile(out.Name())
		t.output = string(data)
	}
	return t.outcome, err
}

const longest = 2 * time.Minute

func (t *tracer) wait(traced bool) error {
	for first := true; ; first = false {
		var status syscall.WaitStatus
		pid := t.pid
		if traced {
			pid = -t.pid // its threads, by its process group: other children of this thread are waited for elsewhere
		}
		tid, err := syscall.Wait4(pid, &status, ofThisThread, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case err != nil:
			return os.NewSyscallError("wait4", err)
		case tid == t.pid && (status.Exited() || status.Signaled()):
			t.status = status
			return nil
		case !status.Stopped():
			continue // a thread has ended
		}
		if first {
			if err := syscall.PtraceSetOptions(tid, syscall.PTRACE_O_TRACESYSGOOD|syscall.PTRACE_O_TRACECLONE|exitKill); err != nil {
				return os.NewSyscallError("ptrace", err)
			}
		}
		signal := t.stop(tid, status)
		if err := syscall.PtraceSyscall(tid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return os.NewSyscallError("ptrace", err)
		}
	}
}

// stop does what is to be done where a thread has stopped, and returns the signal
// that it is to get.
func (t *tracer) stop(tid int, status syscall.WaitStatus) int {
	known := t.stopped[tid]
	t.stopped[tid] = true
	switch signal := status.StopSignal(); {
	case signal == syscall.SIGTRAP|0x80:
		t.syscall(tid)
		return 0
	case signal == syscall.SIGTRAP, signal == syscall.SIGSTOP && !known:
		return 0
	default:
		return int(signal)
	}
}

func (t *tracer) syscall(tid int) {
	var info syscallInfo
	const getInfo = 0x420e // PTRACE_GET_SYSCALL_INFO
	if _, _, e := syscall.RawSyscall6(syscall.SYS_PTRACE, getInfo, uintptr(tid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0); e != 0 {
		return
	}
	switch {
	case info.op == infoEntry && t.goesWrong(tid, &info):
		if t.kill {
			syscall.Kill(t.pid, syscall.SIGKILL)
			return
		}
		if t.pause != nil {
			t.pause()
			return
		}
		t.failing[tid] = true
		t.setRegister(tid, func(r *syscall.PtraceRegs) { r.Orig_rax = ^uint64(0) })
	case info.op == infoExit && t.failing[tid]:
		delete(t.failing, tid)
		t.setRegister(tid, func(r *syscall.PtraceRegs) { r.Rax = -uint64(t.errno) })
	}
}

func (t *tracer) setRegister(tid int, set func(*syscall.PtraceRegs)) {
	var regs syscall.PtraceRegs
	if syscall.PtraceGetRegs(tid, &regs) == nil {
		set(&regs)
		syscall.PtraceSetRegs(tid, &regs)
	}
}

// goesWrong counts a call, and reports whether it is to go wrong.
func (t *tracer) goesWrong(tid int, info *syscallInfo) bool {
	p, known := places[info.nr]
	if !known {
		return false
	}
	c := call{name: p.name, path: t.pathOf(tid, p, info.args)}
	switch c.name {
	case "openat":
		if c.makes = info.args[2]&syscall.O_CREAT != 0; !c.makes {
			_, err := os.Lstat(c.path)
			c.absent = err != nil
		}
	case "mkdirat", "renameat", "renameat2", "linkat", "symlinkat":
		c.makes = true
	}
	if !strings.HasPrefix(c.path, "/") || !t.counts(c) {
		return false
	}
	t.calls++
	t.seen = append(t.seen, c)
	if t.nth == 0 || t.calls < t.nth || t.calls > t.nth && !t.on {
		return false
	}
	if t.errno == syscall.EINTR && (t.calls-t.nth)%2 == 1 {
		return false // package os tries again until it is not interrupted
	}
	if !t.hit {
		t.hit, t.first = true, c
	}
	return true
}

func (t *tracer) pathOf(tid int, p place, args [6]uint64) string {
	if p.fd {
		return t.descriptor(args[p.arg])
	}
	path := t.text(tid, args[p.arg])
	if strings.HasPrefix(path, "/") {
		return path
	}
	dir, _ := os.Readlink("/proc/" + strconv.Itoa(t.pid) + "/cwd")
	if p.dir >= 0 && int32(args[p.dir]) >= 0 {
		dir = t.descriptor(args[p.dir])
	}
	return dir + "/" + path
}

func (t *tracer) descriptor(fd uint64) string {
	if int32(fd) < 0 {
		return ""
	}
	path, _ := os.Readlink("/proc/" + strconv.Itoa(t.pid) + "/fd/" + strconv.Itoa(int(int32(fd))))
	return path
}

// text reads a string from the memory of a thread.
func (t *tracer) text(tid int, at uint64) string {
	var data []byte
	for word := make([]byte, 8); len(data) < 4096; at += 8 {
		if n, err := syscall.PtracePeekData(tid, uintptr(at), word); err != nil || n == 0 {
			break
		}
		if end := bytes.IndexByte(word, 0); end >= 0 {
			return string(append(data, word[:end]...))
		}
		data = append(data, word...)
	}
	return string(data)
}
