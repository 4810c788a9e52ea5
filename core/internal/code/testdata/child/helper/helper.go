package helper

import "github.com/fixturecache/fixturecache/core/internal/code"

// Memo stands for the real one: it says what is known of fn.
func Memo[T any](key string, fn func() (T, error), opts ...string) (code.Func, code.Site) {
	f, err := code.Find(fn)
	if err != nil {
		panic(err)
	}
	site, err := code.Caller(0)
	if err != nil {
		panic(err)
	}
	return f, site
}

func Make(n int) int { return n * factor }

const factor = 3

// Users calls Memo with a literal that captures a parameter.
func Users(n int) (code.Func, code.Site) {
	return Memo("users", func() (int, error) { return Make(n), nil })
}
