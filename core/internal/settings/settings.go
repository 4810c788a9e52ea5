// Package settings names what code can ask its process and machine for beside
// files and variables of a name: package code finds out what is asked, package
// process knows the values, and the engine makes inputs of them. Another name in a
// record stands for the whole binary.
package settings

// Settings whose values package process knows.
const (
	TempDir     = "os.TempDir"
	GOMAXPROCS  = "GOMAXPROCS"
	Arguments   = "arguments"        // the flags of the test's own, and what follows them
	CommandLine = "command line"     // the whole of it, with the flags of package testing
	LocalTime   = "local time"       // what may look at the local time zone
	Zones       = "time zones"       // whose names the source does not tell
	Zone        = "time zone "       // before the name of one
	Umask       = "umask"            // the modes that new files get
	AllUmask    = "umask (all bits)" // where code looks at the modes of files that it makes
	HostName    = "host name"
	Executable  = "test binary's path"
	User        = "user"                 // who runs the process
	Users       = "users of the machine" // what that knows of its users
	BuildInfo   = "build info"           // how the test binary was built: with coverage
	Updating    = "update of golden files"
	PageSize    = "page size"
	Stdin       = "standard input"    // whether the process was given one
	TestName    = "test name"         // of the running test
	Subtests    = "subtests selected" // what -run and -skip name behind a slash, where a test may change state, or the build function runs some
)

// Included stands for files that code of another language includes: for the whole binary.
const Included = "files included by code that is not Go"

// What code asks for that is an input in another way.
const (
	// Short and Verbose stand for flags of package testing.
	Short   = "testing.Short"
	Verbose = "testing.Verbose"
	// Environment stands for environment variables that are read by name while tests
	// run. Which ones the log tells; but it tells also those that packages os and
	// testing read for their own ends, and of those it cannot tell by whom.
	Environment = "environment"
	// Variables stands for the environment as a whole, or for variables whose names
	// neither the source nor the log tells.
	Variables = "all variables"
	// SetsVariables stands for what sets environment variables.
	SetsVariables = "setting of variables"
	// Commands stands for what can start another program. Whether it did the log tells.
	Commands = "commands"
	// Identity stands for what tells whether two files are one, whose a file is, and how many names a
	// file has.
	Identity = "identity of files"
	// Makes stands for what makes files that others may have access to, and Modes for
	// what looks at the modes of files: the umask tells these of those.
	Makes = "files made"
	Modes = "modes of files"
	// Lists stands for what lists directories.
	Lists = "listings"
	// Links stands for what makes symbolic links to elsewhere, by which a file may be
	// read under a name that the log does not tell from a temporary one.
	Links = "symbolic links"
	// Reads stands for what reads files or variables, or may start a program, and for
	// all code of other modules: where no log is kept, what does none of that can be
	// relied upon all the same.
	Reads = "reads"
)
