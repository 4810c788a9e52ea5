package process

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestBinaryID compares with what the go command says of this very binary.
func TestBinaryID(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "tool", "buildid", exe).Output()
	if err != nil {
		t.Skipf("go tool buildid: %v", err)
	}
	if want := strings.TrimSpace(string(out)); BinaryID() != want {
		t.Errorf("got %q, want %q", BinaryID(), want)
	}
}

// An ID that somebody chose says nothing of the content.
func TestChosenBuildID(t *testing.T) {
	for _, id := range []string{"", "release-1", "a/b/c/d", strings.Repeat("x", 20) + "/" + strings.Repeat("y", 62)} {
		if fullBuildID(id) {
			t.Errorf("%q passes for the go command's", id)
		}
	}
}
