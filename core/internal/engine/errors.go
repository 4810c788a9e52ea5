package engine

import (
	"fmt"

	"github.com/fixturecache/fixturecache/core/internal/input"
)

func errSelf(key string) error {
	return fmt.Errorf("%q is asked for while it is being built: its function depends on itself", key)
}

func errRequired(key string, reasons []Reason) error {
	return fmt.Errorf("CACHETEST=require: miss %q: %s", key, input.ReasonText(reasons))
}

func errVerifyTree(key, diff string) error {
	return fmt.Errorf("CACHETEST=verify: %q built again is another tree (%s): "+
		"its function is not deterministic, or depends on something that nobody can see", key, diff)
}

func errVerify(key string, stored, built int) error {
	return fmt.Errorf("CACHETEST=verify: %q built again is another value (%d B stored, %d B built): "+
		"its function is not deterministic, or depends on something that nobody can see", key, stored, built)
}
