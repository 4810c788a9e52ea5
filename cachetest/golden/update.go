package golden

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// updateVar is the variable that asks for an update in every package: a flag
// fails where it is not defined.
const updateVar = "CACHETEST_UPDATE"

// An intent is what this run may do to golden files.
type intent struct {
	update bool
	always bool // in CI too
	clean  bool // remove unused golden files after the run
}

// updateFlags are the names of bool flags that ask for an update in one package,
// whoever defines them: those that packages with golden files of their own use.
var updateFlags = [...]string{"update", "u"}

// Updating reports whether this run updates golden files: CACHETEST_UPDATE is 1
// or always, or a bool flag called update or u is set. It looks when it is
// called, and makes the environment variable an input of the result that go test
// caches.
func Updating() bool {
	in, err := readIntent()
	return err == nil && in.update
}

// readIntent looks at the variable first, in every run: setting it after a
// cached pass must run the test.
func readIntent() (intent, error) {
	in, err := parseIntent(os.Getenv(updateVar))
	for _, name := range updateFlags {
		if f := flag.Lookup(name); f != nil {
			if getter, ok := f.Value.(flag.Getter); ok {
				set, _ := getter.Get().(bool)
				in.update = in.update || set
			}
		}
	}
	return in, err
}

func parseIntent(value string) (intent, error) {
	switch value {
	case "":
		return intent{}, nil
	case "always":
		return intent{update: true, always: true}, nil
	case "clean":
		return intent{clean: true}, nil
	}
	update, err := strconv.ParseBool(value)
	if err != nil {
		return intent{}, fmt.Errorf("%s=%q: want 1, always, clean or 0", updateVar, value)
	}
	return intent{update: update}, nil
}

// inCI reports whether the variable CI is set. It decides only whether something
// is written, never whether a test passes without writing: so it is read in a
// way that go test's result cache does not see.
func inCI() bool {
	value, _ := syscall.Getenv("CI")
	set, err := strconv.ParseBool(value)
	return value != "" && (set || err != nil)
}
