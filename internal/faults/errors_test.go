//go:build linux && amd64

package faults

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
)

// errnos are the errors that a disk, a quota, a limit, a system without locks or a
// network file system gives.
var errnos = []syscall.Errno{
	syscall.ENOSPC, syscall.EIO, syscall.EDQUOT, syscall.EROFS, syscall.EACCES, syscall.EMFILE, syscall.ENOLCK, syscall.EINTR, syscall.ENOSYS,
}

// An errorCase is an error at a call, once or from then on. The store and the
// temporary directory, in which the build functions write, fail apart.
type errorCase struct {
	dir   string
	calls int // in it
	n     int
	errno syscall.Errno
	on    bool
}

// errorCases gives each error to each call, or by default an error to some calls,
// the next error to the next one.
func errorCases(dir string, calls int) (all []errorCase) {
	for i, n := range spread(calls) {
		for j, errno := range errnos {
			if long() || j == i%len(errnos) {
				all = append(all, errorCase{dir, calls, n, errno, false}, errorCase{dir, calls, n, errno, true})
			}
		}
	}
	return all
}

// TestErrors has each call on a file of ours fail, once and from then on. No test
// fails but by its own access to a file, and once the fault has gone all is right
// at once.
func TestErrors(t *testing.T) {
	for _, j := range jobs {
		t.Run(j.name, func(t *testing.T) {
			r := j.room(t)
			counts := func(r *room, dir string) func(call) bool {
				return func(c call) bool { return strings.HasPrefix(c.path, r.inside(dir)) && !c.absent }
			}
			var c count
			var tries []errorCase
			for _, dir := range []string{"store", "tmp"} {
				r.begin(t)
				all := r.run(t, fault{counts: counts(r, dir)}, j.argv(r)...)
				if !all.ok() {
					t.Fatalf("%v\n%s", all.status, all.output)
				}
				tries = append(tries, errorCases(dir, all.calls)...)
			}
			each(t, j.warm, tries, func(r *room, e errorCase) {
				r.begin(t)
				o := r.run(t, fault{counts: counts(r, e.dir), nth: e.n, errno: e.errno, on: e.on}, j.argv(r)...)
				what := fmt.Sprintf("%v at call %d of %d (%s %s), from then on %v", e.errno, e.n, e.calls, o.first.name, o.first.path, e.on)
				c.add(&c.cases)
				if o.first.name != "" {
					c.add(&c.reached)
				}
				if j.trim && strings.HasPrefix(o.output, "cachetest trim: ") { // a command says what it could not do
					o.status = 0
				}
				c.judge(t, what, o)
				c.afterError(t, r, what, j.run)
			})
			t.Log(&c)
		})
	}
}

// afterError is again, but for what could not be removed: the next sweep does that.
func (c *count) afterError(t *testing.T, r *room, what, run string) {
	t.Helper()
	for _, path := range r.leftovers() {
		if !strings.HasPrefix(path, r.store) && !work.MatchString(strings.TrimPrefix(path, r.tmp+"/")) {
			os.RemoveAll(path) // package testing's own temporary directory
		}
	}
	c.again(t, r, what, run)
}
