// Package quickstart is a small search engine whose tests need a large index.
package quickstart

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
)

// An Index finds the documents that hold a word.
type Index struct {
	Docs  []string
	Words map[string][]int // documents by word, in ascending order
}

// Generate makes n documents of words drawn from a vocabulary, one word to a
// line. The same vocabulary gives the same documents.
func Generate(vocabulary io.Reader, n int) ([]string, error) {
	var words []string
	lines := bufio.NewScanner(vocabulary)
	for lines.Scan() {
		if word := strings.TrimSpace(lines.Text()); word != "" {
			words = append(words, word)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("the vocabulary is empty")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	docs := make([]string, n)
	for i := range docs {
		var text strings.Builder
		for range 60 {
			// Common words are common: the square of a uniform number is small
			// more often than not.
			x := rng.Float64()
			text.WriteString(words[int(x*x*float64(len(words)))])
			fmt.Fprintf(&text, "%02d ", rng.IntN(100))
		}
		docs[i] = text.String()
	}
	return docs, nil
}

// NewIndex indexes documents.
func NewIndex(docs []string) *Index {
	ix := &Index{Docs: docs, Words: map[string][]int{}}
	for i, doc := range docs {
		for word := range strings.FieldsSeq(doc) {
			list := ix.Words[word]
			if len(list) == 0 || list[len(list)-1] != i {
				ix.Words[word] = append(list, i)
			}
		}
	}
	return ix
}

// Search returns the documents that hold all of the words.
func (ix *Index) Search(words ...string) []int {
	var found []int
	for n, word := range words {
		list := ix.Words[word]
		if n == 0 {
			found = slices.Clone(list)
			continue
		}
		found = slices.DeleteFunc(found, func(doc int) bool {
			_, ok := slices.BinarySearch(list, doc)
			return !ok
		})
	}
	return found
}
