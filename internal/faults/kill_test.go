//go:build linux && amd64

package faults

import (
	"fmt"
	"slices"
	"testing"
)

// A job is what is done while things go wrong.
type job struct {
	name string
	run  string // tests
	warm string // tests that have run before, if any
	trim bool   // the command trims what they made
}

var jobs = []job{
	{name: "Memo", run: "TestMemo"},
	{name: "Dir", run: "TestDir"},
	{name: "Shared", run: "TestShared"},
	{name: "File", run: "TestFile"},
	{name: "GoBuild", run: "TestBuild"},
	{name: "all, warm", run: fixtures + "|TestBuild", warm: fixtures + "|TestBuild"},
	{name: "trim", run: fixtures, warm: fixtures, trim: true},
}

// inBrief is the first of a list if this is only a look.
func inBrief[T any](all []T) []T {
	if brief() {
		return all[:1]
	}
	return all
}

func (j job) argv(r *room) []string {
	if j.trim {
		return []string{r.command, "trim", "-max", "1"}
	}
	return r.testArgs(j.run)
}

// room returns a room as it is before the job.
func (j job) room(t *testing.T) *room {
	t.Helper()
	r := newRoom(t)
	if j.warm != "" {
		r.heat(t, j.warm)
	}
	r.begin(t)
	return r
}

// changing are the calls at which a process is killed: those between which the
// state of the store and of the temporary directory differs.
var changing = []string{
	"openat", "write", "pwrite64", "fsync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "flock", "mkdir", "mkdirat", "link", "linkat",
	"symlinkat", "ftruncate", "fallocate", "mmap", "close", "fchmod", "fchmodat", "utimensat", "copy_file_range", "ioctl", "sendfile",
}

// TestKill kills a process before each call that it makes on a file of ours. The
// next one is right at once, and the one after it hits, and nothing unfinished
// is left.
func TestKill(t *testing.T) {
	for _, j := range inBrief(jobs) {
		t.Run(j.name, func(t *testing.T) {
			r := j.room(t)
			counts := func(r *room) func(call) bool {
				return func(c call) bool { return r.ours(c) && !c.absent && slices.Contains(changing, c.name) }
			}
			all := r.run(t, fault{counts: counts(r)}, j.argv(r)...)
			if !all.ok() || all.calls == 0 {
				t.Fatalf("%d calls, %v\n%s", all.calls, all.status, all.output)
			}
			var c count
			each(t, j.warm, spread(all.calls), func(r *room, n int) {
				r.begin(t)
				o := r.run(t, fault{counts: counts(r), nth: n, kill: true}, j.argv(r)...)
				c.add(&c.cases)
				if o.first.name != "" {
					c.add(&c.reached)
				}
				c.again(t, r, fmt.Sprintf("killed at call %d of %d, %s %s", n, all.calls, o.first.name, o.first.path), j.run)
			})
			t.Logf("%d calls; %v", all.calls, &c)
		})
	}
}
