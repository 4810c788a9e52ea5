package helper

import "github.com/fixturecache/fixturecache/core/internal/source"

// Memo stands for the real one: it says what is known of fn.
func Memo[T any](key string, fn func() (T, error), opts ...string) (source.Func, source.Site) {
	f, err := source.Find(fn)
	if err != nil {
		panic(err)
	}
	site, err := source.Caller(0)
	if err != nil {
		panic(err)
	}
	return f, site
}

func Make(n int) int { return n * factor }

const factor = 3

// Users calls Memo with a literal that captures a parameter.
func Users(n int) (source.Func, source.Site) {
	return Memo("users", func() (int, error) { return Make(n), nil })
}
