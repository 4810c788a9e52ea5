package tags

import "testing"

func TestName(t *testing.T) { _ = Name() }
