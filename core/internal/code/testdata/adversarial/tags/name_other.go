//go:build !linux

package tags

func name() string { return other() }

func other() string { return "other" }
