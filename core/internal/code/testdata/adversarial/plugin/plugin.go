package plugin

import "example.com/adv/registry"

func init() { registry.Register("plugin", build) }

func build() string { return helper() + "plugin" }

func helper() string { return "made by " }
