// Generator is a program as go generate runs them: it makes a table of prime
// numbers, which takes a while, and writes it as Go source. Through package
// memo it makes the table again only when something that it depends on has
// changed, and says which it did.
//
//	go run ./examples/generator -limit 3000000 -o primes.go
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/fixturecache/fixturecache/core/memo"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("generator: ")
	limit := flag.Int("limit", 3_000_000, "the table ends below this `number`")
	out := flag.String("o", "", "write to this `file` instead of standard output")
	header := flag.String("header", "", "a `file` with what stands at the top, if any")
	flag.Parse()
	source, err := generate(context.Background(), *limit, *header)
	if err != nil {
		log.Fatal(err)
	}
	if *out == "" {
		fmt.Print(source)
	} else if err := os.WriteFile(*out, []byte(source), 0o644); err != nil {
		log.Fatal(err)
	}
}

// generate returns the source, stored or made. A program has to declare what it
// reads, as nothing records it: its own content counts for its code.
func generate(ctx context.Context, limit int, header string) (string, error) {
	cache, err := memo.Open(memo.Config{SHA256: true})
	if err != nil {
		log.Print(err)
		cache = memo.Disabled(err) // works, and takes its time
	}
	spec := memo.Spec{
		Key:          "primes",
		Values:       []memo.Value{{Name: "limit", Value: limit}},
		DeclaredOnly: true,
		Notify:       func(e memo.Event) { log.Print(e.Text()) },
	}
	if header != "" {
		spec.Values = append(spec.Values, memo.Value{Name: "header", Value: memo.Path(header)})
	}
	return memo.Get(ctx, cache, spec, func() (string, error) {
		top := ""
		if header != "" {
			data, err := os.ReadFile(header)
			if err != nil {
				return "", err
			}
			top = string(data)
		}
		return top + table(limit), nil
	})
}

func table(limit int) string {
	composite := make([]bool, limit)
	var b strings.Builder
	b.WriteString("package primes\n\nvar Table = []int{")
	for n := 2; n < limit; n++ {
		if composite[n] {
			continue
		}
		fmt.Fprintf(&b, "%d, ", n)
		for m := n * n; m < limit; m += n {
			composite[m] = true
		}
	}
	b.WriteString("}\n")
	return b.String()
}
