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

// errVerify says that a build made another value or tree than what is stored.
func errVerify(key, what, difference string) error {
	return fmt.Errorf("CACHETEST=verify: %q built again is another %s (%s): "+
		"its function is not deterministic, or depends on something that nobody can see", key, what, difference)
}
