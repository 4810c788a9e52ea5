package snapshot

import "errors"

// ErrSlow is the error where it takes longer than it may to store a value.
var ErrSlow = errors.New("snapshot: it takes too long")

// eachSpent is how many things are worked on before the clock is looked at.
const eachSpent = 1 << 12

// spend notes work on n things, and ends it when it is over.
func (e *encoder) spend(n int) {
	if e.spent += n; e.over == nil || e.spent < eachSpent {
		return
	}
	if e.spent = 0; e.over() {
		e.fail(ErrSlow)
	}
}
