package store

import (
	"sync"
	"sync/atomic"
)

// Each calls do for the numbers below n, several at once, until there is an error,
// and returns that of the least number.
func Each(n, workers int, do func(i int) error) (first error) {
	var (
		next atomic.Int64
		wg   sync.WaitGroup
		mu   sync.Mutex
		at   = n
	)
	for range min(n, workers) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				err := do(i)
				if err == nil {
					continue
				}
				next.Store(int64(n)) // no other begins
				mu.Lock()
				if i < at {
					first, at = err, i
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return first
}
