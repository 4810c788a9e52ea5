package source

// registersNothing reports whether an import of a package of the standard
// library is known to change nothing of what others do: it is in every test
// binary, or neither it nor what it brings with it registers anything. What is
// not in these lists may, as image/gif does with package image.
func registersNothing(path string) bool {
	return inEveryTest.has(path) || silentPackages.has(path)
}

// inEveryTest are the packages that package testing and the function main of a
// test binary bring with them. A test holds the list against go list.
var inEveryTest = wordSet{text: `bufio bytes cmp compress/flate compress/gzip context crypto crypto/cipher crypto/fips140 crypto/sha256 crypto/subtle encoding
	encoding/base64 encoding/binary encoding/json errors flag fmt go/ast go/build/constraint go/parser go/scanner go/token hash hash/crc32 io io/fs iter math
	math/bits math/rand os os/exec os/signal path path/filepath reflect regexp regexp/syntax runtime runtime/debug runtime/pprof runtime/trace slices sort
	strconv strings sync sync/atomic syscall testing text/tabwriter time unicode unicode/utf16 unicode/utf8 unsafe`}

// silentPackages are others whose initialisation calls no function that
// registers something in another package, nor sets a variable of one, and which
// import none that does. A test holds them against the source of Go.
var silentPackages = wordSet{text: `archive/tar archive/zip compress/bzip2 compress/lzw compress/zlib container/heap container/list container/ring
	crypto/aes crypto/des crypto/dsa crypto/ecdh crypto/ed25519 crypto/elliptic crypto/rand crypto/rc4 crypto/x509/pkix database/sql/driver debug/buildinfo
	debug/dwarf debug/elf debug/gosym debug/macho debug/pe embed encoding/ascii85 encoding/asn1 encoding/base32 encoding/csv encoding/hex encoding/pem
	encoding/xml go/constant go/doc/comment go/format go/printer go/version hash/adler32 hash/crc64 hash/fnv hash/maphash html html/template image
	image/color image/color/palette image/draw index/suffixarray io/ioutil maps math/big math/cmplx math/rand/v2 mime/quotedprintable net/netip net/url
	structs text/scanner text/template text/template/parse unique weak`}
