package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// newFlags returns the flags that all verbs have.
func newFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.String("C", "", "run in this `directory`")
	return flags
}

// chdir goes to the directory that -C names.
func chdir(flags *flag.FlagSet) error {
	dir := flags.Lookup("C").Value.String()
	if dir == "" {
		return nil
	}
	return os.Chdir(dir)
}

// allFlag defines -all, of the verbs that look at fixtures.
func (c *command) allFlag() {
	c.flags.BoolVar(&c.all, "all", false, "the fixtures of the whole store, not those of this module")
}

// maxNearest is how many similar names an error shows.
const maxNearest = 3

// nearestText is the end of an error about an unknown name: the names that
// look most like it.
func nearestText(name string, names []string) string {
	near := nearest(name, names)
	if len(near) == 0 {
		return ""
	}
	return fmt.Sprintf(" (nearest: %s)", strings.Join(near, ", "))
}

// nearest returns the names that a typing error may have made name of, or
// which contain it.
func nearest(name string, names []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var found []candidate
	for _, other := range names {
		d := distance(strings.ToLower(name), strings.ToLower(other))
		if strings.Contains(strings.ToLower(other), strings.ToLower(name)) {
			d = 1
		}
		if d <= 1+len(name)/3 {
			found = append(found, candidate{other, d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return a.distance - b.distance })
	var near []string
	for _, c := range found[:min(len(found), maxNearest)] {
		near = append(near, c.name)
	}
	return near
}

// distance is the number of runes to insert, remove, change or swap with
// their neighbour to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	older, old, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		older, old, row = old, row, older
		row[0] = i + 1
		for j := range y {
			change := 1
			if x[i] == y[j] {
				change = 0
			}
			row[j+1] = min(old[j]+change, old[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
	}
	return row[len(y)]
}
