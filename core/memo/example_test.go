package memo_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/fixturecache/fixturecache/core/memo"
)

// A program says what its build reads, as nothing records it. The first run
// calls the function, later ones return what it made until names.txt or the
// number of rows changes.
func ExampleGet() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	cache, err := memo.Open(memo.Config{Dir: dir})
	if err != nil {
		log.Fatal(err)
	}
	const rows = 2
	spec := memo.Spec{
		Key:          "upper",
		Values:       []memo.Value{{Name: "rows", Value: rows}},
		Declare:      memo.Declared{Files: []string{"testdata/names.txt"}},
		DeclaredOnly: true,
	}
	upper, err := memo.Get(context.Background(), cache, spec, func() ([]string, error) {
		data, err := os.ReadFile("testdata/names.txt")
		return strings.Fields(strings.ToUpper(string(data)))[:rows], err
	})
	fmt.Println(upper, err)
	// Output: [AMBER BASALT] <nil>
}
