//go:build !unix

package process

// umask returns 0: only unix has a umask.
func umask() int { return 0 }
