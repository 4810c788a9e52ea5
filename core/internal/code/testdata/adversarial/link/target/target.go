package target

import _ "unsafe"

func hidden() string { return inside() }

func inside() string { return "pulled" }

// Push
//
//go:linkname pushed example.com/adv/link.received
func pushed() string { return "pushed" }
