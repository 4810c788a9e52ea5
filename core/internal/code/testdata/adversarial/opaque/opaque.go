package opaque

import (
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const dir = "testdata"

func Run() error {
	return exec.Command("true").Run()
}

func Read() ([]byte, error) { return os.ReadFile(filepath.Join(dir, "in.csv")) }

func Now() time.Time { return time.Now() }

var fromInit = os.Getenv("ADV_FROM_INIT")

func FromInit() string { return fromInit }
