//go:build !unix

package process

// Umask is what unix alone has.
func Umask() int { return 0 }
