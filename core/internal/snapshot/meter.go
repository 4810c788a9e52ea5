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

// meter counts the work on a value by the types of its parts, and ends it when
// it is over, if it is asked.
type meter struct {
	over func() bool
	root *plan
	left int // until over is asked again
	work map[*plan]int
	err  error
}

// meterEach is how many things are worked on before the clock is looked at.
const meterEach = 1 << 12

func newMeter(root *plan, over func() bool) *meter {
	return &meter{over: over, root: root, left: meterEach, work: map[*plan]int{}}
}

// spend notes work on n things of a plan.
func (m *meter) spend(pl *plan, n int) error {
	if m == nil || m.over == nil {
		return nil
	}
	if m.left -= n; m.left > 0 || m.err != nil {
		return m.err
	}
	m.work[pl] += meterEach - m.left // whatever the clock interrupts stands for what went before
	m.left = meterEach
	if m.over() {
		m.err = m.slow()
	}
	return m.err
}

// slow names the part that took most, of several the first.
func (m *meter) slow() error {
	parts := reachable(m.root)
	for pl := range m.work { // what only interfaces hold has no way to it
		parts = append(parts, reached{plan: pl})
	}
	most := parts[0]
	for _, part := range parts {
		if m.work[part.plan] > m.work[most.plan] {
			most = part
		}
	}
	return &SlowError{Path: most.path, Type: most.plan.t.String()}
}
