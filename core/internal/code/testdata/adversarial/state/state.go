package state

import "sync"

var (
	rows  = 10
	once  sync.Once
	lazy  string
	fixed = map[string]int{"a": 1}
)

func SetRows(n int) { rows = n }

func Rows() int { return rows }

func Lazy() string {
	once.Do(func() { lazy = "filled" })
	return lazy
}

func Fixed(k string) int { return fixed[k] }

// Both sets the variable itself, but a test may have set it otherwise before.
func Both(yes bool) int {
	if yes {
		SetRows(3)
	}
	return Rows()
}

var (
	table = []string{"a", "b"}
	kept  = []string{"c"}
)

func looks(list []string) int {
	n := 0
	for _, s := range list {
		n += len(s)
	}
	return n + len(list[0])
}

func keeps(list []string) []string { return list[:1] }

func Table() int { return len(table) }

func Kept() int { return len(kept) }
