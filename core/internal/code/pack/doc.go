// Package pack keeps the facts of the files of a directory.
//
// A file whose stat vouches for what is kept of it is not read, and a file whose content is
// known is not parsed, whatever its name and in whatever checkout it lies. A stat vouches
// for nothing that was touched shortly before it was taken, nor in another checkout. Files
// that the build leaves out by their names are not read.
//
// It promises facts of what the files held when they were read; that this is what
// was compiled, package graph makes sure of with the stats that come with them.
//
// A directory or file that cannot be read is an error. What the cache has lost,
// or has damaged, is read and parsed again.
package pack
