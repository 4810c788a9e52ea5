package std

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// effects writes what a function does with each of its parameters, the receiver
// of a method first.
func effects(path, name string, n int) string {
	var list []string
	first := 0
	if strings.Contains(name, ".") {
		first = -1
	}
	for i := first; i < first+n; i++ {
		list = append(list, Argument(path, name, i).String())
	}
	return strings.Join(list, " ")
}

func TestArgument(t *testing.T) {
	for _, test := range []struct{ path, name, want, reason string }{
		{"strings", "Join", "Reads Reads", "copies strings"},
		{"strings", "Map", "Calls Reads", "calls its first argument"},
		{"strings", "Builder.WriteString", "Writes Reads", "fills its receiver"},
		{"bytes", "Equal", "Reads Reads", "is assembly in part"},
		{"bytes", "TrimSpace", "Keeps", "returns a part of its argument"},
		{"bytes", "NewBuffer", "Keeps", "the buffer writes to the slice later"},
		{"bytes", "Clone", "Reads", "appends to nothing"},
		{"slices", "Clip", "Keeps", "shares the array"},
		{"slices", "Values", "Keeps", "the iterator reads it later"},
		{"slices", "Sort", "Writes", "sorts in place, through a type parameter"},
		{"slices", "Contains", "Reads Reads", "compares"},
		{"slices", "IndexFunc", "Keeps Calls", "hands elements to a function that is not known"},
		{"maps", "Copy", "Writes Keeps", "elements may be pointers"},
		{"maps", "Keys", "Keeps", "the iterator reads it later"},
		{"sort", "Sort", "Calls", "Swap is a method of the argument"},
		{"sort", "Strings", "Writes", "sorts in place"},
		{"sort", "Slice", "Writes Calls", "swaps by reflection"},
		{"encoding/hex", "Decode", "Writes Reads", "fills its first argument"},
		{"encoding/hex", "EncodeToString", "Reads", "makes a string"},
		{"unicode/utf8", "EncodeRune", "Writes Reads", "fills its first argument"},
		{"strconv", "AppendInt", "Writes Reads Reads", "may write behind the end of the slice"},
		{"math/big", "Int.DivMod", "Writes Reads Reads Writes", "fills two"},
		{"math/big", "Int.Cmp", "Reads Reads", "compares"},
		{"errors", "As", "Writes Writes", "sets its target"},
		{"errors", "Is", "Calls Keeps", "hands the target to a method"},
		{"errors", "Join", "Keeps", "the error holds them"},
		{"cmp", "Or", "Keeps", "returns one of them"},
		{"fmt", "Sprintf", "Reads Calls", "calls String"},
		{"fmt", "Errorf", "Reads Keeps", "may hold an error"},
		{"regexp", "Regexp.Longest", "Writes", "changes the expression"},
		{"regexp", "Regexp.MatchString", "Reads Reads", "what it writes to is in a sync.Pool"},
		{"regexp", "Regexp.SubexpNames", "Keeps", "returns a slice of its own"},
		{"reflect", "DeepEqual", "Reads Reads", "goes through unsafe pointers"},
		{"reflect", "Value.SetInt", "Writes Reads", "writes through an unsafe pointer"},
		{"time", "Time.Format", "Reads Reads", "looks a zone up"},
		{"io", "ReadAll", "Calls", "calls Read"},
		{"io", "Copy", "Keeps Keeps", "hands one to methods of the other"},
		{"encoding/json", "Unmarshal", "Writes Writes", "fills"},
		{"sync/atomic", "Pointer.Load", "Keeps", "returns what it leads to"},
		{"sync/atomic", "Pointer.Store", "Writes Keeps", "stores"},
		{"sync", "Mutex.Lock", "Reads", "a lock is no write"},
		{"sync", "Map.Range", "Writes Calls", "is not known"},
		{"strings", "NoSuchFunction", "Writes", "is not there"},
		{"example.com/strings", "Join", "Writes", "is not of the library"},
	} {
		n := strings.Count(test.want, " ") + 1
		if got := effects(test.path, test.name, n); got != test.want {
			t.Errorf("%s.%s: %s, want %s: it %s", test.path, test.name, got, test.want, test.reason)
		}
	}
}

