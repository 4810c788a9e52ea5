package compare

import (
	"fmt"
	"time"
)

// workloads are the values by their names, workloadNames the order of the table.
var (
	workloadNames = []string{"bytes", "floats", "matrix", "map", "tree", "users", "graph", "dag"}
	workloads     = map[string]func(what, lib, file string) result{
		"bytes":  measure(func() []byte { return fill(64<<20, func(i int) byte { return byte(i * i >> 3) }) }),
		"floats": measure(func() []float64 { return fill(8e6, func(i int) float64 { return float64(i) / 3 }) }),
		"matrix": measure(func() [][]float32 {
			return fill(1e5, func(i int) []float32 { return fill(128, func(j int) float32 { return float32(i*j) / 7 }) })
		}),
		"map":   measure(func() map[string]int { return buildMap(1e6) }),
		"tree":  measure(func() *Tree { return buildTree(1e6, 0) }),
		"users": measure(func() []User { return buildUsers(1e6) }),
		"graph": measure(func() []*Node { return buildGraph(2e5) }),
		"dag":   measure(func() []*Node { return buildDAG(2e5) }),
	}
)

// fill returns a slice of what at returns of each index.
func fill[T any](n int, at func(i int) T) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = at(i)
	}
	return list
}

// Tree, User and Graph have exported fields only, so that every library can
// take part.
type Tree struct {
	Left, Right *Tree
	Key, Value  int64
}

type User struct {
	ID      int64
	Name    string
	Email   string
	Age     int32
	Active  bool
	Score   float64
	Created time.Time
	Tags    []string
	Attrs   map[string]string
}

type Node struct {
	ID    int
	Label string
	Edges []*Node
}

func buildMap(n int) map[string]int {
	m := make(map[string]int, n)
	for i := range n {
		m[fmt.Sprint("key-", i)] = i
	}
	return m
}

func buildTree(n int64, lo int64) *Tree {
	if n == 0 {
		return nil
	}
	left := (n - 1) / 2
	return &Tree{buildTree(left, lo), buildTree(n-1-left, lo+left+1), lo + left, n}
}

func buildUsers(n int) []User {
	tags := []string{"admin", "staff", "guest", "beta", "legacy"}
	users := make([]User, n)
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range users {
		users[i] = User{
			ID: int64(i), Name: fmt.Sprintf("User %d", i), Email: fmt.Sprintf("user%d@example.com", i),
			Age: int32(i % 90), Active: i%3 == 0, Score: float64(i) / 7,
			Created: start.Add(time.Duration(i) * time.Minute),
			Tags:    []string{tags[i%5], tags[(i+1)%5]},
			Attrs:   map[string]string{"plan": tags[i%5], "region": fmt.Sprint("eu-", i%10)},
		}
	}
	return users
}

// buildGraph makes n nodes in rings with chords: shared and cyclic.
func buildGraph(n int) []*Node {
	nodes := make([]*Node, n)
	for i := range nodes {
		nodes[i] = &Node{ID: i, Label: fmt.Sprint("node ", i)}
	}
	for i, nd := range nodes {
		nd.Edges = []*Node{nodes[(i+1)%n], nodes[(i*7+3)%n], nodes[(i*31+5)%n]}
	}
	return nodes
}

// buildDAG makes n nodes that share others, without cycles.
func buildDAG(n int) []*Node {
	nodes := make([]*Node, n)
	for i := range nodes {
		nodes[i] = &Node{ID: i, Label: fmt.Sprint("node ", i)}
		if i > 0 {
			nodes[i].Edges = []*Node{nodes[0]}
		}
	}
	return nodes
}
