// Package matrix lists values of many types with what storing each must give:
// the value itself, or a refusal with a path. Tests store every row in one
// process and load it in another; docs/compare runs the same rows through other
// libraries.
package matrix

// Row is one type and one value of it.
type Row struct {
	Name string
	Why  string // what goes wrong with it, and where
	// Want is empty if the value must come back exactly, else how the refusal
	// begins: "done: a chan".
	Want    string     // with Refused
	New     func() any // a pointer to the value, made anew, equal in each process
	Zero    func() any // a pointer to a variable of the type
	Refused bool
}

// row makes a Row of the type T.
func row[T any](name, why string, value func() T) Row {
	return Row{
		Name: name, Why: why,
		New:  func() any { v := value(); return &v },
		Zero: func() any { return new(T) },
	}
}

// refused makes a Row that cannot be stored.
func refused[T any](name, want, why string, value func() T) Row {
	r := row(name, why, value)
	r.Want, r.Refused = want, true
	return r
}

// is makes a row of a value that can be written down.
func is[T any](name, why string, value T) Row {
	return row(name, why, func() T { return value })
}

// Rows returns all rows.
func Rows() []Row {
	var rows []Row
	for _, list := range [][]Row{basics(), pointers(), containers(), interfaces(), structs(), library(), crypto(), errs(), refusals()} {
		rows = append(rows, list...)
	}
	return rows
}

func ptr[T any](v T) *T { return &v }
