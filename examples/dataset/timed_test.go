package dataset

import (
	"testing"
	"time"
)

func timed(t *testing.T, do func() error) time.Duration {
	t.Helper()
	start := time.Now()
	if err := do(); err != nil {
		t.Fatal(err)
	}
	return time.Since(start).Round(time.Millisecond / 10)
}
