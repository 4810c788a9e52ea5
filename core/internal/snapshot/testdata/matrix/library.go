package matrix

import (
	"bytes"
	"container/heap"
	"container/list"
	containerring "container/ring"
	"crypto/sha256"
	"encoding/json"
	"hash/crc32"
	"hash/fnv"
	"image"
	"image/color"
	"math/big"
	"math/rand"
	randv2 "math/rand/v2"
	"net"
	"net/http"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"text/scanner"
	"time"

	"go/ast"
	"go/parser"
	"go/token"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(v any)        { *h = append(*h, v.(int)) }
func (h *intHeap) Pop() any          { n := len(*h) - 1; v := (*h)[n]; *h = (*h)[:n]; return v }

func library() []Row {
	utc := time.Date(2024, 5, 6, 7, 8, 9, 10, time.UTC)
	fixed := time.FixedZone("X", 3600)
	return append(times(utc, fixed), []Row{
		row("big.Int", "hidden slice", func() *big.Int { return new(big.Int).Lsh(big.NewInt(5), 300) }),
		row("big.Int negative by value", "sign", func() big.Int { return *big.NewInt(-5) }),
		row("big.Int zero", "no digits", func() *big.Int { return new(big.Int) }),
		row("big.Float", "precision and mode", func() *big.Float { return big.NewFloat(1.5).SetPrec(200).SetMode(big.ToZero) }),
		row("big.Float -Inf", "form", func() *big.Float { return new(big.Float).SetInf(true) }),
		row("big.Rat", "two numbers", func() *big.Rat { return big.NewRat(-7, 9) }),
		row("url.URL", "userinfo unexported", func() *url.URL { return must(url.Parse("https://u:p@host/p%2Fq?x=1#f")) }),
		row("url.Values", "named map", func() url.Values { return url.Values{"a": {"1", "2"}, "b": nil} }),
		is("netip.Addr 4", "unique handle inside", netip.MustParseAddr("1.2.3.4")),
		is("netip.Addr 6 with zone", "unique handle inside", netip.MustParseAddr("fe80::1%eth0")),
		is("netip.Addr 4 in 6", "not 4", netip.MustParseAddr("::ffff:1.2.3.4")),
		is("netip.Addr invalid", "zero", netip.Addr{}),
		is("netip.AddrPort", "handle in a part", netip.MustParseAddrPort("[::1]:80")),
		is("netip.Prefix", "handle in a part", netip.MustParsePrefix("10.0.0.0/8")),
		row("map of netip", "handle in keys", func() map[netip.Addr]string {
			return map[netip.Addr]string{netip.MustParseAddr("::1"): "a", netip.MustParseAddr("fe80::1%z"): "b"}
		}),
		is("any netip", "handle in a box", any(netip.MustParseAddr("::2"))),
		is("net.IP", "named bytes", net.IPv4(1, 2, 3, 4)),
		row("net.IPNet", "mask", func() *net.IPNet { _, n, _ := net.ParseCIDR("10.1.0.0/16"); return n }),
		is("net.HardwareAddr", "named bytes", net.HardwareAddr{1, 2, 3, 4, 5, 6}),
		row("net.TCPAddr", "interface", func() net.Addr { return &net.TCPAddr{IP: net.IPv6loopback, Port: 80, Zone: "z"} }),
		is("http.Header", "named map", http.Header{"A": {"1", "2"}}),
		row("http.Cookie", "times and enums", func() *http.Cookie {
			return &http.Cookie{Name: "a", Value: "b", Expires: utc, SameSite: http.SameSiteLaxMode}
		}),
		is("mail.Address", "plain", mail.Address{Name: "a", Address: "b@c"}),
		row("regexp", "MarshalText loses Longest", func() *regexp.Regexp { return regexp.MustCompile(`(?i)a(b|c)*\d+[x-z]?$`) }),
		row("regexp longest", "MarshalText loses it", func() *regexp.Regexp { r := regexp.MustCompile("a|ab"); r.Longest(); return r }),
		row("regexp one pass", "another program", func() *regexp.Regexp { return regexp.MustCompile(`^(\w+)=(\d+)$`) }),
		row("regexp by value", "copied", func() regexp.Regexp { return *regexp.MustCompile("x+") }),
		row("strings.Builder", "points at itself", func() *strings.Builder { b := new(strings.Builder); b.WriteString("abc"); return b }),
		row("strings.Reader", "position", func() *strings.Reader { r := strings.NewReader("abcdef"); r.ReadByte(); return r }),
		row("bytes.Buffer", "offset", func() *bytes.Buffer { b := bytes.NewBufferString("abcdef"); b.Next(2); return b }),
		row("bytes.Reader", "position", func() *bytes.Reader { r := bytes.NewReader([]byte("abcdef")); r.ReadByte(); return r }),
		row("list.List", "ring through its own field", func() *list.List { l := list.New(); l.PushBack(1); l.PushFront("a"); return l }),
		row("list.List zero", "lazy", func() *list.List { return new(list.List) }),
		row("ring.Ring", "ring", func() *containerring.Ring { r := containerring.New(3); r.Value = 1; r.Next().Value = "x"; return r }),
		row("heap", "plain slice", func() *intHeap { h := &intHeap{3, 1, 2}; heap.Init(h); return h }),
		is("json.RawMessage", "named bytes", json.RawMessage(`{"a":1}`)),
		is("json.Number", "named string", json.Number("12.50")),
		row("image.RGBA", "pixels", func() image.Image { m := image.NewRGBA(image.Rect(0, 0, 8, 8)); m.Set(1, 2, color.White); return m }),
		row("image.Paletted", "interfaces in the palette", func() *image.Paletted {
			return image.NewPaletted(image.Rect(0, 0, 4, 4), color.Palette{color.RGBA{1, 2, 3, 4}, color.Gray{9}})
		}),
		row("image subimage", "overlaps its parent", func() []image.Image {
			m := image.NewGray(image.Rect(0, 0, 8, 8))
			return []image.Image{m, m.SubImage(image.Rect(2, 2, 4, 4))}
		}),
		row("rand.Rand", "state", func() *rand.Rand { r := rand.New(rand.NewSource(5)); r.Int(); return r }),
		row("rand/v2 PCG", "state", func() *randv2.PCG { p := randv2.NewPCG(1, 2); p.Uint64(); return p }),
		row("rand/v2 ChaCha8", "state", func() *randv2.ChaCha8 { c := randv2.NewChaCha8([32]byte{1}); c.Uint64(); return c }),
		row("sha256 half way", "hash state", func() any { h := sha256.New(); h.Write([]byte("abc")); return h }),
		row("fnv", "hash state", func() any { h := fnv.New64a(); h.Write([]byte("abc")); return h }),
		is("crc32 table", "array by value", *crc32.MakeTable(0xd5828281)),
		row("go/ast", "positions, pointers, interfaces", func() *ast.File {
			fset := token.NewFileSet()
			return must(parser.ParseFile(fset, "x.go", "package p\nfunc f(a int) int { return a+1 }\n", parser.ParseComments|parser.SkipObjectResolution))
		}),
		is("scanner.Position", "plain", scanner.Position{Filename: "a", Line: 2}),
		row("strings.Replacer", "built lazily, not yet", func() *strings.Replacer { return strings.NewReplacer("a", "b", "ccc", "d") }),
	}...)
}

func times(utc time.Time, fixed *time.Location) []Row {
	return []Row{
		is("time UTC", "nil location", utc),
		is("time zero", "all zero", time.Time{}),
		is("time fixed zone", "name and offset: JSON loses the name", utc.In(fixed)),
		row("time Berlin", "rules, not an offset", func() time.Time { return utc.In(must(time.LoadLocation("Europe/Berlin"))) }),
		is("time Local", "identity of Local", utc.In(time.Local)),
		row("time with monotonic reading", "dropped, as documented", func() time.Time { return utc.Add(0) }),
		is("time far", "year -100", time.Date(-100, 1, 1, 0, 0, 0, 0, time.UTC)),
		is("duration", "named number", 90*time.Minute),
		is("month", "named number", time.May),
		row("location", "cache inside", func() *time.Location { return must(time.LoadLocation("America/New_York")) }),
		is("location UTC", "identity", time.UTC),
		is("location Local", "identity", time.Local),
		row("times sharing a location", "one location", func() []time.Time {
			l := must(time.LoadLocation("Asia/Tokyo"))
			return []time.Time{utc.In(l), utc.Add(1).In(l)}
		}),
		row("time pointers", "nil inside", func() []*time.Time { return []*time.Time{nil, &utc} }),
		is("any time", "boxed", any(utc)),
	}
}
