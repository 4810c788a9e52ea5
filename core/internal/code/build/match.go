package build

import (
	"go/build/constraint"
	"go/version"
	"runtime"
	"slices"
	"strings"
)

// A Matcher decides which files a build compiles.
type Matcher struct {
	tags map[string]bool
	lang string // the Go version, "" of a development version: that is above all others
}

// The words that internal/syslist of the toolchain knows: operating systems and
// processors that the name of a file may end with, and systems that set the build
// tag unix.
const (
	systems    = " aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos "
	processors = " 386 amd64 amd64p32 arm arm64 arm64be armbe loong64 mips mips64 mips64le mips64p32 mips64p32le mipsle ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm "
	unixes     = " aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris "
)

func isOneOf(words, word string) bool { return strings.Contains(words, " "+word+" ") }

// Matcher returns the rules by which the build chose its files.
func (b *Build) Matcher() Matcher {
	release, _, _ := strings.Cut(runtime.Version(), " ")
	m := Matcher{tags: map[string]bool{}, lang: version.Lang(release)}
	for _, tag := range slices.Concat(b.tags, []string{runtime.GOOS, runtime.GOARCH, runtime.Compiler}) {
		m.tags[tag] = true
	}
	for tag, setting := range map[string]string{"cgo": b.settings["CGO_ENABLED"], "race": b.settings["-race"], "msan": b.settings["-msan"], "asan": b.settings["-asan"]} {
		m.tags[tag] = setting == "true" || setting == "1"
	}
	m.tags["unix"] = isOneOf(unixes, runtime.GOOS)
	for os, also := range map[string]string{"android": "linux", "illumos": "solaris", "ios": "darwin"} {
		m.tags[also] = m.tags[also] || runtime.GOOS == os
	}
	return m
}

// Set reports whether a build tag is set, "race" or "cgo" for example.
func (m Matcher) Set(tag string) bool { return m.tags[tag] }

// Match reports whether the name of a file and its build constraint, the
// expression after //go:build or "", let it be compiled. It says yes where that
// depends on a tag that cannot be known here, such as an experiment.
func (m Matcher) Match(name, expr string) bool {
	if !m.MatchName(name) {
		return false
	}
	x, err := constraint.Parse("//go:build " + expr)
	if err != nil { // there is none, or one that the go command does not take
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
	if strings.HasPrefix(tag, "go1.") && version.Lang(tag) == tag {
		return m.lang == "" || version.Compare(tag, m.lang) <= 0, true
	}
	return m.tags[tag], !strings.HasPrefix(tag, "goexperiment.") && !strings.HasPrefix(tag, runtime.GOARCH+".")
}

// MatchName applies the rule for name_GOOS_GOARCH.go, with _test cut off.
func (m Matcher) MatchName(name string) bool {
	name, _, _ = strings.Cut(name, ".")
	parts := strings.Split(strings.TrimSuffix(name, "_test"), "_")[1:] // linux.go is for every system
	n := len(parts)
	if n >= 2 && isOneOf(systems, parts[n-2]) && isOneOf(processors, parts[n-1]) {
		return m.tags[parts[n-2]] && m.tags[parts[n-1]]
	}
	return n == 0 || !isOneOf(systems, parts[n-1]) && !isOneOf(processors, parts[n-1]) || m.tags[parts[n-1]]
}
