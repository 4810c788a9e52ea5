// Package registry is filled by whoever is imported.
package registry

var makers = map[string]func() string{}

func Register(name string, f func() string) bool {
	makers[name] = f
	return true
}

func Make(name string) string { return makers[name]() }
