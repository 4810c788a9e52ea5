// Package std says what is known of the standard library by name: what its functions
// do with their arguments, which of its values nobody can change, and what it reads
// past package os.
//
// All of it stands in one table, which a test derives from the source of the library by
// following pointers through all that a function can come to. A fact that the test
// cannot derive is not in the table, and a name that is not in the table counts as the
// worst: an argument is written to, a result may change.
package std

import "strings"

// An Effect says what a function does with the target of one of its arguments. The
// greater is the worse.
type Effect uint8

const (
	Reads  Effect = iota // looks at it while it runs, and no more
	Calls                // also calls methods or functions that it leads to
	Keeps                // keeps it or a part of it, returns it, or hands it to code that is not known
	Writes               // may write to it
)

// Argument returns what a function does with its argument i, counted from 0;
// the last of a variadic function stands for all that follow, -1 is the
// receiver. A method is named with its type and without a star:
// "Regexp.MatchString". A lock in a receiver, and values that are put into a sync.Pool,
// do not count as written to.
func Argument(path, name string, i int) Effect {
	f := lookup(path, name)
	if f.effects == "" {
		return Writes
	}
	if strings.Contains(name, ".") { // the first effect is the receiver's
		i++
	}
	return Effect(strings.IndexByte(effectLetters, f.effects[min(i, len(f.effects)-1)]))
}

// IsFunction reports whether the table has a name as that of a function or method.
func IsFunction(path, name string) bool { return lookup(path, name).effects != "" }

// IsNoVariable reports whether a name is surely that of a function, as IsFunction does,
// or of a constant or type, and not of a variable that can be assigned. Types are in the
// table where the variables of their package are one state, constants of syscall are not.
func IsNoVariable(path, name string) bool {
	f := lookup(path, name)
	return f.effects != "" || strings.Contains(f.flags, "n")
}

// Advances reports whether a function surely writes to the target of its argument i, and
// returns a result of that, as atomic.AddInt64 does. Each call of a generator of package
// rand draws from its source.
func Advances(path, name string, i int) bool {
	f := lookup(path, name)
	return f.effects != "" && (Argument(path, name, i) == Writes && strings.Contains(f.flags, "=") ||
		strings.HasPrefix(path, "math/rand") && i < 0 && Argument(path, name, i) == Calls)
}

// effectLetters are the effects as the table writes them.
const effectLetters = "rckw"

// ImmutableType reports whether nobody outside its package can change what a
// copy of a value of a type leads to: time.Time. A variable of the type can be
// assigned, and its own methods may do so too: see Argument.
func ImmutableType(path, name string) bool { return has(path, name, 'T') }

// ImmutablePointer reports whether nobody outside its package can change what a
// pointer to a type leads to, but by an assignment through that pointer:
// *time.Location.
func ImmutablePointer(path, name string) bool { return has(path, name, 'P') }

// ImmutableResult reports whether the first result of a function, alone or beside an
// error, is a value that nobody can change, but through the arguments that it keeps by
// Argument: errors.New.
func ImmutableResult(path, name string) bool { return has(path, name, '=') }

// ImmutableVar reports whether a package variable holds a value that nobody can
// change, and nothing assigns it after initialization but a program, or a function of
// which StateOf says that it sets it. io.EOF is one.
func ImmutableVar(path, name string) bool { return has(path, name, 'v') }

// TypeOf returns the type of a variable or of the first result of a function, "T" or "*T",
// if it is one of the same package that is known, and "[]string" of a pure result.
func TypeOf(path, name string) string { return lookup(path, name).typ }

// Pure reports whether the results of a function depend on nothing but its
// arguments and what they lead to, and the function changes nothing else. The
// methods and functions that Argument says it calls count as arguments. The
// order of a map, the clock and the environment do not come into it.
func Pure(path, name string) bool { return has(path, name, '!') }

// Unsteady reports whether the results of a function, or the value of a variable, may
// differ from run to run since it asks a clock or chance, or uses a network. It is no more
// than a hint: of some names no more is known than of their whole package.
func Unsteady(path, name string) bool {
	f := lookup(path, name)
	varies := path == "runtime" || strings.ContainsAny(f.flags, "=v") // the table has no results of package runtime
	return f.world&Varies != 0 && varies || f.world&Network != 0
}

func has(path, name string, flag byte) bool {
	return strings.IndexByte(lookup(path, name).flags, flag) >= 0
}
