// Package settings names what code can ask its process and machine for beside files,
// and variables by name: package code finds out what the code asks for, package process
// knows the values, and the engine makes inputs of them. Another name in a record
// stands for the whole binary.
package settings

// Settings whose values package process knows.
const (
	TempDir     = "os.TempDir"
	GOMAXPROCS  = "GOMAXPROCS"
	Arguments   = "arguments"        // the flags of the test's own, and what follows them
	CommandLine = "command line"     // the whole of it, with the flags of package testing
	LocalTime   = "local time"       // the local time zone
	Zones       = "time zones"       // all of them, where the source does not name one
	Zone        = "time zone "       // before the name of one
	Umask       = "umask"            // the modes that new files get
	AllUmask    = "umask (all bits)" // the same for code that looks at the modes of files that it makes
	HostName    = "host name"
	Executable  = "test binary's path"
	User        = "user"                 // the user of the process, and its groups
	Users       = "users of the machine" // the files that list users and groups
	BuildInfo   = "build info"           // how the test binary was built: with coverage
	Updating    = "update of golden files"
	PageSize    = "page size"
	Stdin       = "standard input"    // whether the process was given one
	TestName    = "test name"         // t.Name() of the running test
	Subtests    = "subtests selected" // the parts of -run and -skip after a slash, where a test may change state, or the build function runs subtests
)

// Included stands for files that code of another language includes: for the whole binary.
const Included = "files included by code that is not Go"

// Names for things that code asks for, or does, and that are inputs in another way.
const (
	// Short and Verbose stand for flags of package testing.
	Short   = "testing.Short"
	Verbose = "testing.Verbose"
	// Environment stands for environment variables that are read by name while tests
	// run. The log tells which ones; but it also has those that packages os and testing
	// read for their own ends, and does not tell who has read them.
	Environment = "environment"
	// Variables stands for the environment as a whole, or for variables whose names
	// neither the source nor the log tells.
	Variables = "all variables"
	// SetsVariables stands for code that sets environment variables.
	SetsVariables = "setting of variables"
	// Commands stands for code that can start another program. The log tells whether it did.
	Commands = "commands"
	// Identity stands for code that asks whether two files are one, or for the owner of
	// a file, or for the number of its names.
	Identity = "identity of files"
	// Makes stands for code that makes files which others may have access to, and Modes
	// for code that looks at the modes of files. The umask decides the modes of new ones.
	Makes = "files made"
	Modes = "modes of files"
	// Lists stands for code that lists directories.
	Lists = "listings"
	// Links stands for code that makes symbolic links to elsewhere, by which a file may
	// be read under a name that looks like a temporary one in the log.
	Links = "symbolic links"
	// Reads stands for code that reads files or variables, or may start a program, and for
	// all code of other modules. A function without any can be stored where no log is kept.
	Reads = "reads"
	// Fixtures stands for code that may ask package memo for fixtures.
	Fixtures = "fixtures"
)
