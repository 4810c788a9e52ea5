package logged

import "sync"

// early holds the looks made before the tests run. Package testing keeps no
// log then, so the go command must be told of them in another way.
var early struct {
	sync.Mutex
	over  bool
	seen  map[string]bool
	lines []string
}

func note(op, name string) {
	early.Lock()
	defer early.Unlock()
	line := op + " " + name
	if early.over || early.seen[line] {
		return
	}
	if early.seen == nil {
		early.seen = map[string]bool{}
	}
	early.seen[line] = true
	early.lines = append(early.lines, line)
}

// Early returns the looks made up to its first call, as lines of go test's
// log; later ones are not noted.
func Early() []string {
	early.Lock()
	defer early.Unlock()
	lines := early.lines
	early.over, early.lines, early.seen = true, nil, nil
	return lines
}
