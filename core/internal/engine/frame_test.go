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
