package snapshot

import "fmt"

// A SlowError says that a value takes longer to store than it may.
type SlowError struct {
	Path string // of the part of the type that takes most, such as ".Uses"
	Type string // of that part
}

func (e *SlowError) Error() string {
	part := "its parts of type " + e.Type
	if e.Path != "" {
		part = fmt.Sprintf("%s (%s)", e.Path, e.Type)
	}
	return "most of that goes into " + part
}

// eachSpent is how many things are worked on before the clock is looked at.
const eachSpent = 1 << 12

// spend notes work on n things of a plan, and ends it when it is over.
func (e *encoder) spend(pl *plan, n int) {
	if e.over == nil || e.err != nil {
		return
	}
	if e.spent += n; e.spent < eachSpent {
		return
	}
	if e.work == nil {
		e.work = map[*plan]int{}
	}
	e.work[pl] += e.spent // whatever the clock interrupts stands for what went before
	if e.spent = 0; e.over() {
		e.fail(e.slow())
	}
}

// slow names the part that took most, of several the first.
func (e *encoder) slow() *SlowError {
	parts := reachable(e.whole)
	for pl := range e.work { // what only interfaces hold has no way to it
		parts = append(parts, reached{plan: pl})
	}
	most := parts[0]
	for _, part := range parts {
		if e.work[part.plan] > e.work[most.plan] {
			most = part
		}
	}
	return &SlowError{Path: most.path, Type: most.plan.t.String()}
}
