package source

import "strings"

// frozen are types, and what functions return, that no method changes, but for
// what exceptions says.
var frozen = wordSet{text: `basic regexp.Regexp *regexp.Regexp regexp.MustCompile() regexp.MustCompilePOSIX() errors.New() fmt.Errorf() strings.NewReplacer()
	time.Duration time.Time *time.Location time.Date() *template.Template template.Must() template.New() os.Getenv() embed.FS error reflect.TypeOf() reflect.TypeFor() reflect.Type
	string bool os.DirFS() *base64.Encoding *base32.Encoding base64.NewEncoding() base32.NewEncoding()
	netip.Addr netip.AddrPort netip.Prefix netip.MustParseAddr() netip.MustParseAddrPort() netip.MustParsePrefix() netip.AddrFrom4() netip.AddrFrom16() netip.AddrPortFrom() netip.PrefixFrom()
	context.Background() context.TODO() sync.Pool *sync.Pool`}

// exceptions are methods of frozen types that do change what they are of.
var exceptions = nameTable{text: `
	regexp. Longest UnmarshalText
	template. Parse New Funcs Option Delims AddParseTree
	time. Unmarshal GobDecode
	netip. Unmarshal
`}

// lookers are methods of types that others change.
var lookers = nameTable{text: `
	big. Cmp Sign Text Bit Bytes Int64 Uint64 Float64 Append ProbablyPrime TrailingZeroBits FillBytes Denom Num Prec Mode Acc MinPrec
	url. Query Hostname Port EscapedPath EscapedFragment JoinPath Parse ResolveReference RequestURI Redacted MarshalBinary
	tls. Clone
`}

// stays reports whether a method of an external type surely leaves its
// receiver as it is.
func stays(typ, method string) bool {
	if frozen.has(typ) {
		return !begins(&exceptions, typ, method)
	}
	return begins(&lookers, typ, method)
}

// begins looks for a beginning of a method's name in a table by packages.
func begins(table *nameTable, typ, method string) bool {
	pkg, _, _ := strings.Cut(strings.TrimLeft(typ, "*"), ".")
	for _, prefix := range table.of(pkg + ".") {
		if strings.HasPrefix(method, prefix) {
			return true
		}
	}
	return false
}

// mutators are functions of the standard library that change what they are
// given.
var mutators = nameTable{text: `
	maps Copy DeleteFunc Insert
	slices Sort SortFunc SortStableFunc Reverse Delete DeleteFunc Insert Replace Compact CompactFunc
	sort Ints Strings Float64s Slice SliceStable Sort Stable
	encoding/json Unmarshal
	encoding/xml Unmarshal
	encoding/binary Read
	io ReadFull ReadAtLeast Copy ReadAll
	math/rand Read
	crypto/rand Read
`}

// looking are packages of the standard library whose functions leave alone what
// they are given, but for mutators.
var looking = wordSet{text: `bytes cmp crypto/md5 crypto/sha1 crypto/sha256 crypto/sha512 crypto/subtle encoding/hex errors hash/adler32 hash/crc32 hash/crc64 html
	maps math math/bits mime net/url os path path/filepath reflect regexp slices strconv strings time unicode unicode/utf16 unicode/utf8`}

// looksOnly reports whether a function outside leaves alone what it is given.
func looksOnly(path, name string) bool {
	x := extRef{path: path, name: name}
	switch {
	case mutators.has(x):
		return false
	case onlookers.has(x):
		return true
	case path == "reflect":
		return name == "TypeOf"
	}
	return looking.has(path)
}
