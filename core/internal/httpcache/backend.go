package httpcache

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/fixturecache/fixturecache/core/internal/remote/helper"
)

// A Backend is the cache as the helper serves it.
type Backend struct{ *Cache }

func (b Backend) Get(ctx context.Context, action helper.ID, path string) (helper.ID, int64, error) {
	r, err := b.GetResult(ctx, ID(action))
	if err != nil {
		return helper.ID{}, 0, err
	}
	if r.Inline != nil {
		return helper.ID(r.Output), r.Size, os.WriteFile(path, r.Inline, 0o600)
	}
	return helper.ID(r.Output), r.Size, b.GetObject(ctx, helper.ID(r.Output), r.Size, path, nil)
}

func (b Backend) Put(ctx context.Context, action, output helper.ID, size int64, path string) error {
	return b.PutResult(ctx, ID(action), ID(output), size, opener(path))
}

func (b Backend) GetObject(ctx context.Context, id helper.ID, size int64, path string, moved func()) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(b.Cache.GetObject(ctx, ID(id), size, f, moved), f.Close())
}

func (b Backend) PutObject(ctx context.Context, id helper.ID, size int64, path string, force bool, moved func()) error {
	return b.Cache.PutObject(ctx, ID(id), size, opener(path), force, moved)
}

func opener(path string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return os.Open(path) }
}
