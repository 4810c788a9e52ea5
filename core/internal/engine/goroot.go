package engine

import "runtime"

// goroot is the tree of the toolchain that built this binary, "" with
// -trimpath. runtime.GOROOT is deprecated for finding the go command, which is
// not what it is used for here.
func goroot() string {
	//lint:ignore SA1019 see above
	return runtime.GOROOT()
}
