package trace

import (
	"os/exec"
	"runtime"
	"testing"
)

// A process that was started leaves its mark, whether it is waited for or not.
func TestChildren(t *testing.T) {
	before := ChildrenNow()
	if got, want := before.StartedNone(), runtime.GOOS == "linux"; got != want {
		t.Fatalf("started none: %v, not %v", got, want)
	}
	cmd := exec.Command("go", "version")
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	if before.StartedNone() {
		t.Error("a process that is not waited for is not seen")
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if before.StartedNone() {
		t.Error("a process that is over is not seen")
	}
	if after := ChildrenNow(); after.StartedNone() != (runtime.GOOS == "linux") {
		t.Error("a process that was over before is seen")
	}
}
