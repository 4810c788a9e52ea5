package state

import (
	"os"
	"sync"
)

type config struct{ rows int }

var std = &config{}

func Default() *config { return std }

func DefaultRows() int { return Default().rows }

var byName = map[string]*config{"a": {}}

func Named(name string) *config {
	c := byName[name]
	return c
}

func NamedRows() int { return Named("a").rows }

var queue = make(chan int, 1)

func Receive() int { return <-queue }

var (
	one = config{}
	all = []*config{&one}
)

func One() int { return one.rows }

var value = config{}

func Copy() config { return value }

func CopyRows() int { return Copy().rows }

var hooked int

var hook = func() { hooked = 5 }

func Hooked() int { return hooked }

var text = sync.OnceValue(func() string {
	data, _ := os.ReadFile("text")
	return string(data)
})

func Once() string { return text() }
