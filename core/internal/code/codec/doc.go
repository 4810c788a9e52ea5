// Package codec writes facts and closures, which are kept between runs, as bytes, and reads them.
//
// The exported fields of a struct are written in their order, but for those that are
// zero: a change of any is another version. Numbers are varints, and a string is written
// in full the first time and as a number from then on. Reading is safe on any bytes: the
// first fault is an error, and all that follows reads as zero. It does not notice bytes
// that decode to something else than was written; the caller guards what is kept against
// damage, and gives it a version.
package codec
