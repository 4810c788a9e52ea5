// Package cachescript adds to testscript what scripts need of cachetest.
package cachescript

import "github.com/rogpeppe/go-internal/testscript"

// Setup adds our commands to p, and chains what p has.
func Setup(p *testscript.Params) error { return addGolden(p) }
