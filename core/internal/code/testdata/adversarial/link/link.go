package link

import (
	_ "unsafe"

	_ "example.com/adv/link/target"
)

//go:linkname pulled example.com/adv/link/target.hidden
func pulled() string

func received() string

func Both() string { return pulled() + received() }
