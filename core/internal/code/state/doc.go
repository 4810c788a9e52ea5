// Package state tells which package variables in reach of a function may hold
// something else than what initialisation left in them, and through which code.
//
// A variable is fixed if every mention of it in the binary, but for those of its initialisation,
// reads what cannot be changed, as the types say that the source tells, or makes it a part of what
// another fixed variable is set to. All others are state, those too that are filled at their first
// use: what an earlier test has read counts, and where code outside the closure does more to one
// than read, or calls what in the closure does, the code of the whole run counts. Where the standard
// library keeps what it reads at its first use, the environment or the working directory is state.
//
// A function that advances a variable which other code mentions has an effect that
// a hit would not repeat. That is looked for where the new value is computed from the
// old one; variables that are only set are left to the caller.
//
// Each judgement is a fold over the parts of an access or a type with one combinator;
// unknown parts are the worst.
//
// It does not see what a sync.Pool holds, nor who holds a lock that no code tries. A fixture that
// several tests of one run ask for is built once, by the first, though a test
// between them may have changed what it reads: each run with the same selection of
// tests does the same. Tests that run in parallel have no order that could be known.
//
// It does not fail: nothing is a pure read of a variable whose type cannot be told.
package state
