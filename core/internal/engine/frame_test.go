package engine

import (
	"context"
	"testing"
)

// TestInBuild looks from within a build, and from outside of one: a fixture that
// asks for itself, and one that is another's child, are told by it.
func TestInBuild(t *testing.T) {
	c, err := Open(Config{Dir: t.TempDir(), Mode: On})
	if err != nil {
		t.Fatal(err)
	}
	within := false
	_, err = c.Do(context.Background(), Spec{Key: "one", Package: "m", DeclaredOnly: true}, func(context.Context) (Output, error) {
		within = InBuild()
		return Output{}, nil
	})
	if err != nil || !within || InBuild() {
		t.Errorf("within a build %v, outside %v, %v", within, InBuild(), err)
	}
}

// TestTrackLate tracks by the context of two builds while one of them is stored: what its
// frame holds is not read without the lock, as the race detector would say.
func TestTrackLate(t *testing.T) {
	c, err := Open(Config{Dir: t.TempDir(), Mode: On})
	if err != nil {
		t.Fatal(err)
	}
	other := context.WithValue(context.Background(), frameKey{}, &frame{})
	stop, ended := make(chan bool), make(chan error)
	res, err := c.Do(context.Background(), Spec{Key: "one", Package: "m", DeclaredOnly: true}, func(ctx context.Context) (Output, error) {
		begun := make(chan bool)
		go func() {
			both := Within(ctx, other)
			err := c.Track(both, "frame.go", true)
			for close(begun); err == nil; err = c.Track(both, "frame.go", true) {
				select {
				case <-stop:
					close(ended)
					return
				default:
				}
			}
			ended <- err
		}()
		<-begun
		return Output{}, nil
	})
	close(stop)
	if late := <-ended; err != nil || !res.Stored || late != nil {
		t.Errorf("stored %v, %v, %v", res.Stored, err, late)
	}
}
