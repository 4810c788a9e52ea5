package opaque

import (
	"fmt"
	"os"
	"runtime"
	"testing"
)

func Short() bool { return testing.Short() && len(os.Args) > runtime.NumCPU() }

var temporary = os.TempDir()

func Temporary() string { return temporary + os.Getenv("TEMP") }

func Made() (*os.File, error) { return os.CreateTemp("", "") }

func Given() (n int) { fmt.Scan(&n); return n * os.Getpagesize() }

func Helped() func(t testing.TB) string { return named }

func named(t testing.TB) string { return t.Name() }
