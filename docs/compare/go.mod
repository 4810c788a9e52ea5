// A module of its own, so that users of fixturecache never see what it is
// compared with. Its path lies under core so that it may import core/internal.
module github.com/fixturecache/fixturecache/core/compare

go 1.26.0

replace github.com/fixturecache/fixturecache => ../..

require (
	github.com/fixturecache/fixturecache v0.0.0-00010101000000-000000000000
	github.com/fxamacker/cbor/v2 v2.10.0
	github.com/shamaton/msgpack/v3 v3.1.0
	github.com/vmihailenco/msgpack/v5 v5.4.1
)

require (
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/davecgh/go-spew v1.1.1 // indirect
	github.com/vmihailenco/tagparser/v2 v2.0.0 // indirect
	github.com/x448/float16 v0.8.4 // indirect
)
