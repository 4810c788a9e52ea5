package code

import (
	"slices"
	"testing"
)

// Initialisation code is part of a closure where it may change a variable in reach, and not
// where it only reads one.
func TestInitThatChanges(t *testing.T) {
	for _, tc := range []struct {
		reason, decls string
		want          bool // before is part of it
	}{
		{"it changes the variable", "func init() { before() }\n\nfunc before() { mode = 2 }", true},
		{"it reads the variable", "var twice = before()\n\nfunc before() int { return mode * 2 }", false},
		{"it reads what changes nothing", "func init() { before() }\n\nfunc before() { kept = get() }\n\nvar kept int\n\nfunc get() int { return mode }", false},
		{"it leads to what changes it", "func init() { before() }\n\nfunc before() { set() }\n\nfunc set() { mode = 2 }", true},
		{"others change it too", "func init() { set() }\n\nfunc init() { set() }\n\nfunc set() { mode = 1 }\n\nfunc init() { before() }\n\nfunc before() { mode = 2 }", true},
		{"it hands on the address", "func init() { before() }\n\nfunc before() { kept = &mode }\n\nvar kept *int", true},
		{"it changes what was handed on", "func init() { kept = &mode }\n\nfunc init() { before() }\n\nfunc before() { *kept = 2 }\n\nvar kept *int", true},
		{"it changes what a variable points to", "var kept = &mode\n\nfunc init() { before() }\n\nfunc before() { *kept = 2 }", true},
		{"a conversion to a type with a method that changes it", "var _ setter = other(nil)\n\nfunc before() { mode = 2 }\n\ntype setter interface{ set() }", false},
		{"the same of a pointer", "var _ setter = (*one)(nil)\n\nfunc before() { mode = 2 }\n\ntype setter interface{ set() }", false},
		{"a call beside it", "var _ setter = other{one{}.get()}\n\nfunc before() { mode = 2 }\n\ntype setter interface{ set() }", true},
		{"a map of such types", "var ones = make(map[string]one)\n\nfunc before() { mode = 2 }", false},
		{"an initialiser that appends to an array", "var _ = append(list[:0], before)\n\nvar list [1]func()\n\nfunc init() { list[0](); mode = 2 }\n\nfunc before() {}", true},
		{"an initialiser that copies to it", "var _ = copy(list[:], []func(){before})\n\nvar list [1]func()\n\nfunc init() { list[0](); mode = 2 }\n\nfunc before() {}", true},
		{"it changes what a number is the address of", "func init() { kept = uintptr(unsafe.Pointer(&mode)) }\n\nfunc init() { before() }\n\nfunc before() { *(*int)(unsafe.Pointer(kept)) = 2 }\n\nvar kept uintptr", true},
		{"a function called as a type is", "var _ = (*call)(nil)\n\nvar call = &function\n\nvar function = func(any) int { before(); return 1 }\n\nfunc before() { mode = 2 }", true},
		{"a function of a predeclared name", "var _ = new(1)\n\nfunc new(int) int { before(); return 1 }\n\nfunc before() { mode = 2 }", true},
	} {
		b := isolated(writeTree(t, "go.mod", "module m\n\ngo 1.24\n", "p.go", "package m\n\nimport \"unsafe\"\n\nvar _ unsafe.Pointer\n\nvar mode int\n\nfunc fn() int { return mode }\n\n"+tc.decls+"\n",
			"types.go", "package m\n\ntype one struct{}\n\nfunc (*one) set() { before() }\n\nfunc (one) get() int { before(); return 1 }\n\ntype other []int\n\nfunc (other) set() { before() }\n",
			"p_test.go", "package m\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { mode = 1 }\n"))
		p, err := b.program(nil)
		if err != nil {
			t.Fatal(err)
		}
		for n := range 2 { // what was found is kept as it is
			r := p.graph.ReachFrom(p.graph.Functions("fn")...)
			if r.AddInit(); r.Has(p.graph.Functions("before")[0]) != tc.want {
				t.Errorf("%s: part of it: %v, want %v (%d)", tc.reason, !tc.want, tc.want, n)
			}
		}
	}
}

// What only reads a variable of another module leads to the initialisation code that sets it,
// and is not led to by that.
func TestInitThatReadsOtherModules(t *testing.T) {
	for _, tc := range []struct {
		reason, decls string
		want          bool
	}{
		{"it reads the variable", "var kept = x.Get()", false},
		{"it changes the variable", "var kept = set()\n\nfunc set() int { x.Set(1); return 1 }", true},
		{"it changes state of the library that a name beside it uses", "var kept = set()\n\nfunc set() byte { net.IPv4bcast[0]++; return 1 }", false},
		{"it uses tables that another changes", "var kept = strings.ToUpper(x.Addr(\"a\"))\n\nfunc init() { unicode.Latin.R16[0].Lo = 1 }", false},
	} {
		d := depsOnModule(t,
			"package x\n\nimport (\n\t\"net\"\n\t\"strings\"\n)\n\nvar mode int\n\nfunc init() { mode = 1 }\n\nfunc Get() int { return mode }\n\nfunc Set(n int) { mode = n }\n\nfunc Addr(s string) string { return s }\n\nvar _ = net.JoinHostPort(strings.ToLower(\"A\"), \"1\")\n",
			"package m\n\nimport (\n\t\"net\"\n\t\"strings\"\n\t\"testing\"\n\t\"unicode\"\n\n\t\"example.com/x\"\n)\n\nvar _, _, _ = net.ParseIP, strings.ToLower, unicode.Latin\n\n"+
				tc.decls+"\n\nfunc TestA(t *testing.T) { x.Set(2) }\n\nfunc fn() (int, string) { return x.Get(), net.JoinHostPort(strings.ToLower(\"A\"), \"1\") }\n")
		got := slices.ContainsFunc(d.Decls(), func(d Decl) bool { return d.Name == "example.com/m.kept" && !d.Wide })
		if got != tc.want {
			t.Errorf("%s: part of it: %v, want %v", tc.reason, got, tc.want)
		}
	}
}

// Initialisation code that takes a lock is part of the closure of what asks whether somebody
// holds it, and not of what waits for it. Which of both a function does is known only after
// such code was looked for the first time.
func TestInitThatTakesALock(t *testing.T) {
	b := isolated(writeTree(t, "go.mod", "module m\n\ngo 1.24\n",
		"p.go", "package m\n\nimport \"sync\"\n\nvar mu sync.Mutex\n\nfunc init() { before() }\n\nfunc before() { mu.Lock() }\n\nfunc waits() { mu.Lock() }\n\nfunc asks() bool { return mu.TryLock() }\n",
		"p_test.go", "package m\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {}\n"))
	for _, tc := range []struct {
		fn   string
		want bool
	}{{"waits", false}, {"asks", true}, {"waits", false}} {
		d, err := FindDeps(b, tc.fn)
		if err != nil {
			t.Fatal(err)
		}
		got := slices.ContainsFunc(d.Decls(), func(d Decl) bool { return d.Name == "m.before" && !d.Wide })
		if got != tc.want {
			t.Errorf("%s: part of it: %v, want %v", tc.fn, got, tc.want)
		}
	}
}
