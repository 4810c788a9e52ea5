// Package capture tells which values a function literal takes from around it,
// and what tells them.
//
// A value is constant if it is built of literals, constants and conversions
// alone, in every part, and nothing can change it: then its definition is part
// of the code of the literal. Every other value has to be told: by an option
// With, by the argument of Call, or by the key. What nothing tells is listed,
// with what to do about it.
//
// A judgement is a fold over the syntax in which the worst part decides. A form
// that the package does not know is the worst: a value that is constant may be
// listed, but none that is not is taken for constant.
//
// The package parses nothing and reads no file.
package capture