// TestWriters and TestKeepers hold the derivation to more that is known: a
// mistake in it would say too little of some of these.
func TestWriters(t *testing.T) {
	for _, what := range strings.Fields(`slices.Sort:0 slices.SortFunc:0 slices.SortStableFunc:0 slices.Reverse:0 slices.Delete:0 slices.DeleteFunc:0 slices.Insert:0
		slices.Compact:0 slices.Replace:0 maps.Copy:0 maps.DeleteFunc:0 maps.Insert:0 sort.Ints:0 sort.Slice:0 sort.SliceStable:0 sort.StringSlice.Swap:-1
		strconv.AppendInt:0 strconv.AppendQuote:0 unicode/utf8.AppendRune:0 unicode/utf8.EncodeRune:0 encoding/hex.Encode:0 encoding/hex.Decode:0
		encoding/base64.Encoding.Encode:0 encoding/binary.PutUvarint:0 encoding/binary.Read:2 encoding/json.Unmarshal:1 encoding/json.Compact:0 encoding/xml.Unmarshal:1
		crypto/rand.Read:0 math/rand.Read:0 math/big.Int.Add:-1 math/big.Int.SetString:-1 math/big.Int.FillBytes:0 math/big.Rat.Add:-1
		sync/atomic.AddInt64:0 sync/atomic.StorePointer:0 sync/atomic.Int64.Add:-1 sync/atomic.Value.Store:-1 sync.Map.Store:-1 sync.WaitGroup.Add:-1
		strings.Builder.Reset:-1 strings.Reader.Read:-1 strings.Reader.Read:0 bytes.Buffer.Write:-1 bytes.Buffer.Next:-1 bytes.Reader.ReadByte:-1
		bufio.Reader.ReadString:-1 bufio.Scanner.Scan:-1 bufio.Writer.Flush:-1 bufio.Writer.WriteString:-1 container/list.List.PushBack:-1 container/ring.Ring.Link:-1
		text/template.Template.Parse:-1 text/template.Template.Funcs:-1 text/tabwriter.Writer.Write:-1 flag.FlagSet.Parse:-1 flag.StringVar:0
		net/url.Values.Set:-1 net/url.Values.Del:-1 net/textproto.MIMEHeader.Add:-1 net/netip.Addr.UnmarshalText:-1 time.Time.UnmarshalJSON:-1 time.Timer.Reset:-1
		regexp.Regexp.Longest:-1 regexp.Regexp.Expand:0 reflect.Copy:0 reflect.Value.Set:-1 reflect.Value.SetMapIndex:-1 reflect.Append:0 errors.As:1 fmt.Sscan:1 fmt.Appendf:0
		encoding/csv.Reader.Read:-1 hash/maphash.Hash.WriteString:-1 io.LimitedReader.Read:-1 bytes.Buffer.ReadFrom:-1 unicode/utf16.AppendRune:0`) {
		path, name, i := cutArgument(t, what)
		if got := Argument(path, name, i); got != Writes {
			t.Errorf("Argument(%q, %q, %d) = %v, want Writes", path, name, i, got)
		}
	}
}

func TestKeepers(t *testing.T) {
	for _, what := range strings.Fields(`bytes.Split:0 bytes.Fields:0 bytes.Trim:0 bytes.TrimPrefix:0 bytes.Cut:0 bytes.Lines:0 bytes.NewReader:0 bytes.Buffer.Bytes:-1
		slices.Clip:0 slices.All:0 slices.Values:0 slices.Backward:0 slices.Chunk:0 slices.Clone:0 slices.Concat:0 slices.Grow:0 maps.Keys:0 maps.Values:0 maps.Clone:0
		cmp.Or:0 errors.Join:0 errors.Is:1 io.MultiReader:0 io.TeeReader:0 io.LimitReader:0 io.NopCloser:0 bufio.NewReader:0 bufio.NewScanner:0
		context.WithValue:0 context.WithValue:1 context.WithValue:2 container/list.Element.Next:-1 container/list.List.Front:-1 math/big.Int.Bits:-1 
		regexp.Regexp.Copy:-1 regexp.Regexp.SubexpNames:-1 reflect.ValueOf:0 reflect.Value.Interface:-1 reflect.Value.Elem:-1 reflect.Indirect:0
		sort.Reverse:0 sync/atomic.LoadPointer:0 sync/atomic.Value.Load:-1 text/template.Template.Lookup:-1 time.Time.UTC:-1 unsafe.Slice:0
		strings.FieldsFuncSeq:1 encoding/json.NewDecoder:0 encoding/json.RawMessage.MarshalJSON:-1 net/url.URL.JoinPath:-1 flag.FlagSet.Lookup:-1`) {
		path, name, i := cutArgument(t, what)
		if got := Argument(path, name, i); got < Keeps {
			t.Errorf("Argument(%q, %q, %d) = %v, want at least Keeps", path, name, i, got)
		}
	}
}

