//go:build linux && amd64

package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A disk is a file system in a file, which loses its power.
type disk struct {
	name  string
	make  []string // before the name of the file
	flush bool     // the journal is written first
}

var disks = []disk{
	{"XFS", []string{"mkfs.xfs", "-q", "-f"}, false},
	{"XFS, journal written", []string{"mkfs.xfs", "-q", "-f"}, true},
	{"ext4", []string{"mkfs.ext4", "-q", "-F", "-O", "^metadata_csum_seed"}, false},
	{"ext4, journal written", []string{"mkfs.ext4", "-q", "-F", "-O", "^metadata_csum_seed"}, true},
}

// diskSize is the least that XFS takes.
const diskSize = 320 << 20

// TestPowerLoss takes the power from a disk that the store lies on, before some
// call of a process that stores something. What is there when the disk comes back
// is right, and the store works on.
func TestPowerLoss(t *testing.T) {
	whole(t)
	needsRoot(t)
	needs(t, "mount", "umount", "losetup", "mkfs.xfs", "mkfs.ext4", "xfs_io")
	for _, d := range disks {
		t.Run(d.name, func(t *testing.T) {
			r := newRoom(t)
			image := filepath.Join(r.root, "disk")
			at := filepath.Join(r.root, "inside", "disk")
			r.store = filepath.Join(at, "store")
			r.env[slices.Index(r.env, "CACHETEST_DIR="+filepath.Join(r.root, "inside", "store"))] = "CACHETEST_DIR=" + r.store
			sh(t, "truncate", "-s", fmt.Sprint(diskSize), image)
			sh(t, append(slices.Clone(d.make), image)...)
			if err := os.Mkdir(at, 0o755); err != nil {
				t.Fatal(err)
			}
			sh(t, "mount", "-o", "loop", image, at)
			t.Cleanup(func() { exec.Command("umount", "-l", at).Run() })

			counts := func(c call) bool {
				return strings.HasPrefix(c.path, at+"/") && !c.absent && slices.Contains(changing, c.name)
			}
			refreshed := *r
			refreshed.env = append(r.env[:len(r.env):len(r.env)], "CACHETEST=refresh")
			r.run(t, fault{}, r.testArgs(fixtures)...)
			all := refreshed.run(t, fault{counts: counts}, r.testArgs(fixtures)...)
			if !all.ok() || all.calls == 0 {
				t.Fatalf("%d calls, %v\n%s", all.calls, all.status, all.output)
			}
			var c count
			var lost int
			for i, n := range spread(min(all.calls, 50)) {
				if n = n * all.calls / min(all.calls, 50); i%4 == 0 {
					removeAll(r.store) // or what was kept so far is there
				}
				what := fmt.Sprintf("power lost before call %d of %d", n, all.calls)
				o := refreshed.run(t, fault{counts: counts, nth: n, pause: func() {
					c.add(&c.reached)
					args := []string{"-x", "-c", "shutdown", at}
					if d.flush {
						args[2] = "shutdown -f"
					}
					if out, err := exec.Command("xfs_io", args...).CombinedOutput(); err != nil {
						t.Errorf("xfs_io: %v\n%s", err, out)
					}
				}}, r.testArgs(fixtures)...)
				c.add(&c.cases)
				c.judge(t, what, o)
				sh(t, "umount", at)
				// A mount namespace of somebody else's may keep the old one.
				sh(t, "cp", "--sparse=always", image, image+".new")
				sh(t, "mv", image+".new", image)
				sh(t, "mount", "-o", "loop", image, at)
				o = r.run(t, fault{}, r.testArgs(fixtures)...)
				c.judge(t, what+", the first run", o)
				lost += strings.Count(o.output, "cachetest: miss")
				c.again(t, r, what, fixtures)
			}
			t.Logf("%d results lost; %v", lost, &c)
		})
	}
}

func sh(t *testing.T, argv ...string) {
	t.Helper()
	if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", argv, err, out)
	}
}
