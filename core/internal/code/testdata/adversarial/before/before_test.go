package before

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	Get()
	os.Exit(m.Run())
}

func TestGet(t *testing.T) { _ = Get() }