func cutArgument(t *testing.T, what string) (path, name string, i int) {
	what, n, _ := strings.Cut(what, ":")
	i, err := strconv.Atoi(n)
	if err != nil {
		t.Fatal(err)
	}
	slash := strings.LastIndexByte(what, '/') + 1
	pkg, name, _ := strings.Cut(what[slash:], ".")
	return what[:slash] + pkg, name, i
}

func TestImmutable(t *testing.T) {
	sets := func(path, state string) bool { return slices.Contains(SetByImport(path), state) }
	for _, test := range []struct {
		what string
		got  bool
		want bool
	}{
		{"time.Time copied", ImmutableType("time", "Time"), true},
		{"time.Duration copied", ImmutableType("time", "Duration"), true},
		{"netip.Prefix copied", ImmutableType("net/netip", "Prefix"), true},
		{"*url.URL: fields can be set", ImmutablePointer("net/url", "URL"), false},
		{"*time.Time: UnmarshalText", ImmutablePointer("time", "Time"), false},
		{"*regexp.Regexp: Longest", ImmutablePointer("regexp", "Regexp"), false},
		{"*big.Int", ImmutablePointer("math/big", "Int"), false},
		{"bytes.Reader: reads a slice of its user", ImmutableType("bytes", "Reader"), false},
		{"url.Values: a map", ImmutableType("net/url", "Values"), false},
		{"errors.New", ImmutableResult("errors", "New"), true},
		{"strings.Repeat", ImmutableResult("strings", "Repeat"), true},
		{"strings.Split: a slice", ImmutableResult("strings", "Split"), false},
		{"context.Background", ImmutableResult("context", "Background"), true},
		{"bytes.NewBuffer", ImmutableResult("bytes", "NewBuffer"), false},
		{"io.EOF", ImmutableVar("io", "EOF"), true},
		{"os.ErrNotExist", ImmutableVar("os", "ErrNotExist"), true},
		{"context.DeadlineExceeded", ImmutableVar("context", "DeadlineExceeded"), true},
		{"sql.ErrNoRows", ImmutableVar("database/sql", "ErrNoRows"), true},
		{"http.NoBody", ImmutableVar("net/http", "NoBody"), true},
		{"http.DefaultClient", ImmutableVar("net/http", "DefaultClient"), false},
		{"net.IPv4zero: a slice", ImmutableVar("net", "IPv4zero"), false},
		{"os.Args", ImmutableVar("os", "Args"), false},
		{"os.Stdout", ImmutableVar("os", "Stdout"), false},
		{"unicode.Letter: its slices are exported", ImmutableVar("unicode", "Letter"), false},
		{"strings.Join pure", Pure("strings", "Join"), true},
		{"filepath.Join pure", Pure("path/filepath", "Join"), true},
		{"fmt.Sprintf pure", Pure("fmt", "Sprintf"), true},
		{"strconv.ParseInt pure", Pure("strconv", "ParseInt"), true},
		{"time.Now pure", Pure("time", "Now"), false},
		{"maps.Keys pure: the order", Pure("maps", "Keys"), false},
		{"os.Getenv pure", Pure("os", "Getenv"), false},
		{"rand.Int pure", Pure("math/rand", "Int"), false},
		{"image/gif registers", sets("image/gif", "image.RegisterFormat"), true},
		{"image/gif registers no hash", sets("image/gif", "crypto.RegisterHash"), false},
		{"strings registers", len(SetByImport("strings")) > 0, false},
		{"encoding/xml registers", len(SetByImport("encoding/xml")) > 0, false},
		{"flag is in every test binary", len(SetByImport("flag")) > 0, false},
		{"net/http/httputil brings net/http", sets("net/http/httputil", "crypto.RegisterHash"), true},
		{"time/tzdata registers by go:linkname", sets("time/tzdata", "time.Local"), true},
		{"example.com/x registers anything", sets("example.com/x", ""), true},
		{"net/http is a package", IsPackage("net/http"), true},
		{"mymodule is none", IsPackage("mymodule"), false},
		{"internal/abi cannot be imported", IsPackage("internal/abi"), false},
	} {
		if test.got != test.want {
			t.Errorf("%s: %v, want %v", test.what, test.got, test.want)
		}
	}
}

