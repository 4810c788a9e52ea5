// Package snapshot turns a Go value into bytes and back, exactly, and hashes
// values by the same walk.
//
// What it promises. A value made of data comes back as one that cannot be told
// from it: unexported fields, nil against empty, pointers to zero, shared
// pointers, overlapping slices, cycles, dynamic types in interfaces, NaN bits
// and -0. Equal values give equal bytes and equal hashes, in every process, but
// for maps with keys that look alike as far as it pays to look.
//
// What it does not. Bytes belong to one type layout and one Go version; they
// are no format for exchange. The monotonic reading of a time.Time is dropped.
// A slice comes back without room behind its length.
//
// A slice of a package variable is stored by content, a pointer to one is
// refused unless [global.Register] names it. A *byte (or other pointer) whose
// length some third-party code keeps elsewhere looks like one byte: such types
// need a codec.
//
// How it is used. A miss stores what [Coder.Marshal] writes, and returns what
// [Coder.Unmarshal] makes of that, of which Marshal must write the same again.
// [Hash] is for keys, and [typeid.Of] guards a record.
//
// How it fails. A part that is not data (a func, chan, lock that is held, file,
// pointer to a package variable…) is refused with a [*RefusedError] that names
// the path. Truncated or foreign bytes are an error, never a panic, and never more
// memory than 64 times the bytes, and a megabyte. So are damaged ones, but for
// plain bytes (numbers in slices), which are not read: the keeper of the bytes
// checks them.
package snapshot
