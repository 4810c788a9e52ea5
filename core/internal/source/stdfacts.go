package source

import "strings"

// What is known of the standard library by name. An answer that is not known is
// the worst: a function may change what it is given, a type may be changed by
// its methods.

// stdArgument says what a function does to an argument: it only reads it, or it
// does so and calls its methods.
func stdArgument(path, name string, i int) (reads, calls bool) {
	x := extRef{path: path, name: name}
	return onlyRead.has(x), onlyFormat.has(x) && !(i == 0 && strings.HasPrefix(name, "Fprint"))
}

var onlyRead = nameTable{text: `
	bytes Contains Count Equal Compare HasPrefix HasSuffix Index IndexByte LastIndex ToLower ToUpper Repeat
	maps Equal
	slices Contains Equal Index IndexFunc Max Min
	strings Join
	unicode In Is IsOneOf
`}

var onlyFormat = nameTable{text: `
	fmt Print Printf Println Sprint Sprintf Sprintln Fprint Fprintf Fprintln
	errors Is
	encoding/json Marshal MarshalIndent
	reflect DeepEqual
`}

// stdImmutable reports whether values of a type, "T" or "*T", cannot be changed
// by who holds them.
func stdImmutable(path, name string) bool { return immutableTypes.has(extRef{path: path, name: name}) }

var immutableTypes = nameTable{text: `
	io/fs FileMode
	errors *errorString
	fmt *wrapError
	net/netip Addr AddrPort Prefix
	os FileMode Signal
	reflect Type Kind
	regexp *Regexp
	strings *Replacer
	time Time Duration Month Weekday *Location
	unicode *RangeTable
`}

// stdResult reports whether the result of a function cannot be changed by who
// holds it.
func stdResult(path, name string) bool { return stdResultType(path, name) != "" }

// stdResultType returns the type of such a result.
func stdResultType(path, name string) string {
	for _, entry := range immutableResults.of(path) {
		if fn, typ, _ := strings.Cut(entry, ":"); fn == name {
			return typ
		}
	}
	return ""
}

var immutableResults = nameTable{text: `
	errors New:*errorString
	fmt Errorf:*wrapError Sprint:string Sprintf:string Sprintln:string
	os Getenv:string
	reflect TypeOf:Type
	regexp MustCompile:*Regexp MustCompilePOSIX:*Regexp
	strconv Itoa:string
	strings Join:string NewReplacer:*Replacer Repeat:string ToLower:string ToUpper:string TrimSpace:string
	time Date:Time Now:Time Unix:Time
`}

// stdVariable reports whether nobody can change what a variable leads to but by
// assigning it.
func stdVariable(path, name string) bool { return immutableVars.has(extRef{path: path, name: name}) }

var immutableVars = nameTable{text: `
	context Canceled DeadlineExceeded
	io EOF ErrUnexpectedEOF
	io/fs ErrExist ErrNotExist ErrPermission
	os ErrExist ErrNotExist ErrPermission Interrupt Kill
	time Local UTC
`}

// stdLocks are types of package sync whose values do not carry over what a
// program computes.
var stdLocks = wordSet{text: "Mutex RWMutex Once WaitGroup Pool"}

// stdMethod reports whether a method of a type only reads its receiver.
func stdMethod(path, typ, method string) bool {
	return path == "sync" && stdLocks.has(typ) ||
		typ != "" && (stdImmutable(path, typ) || stdImmutable(path, "*"+typ)) && !(path == "regexp" && method == "Longest") && !strings.HasPrefix(method, "Unmarshal") && method != "GobDecode"
}

// A stdState is state of the standard library that a name of it uses or sets.
type stdState struct {
	name string // "log.Default", or a variable: "os.Args"
	sets bool
}

// stdStateOf returns what a name uses and sets.
func stdStateOf(path, name string) (list []stdState) {
	for _, s := range stdSettersOf(path) {
		what := s.name
		if !strings.Contains(what, ".") {
			what = path + "." + s.name
		}
		switch {
		case contains(s.sets, name):
			list = append(list, stdState{what, true})
		case name == s.name || contains(s.uses, name) || contains(s.uses, "*"):
			list = append(list, stdState{name: what})
		}
	}
	return list
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// stdSetters are what is set, by package; who sets it, or hands it out; who uses
// it beside its own name: all of the package, mostly, as few programs set any.
var stdSetters = nameTable{text: `
	archive/zip RegisterCompressor;RegisterCompressor;NewWriter RegisterDecompressor;RegisterDecompressor;NewReader,OpenReader
	crypto/rand Reader;;*
	database/sql Register;Register;*
	encoding/gob Register;Register,RegisterName;*
	encoding/xml HTMLEntity;;* HTMLAutoClose;;*
	expvar Publish;Publish,Get,Do,NewInt,NewFloat,NewMap,NewString;*
	flag CommandLine;Set,Lookup,Visit,VisitAll;*
	go/build Default;;*
	image RegisterFormat;RegisterFormat;*
	log Default;SetPrefix,SetFlags,SetOutput,Default;Prefix,Flags,Writer,Default log/slog.SetDefault;;Prefix,Flags,Writer,Default
	log/slog SetDefault;SetDefault,SetLogLoggerLevel;*
	math/rand Seed;Seed;*
	mime AddExtensionType;AddExtensionType;*
	net DefaultResolver;;*
	net/http DefaultServeMux;Handle,HandleFunc;* DefaultTransport;;* DefaultClient;;*
	os syscall.Umask;;* Args;; Stdin;; Stdout;; Stderr;;
	runtime/debug SetGCPercent;SetGCPercent,SetMemoryLimit,SetMaxStack,SetMaxThreads,SetPanicOnFault,SetTraceback;*
	syscall Umask;Umask;*
	time Local;;*
`}

// A stdSetter says who sets state of a package, and who uses it.
type stdSetter struct {
	name string
	sets []string // functions that set it
	uses []string // names of the package that use it
}

// stdSettersOf returns those of a package.
func stdSettersOf(path string) (list []stdSetter) {
	names := func(list string) []string { return strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) }
	for _, entry := range stdSetters.of(path) {
		parts := strings.Split(entry, ";")
		list = append(list, stdSetter{parts[0], names(parts[1]), names(parts[2])})
	}
	return list
}
