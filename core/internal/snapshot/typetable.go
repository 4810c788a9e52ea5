package snapshot

import (
	"reflect"

	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

// typeTable numbers the types that the bytes mention. Those that the root type
// reaches are told by their place among them: the root's digest vouches for all.
// Others, found in interfaces, are told by name and digest.
type typeTable struct {
	static map[reflect.Type]int
	ids    map[reflect.Type]uint64
	list   []typeEntry
}

type typeEntry struct {
	t      reflect.Type
	static int // place among what the root reaches; -1 for one that it does not
}

func newTypeTable(root *plan) *typeTable {
	tt := &typeTable{static: map[reflect.Type]int{}, ids: map[reflect.Type]uint64{}}
	for i, t := range reachable(root) {
		tt.static[t] = i
	}
	return tt
}

// number returns the number of t, from 1.
func (tt *typeTable) number(t reflect.Type) uint64 {
	if n, ok := tt.ids[t]; ok {
		return n
	}
	i, ok := tt.static[t]
	if !ok {
		i = -1
	}
	tt.list = append(tt.list, typeEntry{t, i})
	n := uint64(len(tt.list))
	tt.ids[t] = n
	return n
}

// reachable returns the types that values of root's type may consist of without
// the help of an interface, in the order of a walk breadth first.
func reachable(root *plan) []reflect.Type {
	seen := map[*plan]bool{root: true}
	queue := []*plan{root}
	var list []reflect.Type
	for len(queue) > 0 {
		pl := queue[0]
		queue = queue[1:]
		list = append(list, pl.t)
		for i := range pl.ops {
			for _, next := range []*plan{pl.ops[i].key, pl.ops[i].elem} {
				if next != nil && !seen[next] {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
	}
	return list
}

// typeNumber returns the number of a type that an interface holds. A type that
// a reader could take for another one is refused.
func (e *encoder) typeNumber(o *op, t reflect.Type) (uint64, error) {
	if _, known := e.types.ids[t]; !known {
		if other := noteType(t); other != nil && e.purpose == toStore {
			return 0, e.refuse(o, ambiguousReason(t))
		}
	}
	return e.types.number(t), nil
}

func ambiguousReason(t reflect.Type) string {
	return "two types are called " + typeid.Name(t) + " and are built alike, so a value of one cannot be stored in an interface; rename one"
}
