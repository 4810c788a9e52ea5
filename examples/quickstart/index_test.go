package quickstart

import (
	"os"
	"testing"

	"github.com/fixturecache/fixturecache/cachetest"
)

// index is what the tests share: it takes seconds to build, and nothing of
// what it depends on changes from one run to the next.
func index(t *testing.T) *Index {
	return cachetest.Memo(t, "index", func() (*Index, error) {
		f, err := os.Open("testdata/vocabulary.txt")
		if err != nil {
			return nil, err
		}
		defer f.Close()
		docs, err := Generate(f, 50_000)
		if err != nil {
			return nil, err
		}
		return NewIndex(docs), nil
	})
}

func TestSearch(t *testing.T) {
	ix := index(t)
	both := ix.Search("amber00", "basalt01")
	if len(both) == 0 {
		t.Fatal("no document holds both words")
	}
	for _, doc := range both {
		if len(ix.Docs[doc]) == 0 {
			t.Errorf("document %d is empty", doc)
		}
	}
}

func TestSearchUnknown(t *testing.T) {
	if got := index(t).Search("nowhere"); len(got) != 0 {
		t.Errorf("got documents %v", got)
	}
}
