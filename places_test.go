package fixturecache_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A place is where modules, their stores and their temporary directories lie in
// TestPlaces: make makes it of an empty directory, and returns what it is called, ""
// if this kernel has no such file system, but another has.
type place struct {
	name    string
	scripts []string // nil: all
	make    func(t *testing.T, dir string) string
}

// few are the scripts for places that lack what others need, links and modes say, or
// whose times are so coarse that what was just edited is not trusted: see the script
// filesystems for that.
var few = []string{"testdata/script/verbs.txtar"}

var places = []place{
	{"tmpfs", nil, func(t *testing.T, dir string) string {
		mount(t, dir, "-t", "tmpfs", "none")
		return dir
	}},
	{"overlay", nil, func(t *testing.T, dir string) string {
		below := t.TempDir() // which may be an overlay itself, above which none may lie
		mount(t, below, "-t", "tmpfs", "none")
		for _, name := range []string{"lower", "upper", "work"} {
			if err := os.Mkdir(filepath.Join(below, name), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		mount(t, dir, "-t", "overlay", "-o", "lowerdir="+below+"/lower,upperdir="+below+"/upper,workdir="+below+"/work", "none")
		return dir
	}},
	// As on macOS, where /var leads to /private/var.
	{"link", nil, func(t *testing.T, dir string) string {
		private, link := filepath.Join(dir, "private"), filepath.Join(dir, "link")
		if err := os.Mkdir(private, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(private, link); err != nil {
			t.Fatal(err)
		}
		return link
	}},
	// Names without case.
	{"casefold", few, func(t *testing.T, dir string) string {
		needTool(t, "e2fsprogs", "mkfs.ext4")
		image := filepath.Join(t.TempDir(), "image")
		command(t, "truncate", "-s", "1G", image)
		command(t, "mkfs.ext4", "-q", "-F", "-O", "casefold", "-E", "encoding=utf8", image)
		mount(t, dir, "-o", "loop", image)
		folded := filepath.Join(dir, "folded")
		if err := os.Mkdir(folded, 0o755); err != nil {
			t.Fatal(err)
		}
		command(t, "chattr", "+F", folded)
		return folded
	}},
	// That too, no modes but one, no links, times of two seconds.
	{"vfat", few, func(t *testing.T, dir string) string {
		if !hasFilesystem("vfat") {
			return ""
		}
		needTool(t, "dosfstools", "mkfs.vfat")
		image := filepath.Join(t.TempDir(), "image")
		command(t, "mkfs.vfat", "-C", image, "1048576")
		mount(t, dir, "-t", "vfat", "-o", "loop", image)
		return dir
	}},
	{"exfat", few, func(t *testing.T, dir string) string {
		needTool(t, "exfatprogs", "mkfs.exfat")
		needTool(t, "exfat-fuse", "mount.exfat-fuse")
		image := filepath.Join(t.TempDir(), "image")
		command(t, "truncate", "-s", "1G", image)
		command(t, "mkfs.exfat", image)
		device := command(t, "losetup", "-f", "--show", image)
		t.Cleanup(func() { command(t, "losetup", "-d", device) })
		command(t, "mount.exfat-fuse", "-o", "umask=022", device, dir)
		t.Cleanup(func() { unmount(t, dir) })
		return dir
	}},
}

// TestPlaces runs scripts of testdata/script in other places than the temporary
// directory of this machine: with CACHETEST_LONG=1.
func TestPlaces(t *testing.T) {
	if !long() {
		t.Skip("set CACHETEST_LONG=1")
	}
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "place-")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { removeAll(dir) })
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if where := p.make(t, dir); where != "" {
				runScriptsIn(t, where, p.scripts...)
			} else {
				runInKernel(t, p.name)
			}
		})
	}
}

// mount mounts by mount(8) until the test ends. A kernel need not have each file
// system.
func mount(t *testing.T, dir string, args ...string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("mount needs root")
	}
	needTool(t, "mount", "mount")
	if out, err := exec.Command("mount", append(args, dir)...).CombinedOutput(); err != nil {
		t.Skipf("%v: %s", err, out)
	}
	t.Cleanup(func() { unmount(t, dir) })
}

func unmount(t *testing.T, dir string) {
	if exec.Command("umount", dir).Run() != nil {
		command(t, "umount", "-l", dir)
	}
}

// command returns what a command prints.
func command(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return strings.TrimSpace(string(out))
}
