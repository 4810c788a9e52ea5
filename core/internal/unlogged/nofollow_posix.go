//go:build unix && !dragonfly && !freebsd && !netbsd

package unlogged

import "syscall"

// errLink is what open(2) says of a link that it is not to follow.
const errLink = syscall.ELOOP
