//go:build !amd64

package asmname

import "example.com/adv/asmname/held"

func Read() int64 { return held.V }
