package std

import (
	"slices"
	"strings"
	"sync"
)

// What is known by name stands as text that is taken apart when it is first
// asked for. Maps would be made each time a test binary starts, for runs that
// find everything in the cache too.

// A Words is a set of words.
type Words struct {
	Text string
	once sync.Once
	set  map[string]bool
}

// Has reports whether the set holds a word.
func (s *Words) Has(word string) bool {
	s.once.Do(func() {
		s.set = map[string]bool{}
		for w := range strings.FieldsSeq(s.Text) {
			s.set[w] = true
		}
	})
	return s.set[word]
}

// A Names holds names by package. Each line of its text is a path and
// names; "*" stands for all of a package.
type Names struct {
	Text  string
	once  sync.Once
	names map[string][]string
}

// Of returns the names of a package.
func (t *Names) Of(path string) []string {
	t.once.Do(func() {
		t.names = map[string][]string{}
		for line := range strings.Lines(t.Text) {
			if words := strings.Fields(line); len(words) > 0 {
				t.names[words[0]] = append(t.names[words[0]], words[1:]...)
			}
		}
	})
	return t.names[path]
}

// Has reports whether the table holds a name of a package.
func (t *Names) Has(path, name string) bool {
	list := t.Of(path)
	return slices.Contains(list, name) || slices.Contains(list, "*")
}
