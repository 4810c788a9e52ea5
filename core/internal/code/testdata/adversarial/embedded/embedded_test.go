package embedded

import "testing"

func TestFile(t *testing.T) { _ = A }

func TestDir(t *testing.T) { _, _ = Dir.ReadFile("data/b.txt") }
