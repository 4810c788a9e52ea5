//go:build linux && amd64

package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A place is a file system, or a limit, that fixtures meet. Its script runs in a
// mount namespace of its own; $STORE, $TMPDIR and $N are what it may change.
type odd struct {
	name   string
	script string
	sizes  []int  // for $N
	warm   bool   // all is stored before
	user   bool   // as another user than root
	undo   string // run outside afterwards
}

// sizes are so many numbers, from one on, in steps.
func sizes(from, step, n int) (all []int) {
	for i := range n {
		all = append(all, from+i*step)
	}
	return all
}

var oddities = []odd{
	{name: "a store of N kB", script: `mkdir -p "$STORE"; mount -t tmpfs -o size=${N}k,mode=700 none "$STORE"`, sizes: sizes(4, 4, 160)},
	{name: "a store of N inodes", script: `mkdir -p "$STORE"; mount -t tmpfs -o nr_inodes=$N,mode=700 none "$STORE"`, sizes: sizes(1, 1, 80)},
	{name: "a temporary directory of N kB", script: `mount -t tmpfs -o size=${N}k none "$TMPDIR"`, sizes: sizes(4, 4, 160)},
	{name: "a temporary directory of N inodes", script: `mount -t tmpfs -o nr_inodes=$N none "$TMPDIR"`, sizes: sizes(1, 1, 40)},
	{name: "N descriptors", script: `ulimit -n $N`, sizes: sizes(3, 1, 40)},
	{name: "N descriptors, warm", script: `ulimit -n $N`, sizes: sizes(3, 1, 40), warm: true},
	// Below, package testing cannot write the log that go test asks for.
	{name: "files of N blocks", script: `ulimit -f $N`, sizes: sizes(64, 8, 40)},
	{name: "a store that may be read only", script: `mount --bind "$STORE" "$STORE" && mount -o remount,ro,bind "$STORE"`, sizes: sizes(1, 1, 1), warm: true},
	{name: "an empty store that may be read only", script: `mkdir -p "$STORE"; mount --bind "$STORE" "$STORE" && mount -o remount,ro,bind "$STORE"`, sizes: sizes(1, 1, 1)},
	{name: "a temporary directory that may be read only", script: `mount -t tmpfs -o ro none "$TMPDIR"`, sizes: sizes(1, 1, 1)},
	{name: "directories of mode 0555", script: `find "$STORE" -type d -exec chmod 0555 {} +`, sizes: sizes(1, 1, 1), warm: true, user: true, undo: `chmod -R u+w "$STORE"`},
	{name: "a temporary directory of mode 0555", script: `chmod 0555 "$TMPDIR"`, sizes: sizes(1, 1, 1), user: true, undo: `chmod u+w "$TMPDIR"`},
	{name: "a store that cannot be changed", script: `find "$STORE" ! -type l -exec chattr +i {} +`, sizes: sizes(1, 1, 1), warm: true, undo: `find "$STORE" ! -type l -exec chattr -i {} +`},
	{name: "directories to which can only be appended", script: `find "$STORE" -type d -exec chattr +a {} +`, sizes: sizes(1, 1, 1), warm: true, undo: `find "$STORE" -type d -exec chattr -a {} +`},
	{name: "an overlay", script: `mkdir -p "$ROOT/over" "$STORE"; mount -t tmpfs none "$ROOT/over"; mkdir "$ROOT/over/upper" "$ROOT/over/work"; chmod 700 "$ROOT/over/upper"; mount -t overlay -o lowerdir="$STORE",upperdir="$ROOT/over/upper",workdir="$ROOT/over/work" none "$STORE"`, sizes: sizes(1, 1, 1), warm: true},
	{name: "no /proc", script: `mount -t tmpfs none /proc`, sizes: sizes(1, 1, 1)},
	{name: "a file in the place of the store", script: `echo >"$STORE"`, sizes: sizes(1, 1, 1), undo: `rm "$STORE"`},
	{name: "a file in the place of the temporary directory", script: `rm -r "$TMPDIR"; echo >"$TMPDIR"`, sizes: sizes(1, 1, 1), undo: `rm "$TMPDIR"; mkdir "$TMPDIR"`},
	{name: "no temporary directory", script: `rm -r "$TMPDIR"`, sizes: sizes(1, 1, 1), undo: `mkdir "$TMPDIR"`},
}

// TestFileSystems runs fixtures on full and odd file systems, and without them
// again: no test fails but by its own access to a file.
func TestFileSystems(t *testing.T) {
	whole(t)
	needsRoot(t)
	needs(t, "unshare", "mount", "setpriv", "chattr")
	if err := os.Chmod(scratch, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, o := range oddities {
		t.Run(o.name, func(t *testing.T) {
			var c count
			warm := ""
			if o.warm {
				warm = fixtures
			}
			var tries []int
			for _, i := range spread(len(o.sizes)) {
				tries = append(tries, o.sizes[i-1])
			}
			each(t, warm, tries, func(r *room, n int) {
				r.begin(t)
				what := fmt.Sprintf("%s, N=%d", o.name, n)
				got := r.run(t, fault{}, r.on(t, o, n)...)
				c.add(&c.cases)
				if strings.Contains(got.output, "NO SUCH FAULT") {
					t.Logf("not here: %s", got.output)
				} else {
					c.add(&c.reached)
					if !got.ok() && !got.hung {
						off := *r
						off.env = append(r.env[:len(r.env):len(r.env)], "CACHETEST=off")
						if without := off.run(t, fault{}, r.on(t, o, n)...); !without.ok() {
							got.output += "OWN ERROR without the cache as well"
						}
					}
					c.judge(t, what, got)
				}
				if o.undo != "" {
					undo := exec.Command("sh", "-c", o.undo)
					undo.Env = append(r.env, "STORE="+r.store)
					if out, err := undo.CombinedOutput(); err != nil {
						t.Errorf("%v\n%s", err, out)
					}
				}
				if o.user {
					chown(t, r.root, 0)
				}
				c.afterFault(t, r, what, fixtures)
			})
			t.Log(&c)
		})
	}
}

// on returns the command line of the tests on an odd file system.
func (r *room) on(t *testing.T, o odd, n int) []string {
	t.Helper()
	as := ""
	if o.user {
		chown(t, r.root, 12345)
		as = "setpriv --reuid=12345 --clear-groups "
	}
	script := fmt.Sprintf(`ROOT=%q STORE=%q N=%d; { %s; } || { echo NO SUCH FAULT; exit 1; }; exec %s"$0" "$@"`, r.root, r.store, n, o.script, as)
	return append([]string{"/usr/bin/unshare", "-m", "sh", "-c", script}, r.testArgs(fixtures)...)
}

func chown(t *testing.T, dir string, uid int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, uid, -1)
	})
	if err != nil {
		t.Error(err)
	}
}
