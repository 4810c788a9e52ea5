// Package build knows how a test binary was built: of which modules and files,
// with which build tags and flags of the go command, and whether the source that
// is on disk now is what was compiled.
//
// It runs no command and parses no Go file. What it knows it reads from the
// build information in the binary, from what go test leaves beside the binary
// (_testmain.go, importcfg.link), from go.mod, go.work and vendor/modules.txt,
// and, on Linux, from the command line and the environment of the go command
// that started the process. It reads all of that through package unlogged: how the
// binary was built is no input of go test's cached result.
//
// # What it promises
//
// A file or directory that is Fresh, and was not Moved, holds what the compiler read. go test
// writes _testmain.go before it compiles anything; whatever has both its times before
// that moment has not been touched since. Find, Match and ImportPath give the
// answers of the go command for the packages that are compiled from their
// source. A build tag that cannot be known counts as set and as not set: Match
// says yes.
//
// # What it does not
//
// An edit goes unseen if the clock was set back before it, and an older file that was moved into
// place on a file system without change times. On systems other than Linux -mod, -overlay,
// -toolexec and -modfile are seen in $GOFLAGS alone, go.env only where GOROOT is set, and a
// go.work that lies above where the go command ran only if it lies above the package too. Of
// other modules it knows the versions that the main modules' go.mod files name.
//
// # How it fails
//
// NoSource returns why nothing on disk can be trusted to be what was compiled: a
// binary of go test -c, or one that was built with -overlay, -toolexec or
// -modfile. LinkHidden reports that the linker or the C compiler may have had
// flags that no one tells. A StaleError names the file or directory that is not
// what was compiled. Modules fails where there is no go.mod, where one cannot be
// read, and where replace lines name versions that others may raise.
package build
