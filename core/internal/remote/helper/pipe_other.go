//go:build !unix

package helper

func ignoreBrokenPipe() {}
