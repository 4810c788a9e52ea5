//go:build !unix

package process

// umask is what unix alone has.
func umask() int { return 0 }
