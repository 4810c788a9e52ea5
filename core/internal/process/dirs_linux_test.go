package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// TestTempDirs: a temporary directory that is a link, as on macOS, is known by its
// other name too; also where there is no /proc to ask for that.
func TestTempDirs(t *testing.T) {
	real, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	h := &Host{Env: func() map[string]string { return map[string]string{"TMPDIR": link} }}
	if dirs := h.tempDirs(); !slices.Contains(dirs, link) || !slices.Contains(dirs, real) {
		t.Errorf("%q, want %s and %s", dirs, link, real)
	}
	if os.Getenv("PROCESS_NO_PROC") != "" || os.Getuid() != 0 {
		return
	}
	cmd := exec.Command("unshare", "-m", "sh", "-c", `mount -t tmpfs none /proc && exec "$0" "$@"`, os.Args[0], "-test.run=^TestTempDirs$")
	cmd.Env = append(os.Environ(), "PROCESS_NO_PROC=1")
	if _, err := exec.LookPath("unshare"); err != nil {
		t.Skip(err)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("without /proc: %v\n%s", err, out)
	}
}
