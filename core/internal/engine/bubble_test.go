package engine

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/process"
)

// A new version of Go may change what a bubble is known by.
func TestCheckBubble(t *testing.T) {
	c, err := Open(Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	ask := func() error {
		_, err := get(c, Spec{Key: "one"}, func() (int, error) { return 1, nil })
		return err
	}
	if err := ask(); err != nil {
		t.Errorf("outside: %v", err)
	}
	synctest.Test(t, func(t *testing.T) {
		for _, d := range []time.Duration{0, time.Hour, 200 * 365 * 24 * time.Hour} {
			time.Sleep(d)
			if process.CheckBubble() == nil || ask() == nil {
				t.Errorf("at %v: no error", time.Now())
			}
		}
		done := make(chan error)
		go func() { done <- process.CheckBubble() }()
		if <-done == nil {
			t.Error("in a goroutine of its own: no error")
		}
	})
}
