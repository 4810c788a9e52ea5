//go:build !unix

package engine

// umask is what unix alone has.
func umask() int { return 0 }
