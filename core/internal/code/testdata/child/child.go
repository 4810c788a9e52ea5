// Package child is run by TestModes as a test binary of its own.
package child

import "github.com/fixturecache/fixturecache/core/internal/code/testdata/child/helper"

// Build is a named function as fn.
func Build() (int, error) { return helper.Make(7), nil }

// Maker has a method value as fn.
type Maker struct{ N int }

func (m Maker) Build() (int, error) { return helper.Make(m.N), nil }
