//go:build extra

package tags

func init() { suffix = func() string { return "extra" } }
