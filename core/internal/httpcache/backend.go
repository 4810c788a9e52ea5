package httpcache

import (
	"context"
	"errors"
	"io"
	"os"
)

// A Backend is the cache as package helper serves it.
type Backend struct{ *Cache }

func (b Backend) Get(ctx context.Context, action ID, path string) (ID, int64, error) {
	r, err := b.GetResult(ctx, action)
	switch {
	case err != nil:
	case r.Inline != nil:
		err = os.WriteFile(path, r.Inline, 0o600)
	default:
		err = b.GetObject(ctx, r.Output, r.Size, path, nil)
	}
	return r.Output, r.Size, err
}

func (b Backend) Put(ctx context.Context, action, output ID, size int64, path string) error {
	return b.PutResult(ctx, action, output, size, opener(path))
}

func (b Backend) GetObject(ctx context.Context, id ID, size int64, path string, moved func()) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(b.Cache.GetObject(ctx, id, size, f, moved), f.Close())
}

func (b Backend) PutObject(ctx context.Context, id ID, size int64, path string, force bool, moved func()) error {
	return b.Cache.PutObject(ctx, id, size, opener(path), force, moved)
}

func opener(path string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return os.Open(path) }
}
