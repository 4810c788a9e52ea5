// Command cachetest answers questions about fixtures and the code they depend
// on.
//
//	cachetest deps [-json] [-why NAME] PKG FUNC
package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// A verb is one thing the command does. It returns an exit code: 0, 1 when the
// answer is no, 2 on bad use.
type verb struct {
	usage string
	about string
	run   func(args []string, stdout, stderr io.Writer) int
}

// verbs by name; each has a file of its own.
var verbs = map[string]verb{
	"deps": {"deps [-json] [-why NAME] PKG FUNC", "the declarations that a function can reach", runDeps},
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		usage(stderr)
		return 2
	}
	if name := strings.TrimLeft(args[0], "-"); name == "help" || name == "h" {
		usage(stdout)
		return 0
	}
	v, ok := verbs[args[0]]
	if !ok {
		fmt.Fprintf(stderr, "cachetest: unknown verb %q\n", args[0])
		usage(stderr)
		return 2
	}
	return v.run(args[1:], stdout, stderr)
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "usage:")
	var names []string
	for name := range verbs {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(w, "  cachetest %-45s %s\n", verbs[name].usage, verbs[name].about)
	}
}
