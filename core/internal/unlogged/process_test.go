package unlogged

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
)

// A process of ours is not seen, and hides no other.
func TestOurChild(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close()
	run := func(start func(*exec.Cmd) error) *exec.Cmd {
		cmd := exec.Command("cat")
		cmd.Stdin = in
		if err := start(cmd); err != nil {
			t.Skip(err)
		}
		return cmd
	}
	before := ChildrenNow()
	cmd := run(Start)
	if got, want := before.StartedNone(), runtime.GOOS == "linux"; got != want {
		t.Errorf("started none: %v, not %v", got, want)
	}
	other := run((*exec.Cmd).Start)
	if before.StartedNone() {
		t.Error("a process beside ours is not seen")
	}
	out.Close()
	Wait(cmd)
	if before.StartedNone() {
		t.Error("a process beside one of ours that is over is not seen")
	}
	other.Wait()
	if before.StartedNone() {
		t.Error("a process that is over beside one of ours is not seen")
	}
	before = ChildrenNow()
	cmd = run(Start)
	Wait(cmd)
	if got, want := before.StartedNone(), runtime.GOOS == "linux"; got != want {
		t.Errorf("started none but one that is over: %v, not %v", got, want)
	}
}

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
