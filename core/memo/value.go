package memo

import (
	"slices"
	"strings"
)

// sortedValues returns the values in the order of their names.
func (s *Spec) sortedValues() []Value {
	return slices.SortedFunc(slices.Values(s.Values), func(a, b Value) int { return strings.Compare(a.Name, b.Name) })
}
