package engine

import (
	"slices"
	"sort"
)

// sortedValues returns the values in the order of their names.
func (s *Spec) sortedValues() []Value {
	list := slices.Clone(s.Values)
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name }) // SortFunc weighs 15 kB for each type
	return list
}
