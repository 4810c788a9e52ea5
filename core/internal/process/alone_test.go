package process

import "testing"

// What other goroutines do counts: a wait in package testing is none, one elsewhere
// is the user's, and what moves may be on its way to either.
func TestOthersWait(t *testing.T) {
	const (
		own     = "goroutine 7 [running]:\nmain.f()\n\n"
		subtest = "goroutine 1 [chan receive, 2 minutes]:\ntesting.(*T).Run(0x1)\n\n"
		begins  = "goroutine 1 [runnable]:\ntesting.(*T).Run(0x1)\n\n"
		user    = "goroutine 9 [chan receive]:\nmain.wait()\n\n"
		busy    = "goroutine 9 [running]:\nmain.count()\n\n"
		reads   = "goroutine 9 [syscall]:\nsyscall.Syscall()\n\n"
	)
	for _, test := range []struct {
		stacks      string
		all, moving bool
	}{
		{own, true, true},
		{own + subtest, true, true},
		{own + begins, false, true},
		{own + subtest + busy, false, true},
		{own + reads, false, false},
		{own + user, false, false},
		{own + begins + user, false, false},
	} {
		all, moving := othersWait([]byte(test.stacks[:len(test.stacks)-2]))
		if all != test.all || moving != test.moving {
			t.Errorf("%q: %v, %v", test.stacks, all, moving)
		}
	}
}
