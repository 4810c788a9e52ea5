//go:debug panicnil=1

package zone

import (
	"flag"
	"testing"
)

var update = flag.Bool("update", false, "a flag, which any code may look at")

func TestYear(t *testing.T) { _ = Year() }

func TestFlag(t *testing.T) { flag.VisitAll(func(*flag.Flag) {}) }
