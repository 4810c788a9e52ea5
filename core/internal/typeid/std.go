package typeid

import "strings"

// stdRoots are the first elements of the standard library's import paths, with
// a space before and after each.
const stdRoots = " archive bufio bytes cmp compress container context crypto database debug embed encoding errors " +
	"expvar flag fmt go hash html image index internal io iter log maps math mime net os path plugin " +
	"reflect regexp runtime slices sort strconv strings structs sync syscall testing text time unicode " +
	"unique unsafe vendor weak "

// isStd reports whether a package path looks like one of the standard library.
// A user's module may be called "text": then the Go version counts where it
// need not, and a message says less.
func isStd(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(stdRoots, " "+first+" ")
}
