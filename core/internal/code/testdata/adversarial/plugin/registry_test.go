package plugin_test

import (
	"testing"

	_ "example.com/adv/plugin"
	_ "example.com/adv/plugin/byvar"
	"example.com/adv/registry"
)

// Registries that blank imports and var _ fill.
func TestRegistry(t *testing.T) {
	if registry.Make("plugin")+registry.Make("byvar") == "" {
		t.Fatal()
	}
}

func TestUnrelated(t *testing.T) { unrelated() }

func unrelated() string { return "nobody else calls this" }
