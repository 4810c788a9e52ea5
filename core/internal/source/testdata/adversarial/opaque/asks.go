package opaque

import (
	"os"
	"runtime"
	"testing"
)

func Short() bool { return testing.Short() && len(os.Args) > runtime.NumCPU() }

func Helped() func(t testing.TB) string { return named }

func named(t testing.TB) string { return t.Name() }
