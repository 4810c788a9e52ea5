// Package cachetest keeps what slow test fixtures build across go test runs.
package cachetest

// TB is what cachetest needs of *testing.T, B and F.
type TB interface {
	Helper()
	Name() string
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Failed() bool
	TempDir() string
	Cleanup(func())
}
