package engine

import (
	"sync"

	"github.com/fixturecache/fixturecache/core/internal/compare"
)

// maxRecent bounds the records that a process keeps, in bytes of their files.
const maxRecent = 32 << 20

// recents are the records that this process used last, of each variant one, so
// that it need not read them again. Nobody changes a record that is in it.
type recents struct {
	mu    sync.RWMutex
	byKey map[compare.Variant]*found
	bytes int64
}

func (r *recents) get(key compare.Variant) *found {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.byKey[key]
}

func (r *recents) put(key compare.Variant, f *found) {
	if r.get(key) == f {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bytes += f.File.Size; r.byKey == nil || r.bytes > maxRecent {
		r.byKey, r.bytes = map[compare.Variant]*found{}, f.File.Size
	}
	r.byKey[key] = f
}
