package httpcache

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io/fs"
)

// Check goes through what a test run needs of the cache, with write what one needs
// that shares what it builds, and stops at the first step that fails.
func (c *Cache) Check(ctx context.Context, write bool, step func(name string, do func() (found string, err error)) error) error {
	if err := step("reach", func() (string, error) { return c.Address(), c.Reach(ctx) }); err != nil || !write {
		return err
	}
	data := []byte("cachetest remote -check: " + rand.Text())
	id := ID(sha256.Sum256(data))
	if err := step("write", func() (string, error) {
		err := c.PutObject(ctx, id, int64(len(data)), Bytes(data), true, nil)
		if err == nil {
			err = c.PutResult(ctx, id, id, int64(len(data)), Bytes(data))
		}
		return "an object and a result", err
	}); err != nil {
		return err
	}
	return step("read", func() (string, error) { return "both are as they were written", c.readBack(ctx, id, data) })
}

func (c *Cache) readBack(ctx context.Context, id ID, data []byte) error {
	sum := sha256.New()
	if err := c.GetObject(ctx, id, int64(len(data)), sum, nil); err != nil {
		return err
	}
	r, err := c.GetResult(ctx, id)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("what was written is not there")
	case err != nil:
		return err
	case ID(sum.Sum(nil)) != id || r.Output != id:
		return errors.New("what was written comes back with other bytes")
	}
	return nil
}
