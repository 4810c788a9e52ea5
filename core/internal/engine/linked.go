package engine

import (
	"fmt"
	"slices"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/settings"
	"github.com/fixturecache/fixturecache/core/internal/since"
	"github.com/fixturecache/fixturecache/core/internal/trace"
)

// throughLink adds the file elsewhere to which a path of our own, or a temporary
// one, leads by a symbolic link that fn's code can have made. Where a path that is
// gone has led nobody can tell.
func (c *collector) throughLink(r trace.Read) *notStored {
	own, inTest := c.c.host.Temp().OfTest(r.Name, c.spec.Test)
	if inTest && !own && !c.stateful() || !c.c.host.Temp().Has(r.Name) && !c.c.inStore(r.Name) || !c.asks(settings.Links) {
		return nil
	}
	if real := since.Resolve(r.Name); real != "" {
		if real == r.Name || c.notInput(real) {
			return nil
		}
		r.Name, r.Relative = real, 0
		return c.addPath(r)
	}
	// Which test made it, of those whose code counts as well, is not known either.
	others := (!r.After || r.Aside) && c.closure != nil && c.closure.Cause.What != ""
	if c.closure == nil || others || c.spec.answeredFor() {
		return nil
	}
	at := slices.IndexFunc(c.closure.Settings, func(use code.Use) bool { return use.What == settings.Links })
	use := c.closure.Settings[at]
	return &notStored{"temporary", fmt.Sprintf("it used %s, which is gone, and may have been a link to another file (%s can come to os.Symlink, %s:%d): leave it until the build function returns, or declare with cachetest.Files what it leads to",
		r.Name, caller(use.By), use.File, use.Line)}
}
