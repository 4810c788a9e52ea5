package snapshot

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/snapshot/testdata/matrix"
	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

const matrixEnv = "SNAPSHOT_MATRIX" // "store DIR" or "load DIR": the child's part

// TestMatrix stores every row in one process and loads it in another.
func TestMatrix(t *testing.T) {
	if task, dir, ok := strings.Cut(os.Getenv(matrixEnv), " "); ok {
		runMatrix(t, task, dir)
		return
	}
	if n := len(matrix.Rows()); n < 200 {
		t.Errorf("%d rows", n)
	}
	dir := t.TempDir()
	for _, task := range []string{"store", "load"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestMatrix$", "-test.count=1")
		if emulator := os.Getenv("CACHETEST_EMULATOR"); emulator != "" { // which this process runs under
			cmd = exec.Command(emulator, cmd.Args...)
		}
		cmd.Env = append(os.Environ(), matrixEnv+"="+task+" "+dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", task, err, out)
		}
	}
}

func runMatrix(t *testing.T, task, dir string) {
	for i, row := range matrix.Rows() {
		t.Run(row.Name, func(t *testing.T) {
			file := filepath.Join(dir, fmt.Sprint(i))
			if task == "store" {
				storeRow(t, row, file)
			} else {
				loadRow(t, row, file)
			}
		})
	}
}

func storeRow(t *testing.T, row matrix.Row, file string) {
	ptr := row.New()
	data, err := Default().RoundTrip(ptr, row.Zero())
	var refused *RefusedError
	switch {
	case errors.As(err, &refused) && !sentinelsSeen && strings.Contains(err.Error(), matrix.Unseen):
		return
	case err == nil && row.Refused:
		t.Fatal("stored, want a refusal")
	case err != nil && !errors.As(err, &refused):
		t.Fatal(err)
	case err != nil && (!row.Refused || !strings.HasPrefix(err.Error(), row.Want)):
		t.Fatalf("%v\nwant %q", err, row.Want)
	case err != nil:
		return
	}
	if again, err := Default().Marshal(row.New()); err != nil || string(again) != string(data) {
		t.Errorf("made again, the value has other bytes (%v)", err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func loadRow(t *testing.T, row matrix.Row, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		return // refused
	}
	got := row.Zero()
	err = Default().Unmarshal(data, got)
	if errors.Is(err, ErrUnknownType) && len(typeid.Linked("errors.errorString")) == 0 {
		return // a miss: this build cannot ask the linker
	}
	if err != nil {
		t.Fatal(err)
	}
	want := row.New()
	if err := Default().Compare(want, got); err != nil {
		t.Fatalf("%v: %#v", err, got)
	}
	if d1, d2 := mustHash(t, want), mustHash(t, got); d1 != d2 {
		t.Error("loaded value has another hash")
	}
	if again, err := Default().Marshal(got); err != nil {
		t.Error(err)
	} else if stored, _ := os.ReadFile(file); string(again) != string(stored) {
		t.Error("loaded value has other bytes")
	}
}
