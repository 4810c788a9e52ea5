package std

// An Effect says what a function does with what one of its arguments leads to.
// The greater is the worse.
type Effect uint8

const (
	Reads  Effect = iota // looks at it while it runs, and no more
	Calls                // also calls methods or functions that it leads to
	Keeps                // keeps it or a part of it, returns it, or hands it to code that is not known
	Writes               // may write to it
)

func (e Effect) String() string { return [...]string{"Reads", "Calls", "Keeps", "Writes"}[e] }
