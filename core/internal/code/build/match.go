package build

import (
	"go/build/constraint"
	"runtime"
	"strconv"
	"strings"
)

// A Matcher decides which files a build compiles.
type Matcher struct {
	tags  map[string]bool
	minor int // of the Go version
}

// isOS reports whether a file name may end with a word as that of an operating
// system (internal/syslist in the toolchain).
func isOS(word string) bool {
	switch word {
	case "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd", "openbsd", "plan9", "solaris", "wasip1", "windows", "zos":
		return true
	}
	return false
}

// isArch is isOS for processors.
func isArch(word string) bool {
	switch word {
	case "386", "amd64", "amd64p32", "arm", "arm64", "arm64be", "armbe", "loong64", "mips", "mips64", "mips64le", "mips64p32", "mips64p32le", "mipsle", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x", "sparc", "sparc64", "wasm":
		return true
	}
	return false
}

// isUnix reports whether an operating system sets the build tag unix.
func isUnix(os string) bool {
	switch os {
	case "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "linux", "netbsd", "openbsd", "solaris":
		return true
	}
	return false
}

// Matcher returns the rules by which the build chose its files.
func (b *Build) Matcher() Matcher {
	m := Matcher{tags: map[string]bool{runtime.GOOS: true, runtime.GOARCH: true, runtime.Compiler: true}, minor: goMinor(runtime.Version())}
	for _, tag := range b.tags {
		m.tags[tag] = true
	}
	m.tags["unix"] = isUnix(runtime.GOOS)
	m.tags["cgo"] = b.cgo
	m.tags["race"], m.tags["msan"], m.tags["asan"] = b.race, b.msan, b.asan
	for os, also := range map[string]string{"android": "linux", "illumos": "solaris", "ios": "darwin"} {
		if runtime.GOOS == os {
			m.tags[also] = true
		}
	}
	return m
}

// goMinor returns 26 for go1.26.8, and a number above all others for a
// development version.
func goMinor(version string) int {
	_, rest, ok := strings.Cut(version, "go1.")
	if !ok {
		return 1 << 20
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		rest = rest[:end]
	}
	n, err := strconv.Atoi(rest)
	if err != nil {
		return 1 << 20
	}
	return n
}

// Set reports whether a build tag is set, "race" or "cgo" for example.
func (m Matcher) Set(tag string) bool { return m.tags[tag] }

// Match reports whether the name of a file and its build constraint, the
// expression after //go:build or "", let it be compiled. It says yes where that
// depends on what cannot be known here, such as experiments.
func (m Matcher) Match(name, expr string) bool {
	if !m.matchName(name) {
		return false
	}
	if expr == "" {
		return true
	}
	x, err := constraint.Parse("//go:build " + expr)
	if err != nil {
		return true
	}
	unsure := false
	ok := x.Eval(func(tag string) bool {
		yes, known := m.tag(tag)
		unsure = unsure || !known
		return yes
	})
	// Eval may stop early, but only where the rest cannot matter.
	return ok || unsure
}

// tag reports whether a build tag is set, and whether that is known.
func (m Matcher) tag(tag string) (set, known bool) {
	if minor, ok := strings.CutPrefix(tag, "go1."); ok {
		if n, err := strconv.Atoi(minor); err == nil {
			return n <= m.minor, true
		}
	}
	if strings.HasPrefix(tag, "goexperiment.") || strings.HasPrefix(tag, runtime.GOARCH+".") {
		return false, false
	}
	return m.tags[tag], true
}

// matchName applies the rule for name_GOOS_GOARCH.go, with _test cut off.
func (m Matcher) matchName(name string) bool {
	name, _, _ = strings.Cut(name, ".")
	_, name, ok := strings.Cut(name, "_") // linux.go is for every system
	if !ok {
		return true
	}
	parts := strings.Split(name, "_")
	if n := len(parts); parts[n-1] == "test" {
		parts = parts[:n-1]
	}
	n := len(parts)
	if n >= 2 && isOS(parts[n-2]) && isArch(parts[n-1]) {
		return m.tags[parts[n-2]] && m.tags[parts[n-1]]
	}
	if n >= 1 && (isOS(parts[n-1]) || isArch(parts[n-1])) {
		return m.tags[parts[n-1]]
	}
	return true
}
