package child_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code"
	"github.com/fixturecache/fixturecache/core/internal/code/testdata/child"
	"github.com/fixturecache/fixturecache/core/internal/code/testdata/child/helper"
)

func show(t *testing.T, name string, fn code.Func, site code.Site) {
	t.Helper()
	captured := code.Running().Captures(fn, site, "Memo", nil)
	b := code.Running()
	c, err := b.Closure(code.Root{Func: fn, Captured: captured, Test: t.Name()}, nil)
	if err != nil {
		fmt.Printf("CLOSURE %s: %v\n", name, err)
		return
	}
	if name == "literal" && os.Getenv("CHILD_DECLS") != "" {
		for _, d := range c.Decls() {
			fmt.Printf("DECL %s:%d\n", d.File, d.Line)
		}
	}
	fmt.Printf("CLOSURE %s %x decls=%d captures=%v undecided=%v pkg=%s line=%s:%d fallback=%q\n", name, c.Digest, len(c.Decls()), captured.Untold(), captured.Undecided,
		filepath.Base(site.Package), filepath.Base(fn.File), fn.Line, c.Fallback)
}

func TestModes(t *testing.T) {
	f, s := helper.Memo("lit", func() (int, error) { return helper.Make(5), nil })
	show(t, "literal", f, s)
	f, s = helper.Memo("named", child.Build)
	show(t, "named", f, s)
	f, s = helper.Memo("method", child.Maker{N: 2}.Build)
	show(t, "method", f, s)
	f, s = helper.Users(4)
	show(t, "helper", f, s)
	func() {
		n := 4
		f, s = helper.Memo("in a literal", func() (int, error) { return helper.Make(n), nil })
	}()
	show(t, "nested", f, s)
}
