package cachetest

import "github.com/fixturecache/fixturecache/core/memo"

// Wrap is for packages whose TestMain asks for fixtures before it calls m.Run:
//
//	func TestMain(m *testing.M) { os.Exit(cachetest.Wrap(m).Run()) }
//
// It tells the go command what those fixtures depend on, which go test's own
// result cache would not learn of otherwise. Other packages need no TestMain.
func Wrap(m interface{ Run() int }) interface{ Run() int } { return wrapped{m} }

type wrapped struct{ m interface{ Run() int } }

func (w wrapped) Run() int { return memo.Main(w.m.Run) }
