//go:build !unix

package memo

// umask is what unix alone has.
func umask() int { return 0 }
