package engine

import (
	"context"
	"strings"
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

// TestOtherStore builds a fixture after the process has got one from another store. Where that
// was built, its reads have been seen; where it was a hit, it is an input, which holds only in
// a process that has got it as well.
func TestOtherStore(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	for _, process := range []struct {
		asks string // keys, of the fixtures of the first store in lower case
		hits string
	}{
		{"a B", ""}, {"a", "a"}, // B is built when a is
		{"B", "B"},                                          // so a is no input of it
		{"a C", "a"}, {"a C", "a C"}, {"C", ""}, {"C", "C"}, // C is built after a hit, then without a
	} {
		c1, err1 := Open(Config{Dir: one, Mode: On})
		c2, err2 := Open(Config{Dir: two, Mode: On})
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		c1.Begin()
		c2.gotten = c1.gotten
		var hits []string
		for _, key := range strings.Fields(process.asks) {
			c := c1
			if key == strings.ToUpper(key) {
				c = c2
			}
			spec := Spec{Key: key, Package: "m", DeclaredOnly: true, Code: CodeNone, Version: "1"} // it may use all that the process got
			res, err := c.Do(context.Background(), spec, func(context.Context) (Output, error) { return Output{}, nil })
			if err != nil {
				t.Fatal(err)
			}
			if res.Hit {
				hits = append(hits, key)
			}
		}
		if got := strings.Join(hits, " "); got != process.hits {
			t.Errorf("a process that asks for %s: hits of %q, want %q", process.asks, got, process.hits)
		}
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
