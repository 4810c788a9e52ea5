// Package hits knows which fixtures this process was given from the cache.
// Package cachetest adds them; package golden names them when it updates.
package hits

import (
	"slices"
	"sync"
)

var (
	mu   sync.Mutex
	keys []string
)

// Add notes that the fixture of a key was a hit.
func Add(key string) {
	mu.Lock()
	defer mu.Unlock()
	if !slices.Contains(keys, key) {
		keys = append(keys, key)
	}
}

// Keys returns each key noted so far, once, in the order they came.
func Keys() []string {
	mu.Lock()
	defer mu.Unlock()
	return slices.Clone(keys)
}