func TestWorldOf(t *testing.T) {
	for _, test := range []struct {
		path, name string
		want       World
		exactly    bool
	}{
		{"strings", "Join", 0, true},
		{"fmt", "Sprintf", 0, true},
		{"fmt", "Println", 0, true},
		{"os", "ReadFile", Files, true},
		{"os", "Getenv", Variables, true},
		{"encoding/json", "Marshal", 0, true},
		{"os", "Environ", Environment | Variables, true},
		{"os", "StartProcess", Command | Files | Variables, true},
		{"os", "Args", Process, true},
		{"os/exec", "Command", Command, false},
		{"go/build", "Import", Command, false},
		{"net/http/cgi", "Handler", Command, false},
		{"syscall", "Open", Raw, false},
		{"syscall", "ENOENT", 0, true},
		{"plugin", "Open", Raw, true},
		{"time", "Now", Varies, false},
		{"time", "LoadLocation", Zone, false},
		{"time", "Date", Zone, false},
		{"time", "Second", 0, true},
		{"time", "Time", Zone, false},
		{"time", "ParseDuration", 0, true},
		{"archive/tar", "Header", Zone, false},
		{"crypto/x509", "Certificate", Zone, false},
		{"net/http", "Cookie", Zone, false},
		{"net", "Listen", Network, false},
		{"runtime", "Caller", Place, true},
		{"log", "Println", Place, false},
		{"math/rand", "Int", Varies, false},
		{"net", "Dial", Varies, false},
		{"flag", "Parse", Process, false},
		{"testing", "Short", Process, true},
		{"net/rpc", "Dial", Varies, false},
		{"example.com/x", "Y", Command | Environment | Raw | Zone | Place | Process | Varies | Network | Variables | Files | Kept | Lists | Makes | Modes, true},
	} {
		got := WorldOf(test.path, test.name)
		if got&test.want != test.want || test.exactly && got != test.want {
			t.Errorf("WorldOf(%q, %q) = %b, want %b", test.path, test.name, got, test.want)
		}
	}
}

