package matrix

import (
	"math"
	"strings"
)

type (
	Bool    bool
	Int     int
	Int8    int8
	Uint16  uint16
	Float   float64
	String  string
	Bytes   []byte
	Strings []string
	Complex complex64
	Dict    map[String]Int
	Nested  map[string]map[string][]int
	Matrix  [3][3]float64
	Flags   [5]bool
)

func nan(bits uint64) float64 { return math.Float64frombits(0x7ff8000000000000 | bits) }

func basics() []Row {
	negZero := math.Copysign(0, -1)
	return []Row{
		is("bool", "the smallest", true),
		is("int", "kind", -5),
		is("int8", "width", int8(math.MinInt8)),
		is("int16", "width", int16(math.MinInt16)),
		is("int32", "width", int32(math.MinInt32)),
		is("int64", "more than 2^53: JSON rounds it in any", int64(math.MaxInt64)),
		is("uint", "kind", uint(math.MaxUint)),
		is("uint8", "width", uint8(255)),
		is("uint16", "width", uint16(65535)),
		is("uint32", "width", uint32(math.MaxUint32)),
		is("uint64", "the top bit", uint64(math.MaxUint64)),
		is("float32", "width", float32(1)/3),
		is("float64", "bits", 1.0/3),
		is("float64 -0", "gob and JSON lose the sign", negZero),
		is("float64 +Inf", "JSON cannot", math.Inf(1)),
		is("float64 NaN", "JSON cannot", math.NaN()),
		is("float64 NaN with a payload", "bits of NaN", nan(77)),
		is("float64 smallest", "denormal", math.SmallestNonzeroFloat64),
		is("float32 NaN", "conversions quieten it", math.Float32frombits(0x7fa00001)),
		is("complex64", "JSON cannot", complex64(complex(1, negZero))),
		is("complex128", "JSON cannot", complex(nan(1), math.Inf(-1))),
		is("string", "text", "héllo"),
		is("string empty", "nil data", ""),
		is("string not UTF-8", "JSON replaces it", "\xff\xfe\x00x"),
		is("string long", "borrowed, not copied", strings.Repeat("long ", 20000)),
		is("named bool", "kind and name", Bool(true)),
		is("named int", "kind and name", Int(3)),
		is("named int8", "kind and name", Int8(3)),
		is("named uint16", "kind and name", Uint16(3)),
		is("named float", "kind and name", Float(negZero)),
		is("named string", "kind and name", String("x")),
		is("named complex", "kind and name", Complex(1i)),
		is("named bytes", "kind and name", Bytes{1, 2}),
		is("named strings", "kind and name", Strings{"a", ""}),
		is("named map", "a map built through the type of its kinds", Dict{"a": 1, "b": 2}),
		is("named nested map", "maps in maps", Nested{"a": {"b": {1}, "c": nil}, "d": nil}),
		is("named array", "arrays of arrays", Matrix{{1, 2, 3}, {4, negZero, 6}}),
		is("array of bool", "odd size", Flags{true, false, true}),
		is("rune", "alias of int32", 'x'),
		is("byte", "alias of uint8", byte('x')),
		is("array empty", "size 0", [0]int{}),
		is("array of empty", "size 0, length 3", [3]struct{}{}),
		is("struct empty", "size 0", struct{}{}),
		is("array of strings", "inlined", [3]string{"a", "", "c"}),
		is("array long of strings", "not inlined", [20]string{3: "x", 19: "y"}),
		is("array of slices", "nil and empty inside", [3][]int{nil, {}, {1}}),
		is("array of arrays of pointers", "not inlined, nested", [9][9]*int{2: {3: ptr(5)}}),
	}
}
