package fixturecache_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// hasFilesystem reports whether the kernel has a file system, loaded or not.
func hasFilesystem(name string) bool {
	exec.Command("modprobe", name).Run() // what fails is not listed either
	list, _ := os.ReadFile("/proc/filesystems")
	return slices.Contains(strings.Fields(string(list)), name)
}

// runInKernel runs this test alone in a kernel that has a file system which that of
// the machine lacks: Linux as a process, with the root directory of the machine. It
// fails if the test does there, and skips where the kernel does not start.
func runInKernel(t *testing.T, filesystem string) {
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skipf("needs Linux and root, as the kernel has no %s", filesystem)
	}
	kernel := needTool(t, "user-mode-linux", "linux.uml")
	needTool(t, "kmod", "insmod")
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	started, status := filepath.Join(dir, "started"), filepath.Join(dir, "status")
	var script strings.Builder
	fmt.Fprintln(&script, "#!/bin/sh")
	for _, v := range os.Environ() {
		name, value, _ := strings.Cut(v, "=")
		fmt.Fprintf(&script, "export %s=%s\n", name, quoted(value))
	}
	fmt.Fprintf(&script, `mount -t proc none /proc
mount -t sysfs none /sys
mkdir %[1]s/tmp && mount -t tmpfs -o size=4g none %[1]s/tmp && export TMPDIR=%[1]s/tmp
for name in fs/fat/fat fs/fat/vfat fs/nls/nls_cp437 fs/nls/nls_iso8859-1 fs/nls/nls_ascii drivers/block/loop; do
	insmod /usr/lib/uml/modules/$(uname -r)/kernel/$name.ko
done
grep -qw %[2]s /proc/filesystems && touch %[3]s && cd %[4]s && %[5]s -test.v -test.run %[6]s; echo $? > %[7]s
halt -f
`, quoted(dir), filesystem, quoted(started), quoted(wd), quoted(binary), quoted("^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$"), quoted(status))
	init := filepath.Join(dir, "init")
	if err := os.WriteFile(init, []byte(script.String()), 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	defer time.AfterFunc(2*time.Minute, func() {
		if _, err := os.Stat(started); err != nil {
			cancel()
		}
	}).Stop()
	cmd := exec.CommandContext(ctx, kernel, "mem=8G", "rootfstype=hostfs", "rootflags=/", "rw", "init="+init, "con=null", "con0=null,fd:1", "quiet")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	if _, failed := os.Stat(started); failed != nil {
		t.Skipf("%s does not start (%v): %s", kernel, err, out.Bytes())
	}
	if code, _ := os.ReadFile(status); strings.TrimSpace(string(code)) != "0" {
		t.Errorf("in a kernel of its own the test ended with %q (%v):\n%s", code, err, out.Bytes())
	}
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