func TestStateOf(t *testing.T) {
	for _, test := range []struct{ path, name, state, want string }{
		{"log", "SetFlags", "log.Default", "sets"},
		{"log", "SetPrefix", "log.Default", "sets"},
		{"log", "Default", "log.Default", "sets"},    // hands it out
		{"log", "Printf", "log.Default", "silently"}, // tells its caller nothing
		{"log", "Prefix", "log.Default", "uses"},
		{"log/slog", "Info", "log.Default", "silently"}, // by a function that log has set
		{"log/slog", "With", "log.Default", "uses"},
		{"log", "Logger", "log.Default", ""},
		{"log/slog", "SetDefault", "log/slog.SetDefault", "sets"},
		{"log/slog", "Default", "log/slog.SetDefault", "sets"},
		{"flag", "Int", "flag.CommandLine", "sets"},
		{"flag", "Lookup", "flag.CommandLine", "sets"},
		{"flag", "NArg", "flag.CommandLine", "uses"},
		{"flag", "Usage", "flag.CommandLine", "sets"}, // a variable that goes by the name of another
		{"net/http", "HandleFunc", "net/http.DefaultServeMux", "sets"},
		{"net/http", "Get", "net/http.DefaultClient", "sets"},
		{"time", "Time", "time.Local", "uses"},
		{"time", "Month", "time.Local", ""},
		{"image", "RegisterFormat", "image.RegisterFormat", "sets"},
		{"image", "Decode", "image.RegisterFormat", "uses"},
		{"image", "Decode", "image/color.*", "uses"}, // by package image/png, which registers what does
		{"image", "Black", "image.Black", "uses"},
		{"mime", "AddExtensionType", "mime.AddExtensionType", "sets"},
		{"mime", "TypeByExtension", "mime.AddExtensionType", "uses"},
		{"encoding/gob", "Register", "encoding/gob.Register", "sets"},
		{"encoding/gob", "NewEncoder", "encoding/gob.Register", "uses"},
		{"encoding/gob", "Encoder", "encoding/gob.NewEncoder", "sets"}, // numbers the types that it sees
		{"encoding/gob", "NewDecoder", "encoding/gob.NewEncoder", ""},
		{"testing/cryptotest", "SetGlobalRandom", "crypto/rand.Reader", "sets"},
		{"crypto/ecdh", "X25519", "crypto/rand.Reader", "uses"}, // whatever reader it is given
		{"crypto/rsa", "GenerateKey", "crypto/rand.Reader", "uses"},
		{"database/sql", "Open", "database/sql.Register", "uses"},
		{"math/rand", "Seed", "math/rand.Seed", "sets"},
		{"math/rand", "Int", "math/rand.Seed", "uses"},
		{"crypto", "MD5", "crypto.RegisterHash", "uses"},
		{"crypto/elliptic", "P256", "crypto/elliptic.P256", "sets"}, // hands it out
		{"hash/crc32", "MakeTable", "hash/crc32.MakeTable", "sets"},
		{"unicode", "IsLetter", "unicode.*", "uses"},
		{"strings", "ToUpper", "unicode.*", "uses"},
		{"fmt", "Println", "os.Stdout", "uses"},
		{"fmt", "Sprintf", "os.Stdout", ""},
		{"syscall", "Umask", "syscall.Umask", "sets"},
		{"os", "WriteFile", "syscall.Umask", "uses"},
		{"runtime/debug", "SetGCPercent", "runtime/debug.SetGCPercent", "sets"},
		{"runtime", "ReadMemStats", "runtime/debug.SetGCPercent", "uses"},
		{"runtime/metrics", "Read", "runtime/debug.SetGCPercent", "uses"},
		{"testing", "T", "flag.CommandLine", ""},
		{"strings", "Join", "log.Default", ""},
	} {
		got := ""
		for _, use := range StateOf(test.path, test.name) {
			if use.Name == test.state {
				got = "uses"
				switch {
				case use.Sets:
					got = "sets"
				case use.Silent:
					got = "silently"
				}
			}
		}
		if got != test.want && IsPackage(test.path) { // in this version of Go
			t.Errorf("StateOf(%q, %q) of %s: %q, want %q", test.path, test.name, test.state, got, test.want)
		}
	}
}

// TestLeaves: what may leave something behind where it is called when the program
// starts, in state of the library or in another way.
func TestLeaves(t *testing.T) {
	for name, want := range map[string]string{
		"archive/zip.RegisterCompressor": "state", "crypto.RegisterHash": "state", "net/http.HandleFunc": "state", "log.SetFlags": "state", "image.RegisterFormat": "state", "flag.Int": "state",
		"encoding/gob.Register": "state", "database/sql.Register": "state", "expvar.NewInt": "state", "mime.AddExtensionType": "state",
		"net.Listen": "else", "os/exec.Command": "else", "syscall.Kill": "else", "os.Setenv": "else", "os.Chdir": "else", "example.com/x.Y": "else",
		"strings.Join": "", "fmt.Println": "", "log.Printf": "", "net/http.StatusOK": "", "net/http.Header": "", "testing.T": "",
		"time.Now": "", "os.Getenv": "", "unicode.Letter": "", "regexp.MustCompile": "", "unsafe.Pointer": "", "math/rand.Int": "", "mime.TypeByExtension": "",
	} {
		dot, got := strings.LastIndexByte(name, '.'), ""
		if slices.ContainsFunc(StateOf(name[:dot], name[dot+1:]), func(u StateUse) bool { return u.Sets }) {
			got = "state"
		}
		if Leaves(name[:dot], name[dot+1:]) {
			got = "else"
		}
		if got != want {
			t.Errorf("%s leaves something in %q, not %q", name, got, want)
		}
	}
}

// TestNewer: a library that is newer than the table may have names that it did
// not see.
func TestNewer(t *testing.T) {
	for version, want := range map[string]bool{derivedFrom(): false, "go1.20": false, "go1.99.1": true, "devel go1.27-abc": true} {
		if newer(version, derivedFrom()) != want {
			t.Errorf("newer(%q) = %v", version, !want)
		}
	}
}
