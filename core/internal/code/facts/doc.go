// Package facts tells what one Go file declares, mentions and does.
//
// One walker goes through each declaration, and through a function literal or the code that
// determines its captured values, once and in the order of the source. Every identifier
// that no function around it binds is a mention, of a declaration of the package, of an
// import or of the universe; facts keep all that it may be. Whatever is done to a variable,
// to a parameter or to a part of one is an Access; a form that the walker does not know is
// the worst that could be done. Tests hold the mentions to go/types.
//
// It knows no other file, and does not decide what a name stands for that is not bound in
// the file. Of a type it keeps the source (the form of a declaration), not its meaning.
//
// Extraction never fails: a file that does not parse has facts that say so, and
// counts with all of its bytes.
package facts
