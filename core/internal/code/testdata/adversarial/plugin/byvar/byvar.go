package byvar

import "example.com/adv/registry"

var _ = registry.Register("byvar", build)

func build() string { return "by var" }
