//go:build linux && amd64

package faults

import (
	"fmt"
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

// errorCases gives errors to calls: to each call three of them, or by default one
// to some calls, the next error to the next one. Of calls of one kind in a row, as
// a trim makes, only the first and the last count.
func errorCases(dir string, seen []call) (all []errorCase) {
	kind := func(i int) string {
		if i < 0 || i >= len(seen) {
			return ""
		}
		return seen[i].name + digits.ReplaceAllString(seen[i].path, "*")
	}
	var calls []int
	for i := range seen {
		if kind(i) != kind(i-1) || kind(i) != kind(i+1) {
			calls = append(calls, i+1)
		}
	}
	for i, k := range spread(len(calls)) {
		for j, errno := range errnos {
			if j == i%len(errnos) || long() && (j-i)%len(errnos)%3 == 0 {
				all = append(all, errorCase{dir, len(seen), calls[k-1], errno, false}, errorCase{dir, len(seen), calls[k-1], errno, true})
			}
		}
	}
	return all
}

// TestErrors has each call on a file of ours fail, once and from then on. No test
// fails but by its own access to a file, and once the fault has gone all is right
// at once.
func TestErrors(t *testing.T) {
	for _, j := range inBrief(jobs) {
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
				tries = append(tries, errorCases(dir, all.seen)...)
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
				if e.dir == "tmp" && e.on && strings.Contains(o.output, e.errno.Error()) {
					o.output += "\nOWN ERROR: the test's own directory lies there as well"
				}
				c.judge(t, what, o)
				c.afterFault(t, r, what, j.run)
			})
			t.Log(&c)
		})
	}
}
