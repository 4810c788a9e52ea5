package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/snapshot"
	"github.com/fixturecache/fixturecache/core/internal/snapshot/testdata/matrix"
)

// Outcomes of a row.
const (
	exact     = "exact"
	different = "DIFFERENT" // no error, and not the value that was stored
	refusal   = "error"
	dead      = "dies" // overflows its stack, or never ends
)

// fidelity prints what each library makes of each row of the matrix.
func fidelity() {
	rows := matrix.Rows()
	var columns [][]string
	names := []string{"snapshot", "gob", "json", "cbor", "msgpack"}
	for _, name := range names {
		columns = append(columns, fidelityOf(name, len(rows)))
	}
	fmt.Println("| | " + strings.Join(names, " | ") + " |")
	fmt.Println("|---|" + strings.Repeat("---|", len(names)))
	for _, outcome := range []string{exact, different, refusal, dead} {
		fmt.Printf("| **%s**", outcome)
		for _, c := range columns {
			fmt.Printf(" | %d", count(c, outcome))
		}
		fmt.Println(" |")
	}
	fmt.Println()
	fmt.Println("| value | " + strings.Join(names, " | ") + " | why it is here |")
	fmt.Println("|---|" + strings.Repeat("---|", len(names)+1))
	for i, row := range rows {
		fmt.Printf("| %s", row.Name)
		for _, c := range columns {
			fmt.Print(" | ", c[i])
		}
		fmt.Printf(" | %s |\n", row.Why)
	}
}

func count(list []string, s string) (n int) {
	for _, l := range list {
		if l == s {
			n++
		}
	}
	return n
}

// fidelityOf runs rows in a child, and in another from the next row on where a
// row kills it.
func fidelityOf(lib string, rows int) []string {
	var outcomes []string
	for len(outcomes) < rows {
		ctx, cancel := context.WithTimeout(context.Background(), 6*time.Second)
		cmd := exec.CommandContext(ctx, os.Args[0], "rows", lib, strconv.Itoa(len(outcomes)))
		cmd.Env = append(os.Environ(), "GOTRACEBACK=none") // a report of a full stack takes seconds
		out, _ := cmd.Output()
		cancel()
		lines := bufio.NewScanner(strings.NewReader(string(out)))
		for lines.Scan() {
			outcomes = append(outcomes, lines.Text())
		}
		if len(outcomes) < rows {
			outcomes = append(outcomes, dead)
		}
	}
	return outcomes
}

// rowsFrom prints the outcome of each row from the first on.
func rowsFrom(lib string, first int) {
	debug.SetMaxStack(8 << 20)
	l := find(lib)
	for _, row := range matrix.Rows()[first:] {
		fmt.Println(outcome(l, row))
	}
}

func outcome(l library, row matrix.Row) (result string) {
	defer func() {
		if recover() != nil {
			result = refusal
		}
	}()
	want, got := row.New(), row.Zero()
	data, err := l.encode(want)
	if err != nil {
		return refusal
	}
	if err := l.decode(data, got); err != nil {
		return refusal
	}
	if _, same := snapshot.Diff(want, got); !same {
		return different
	}
	if row.Refused {
		return different // a copy of what is not data, however alike
	}
	return exact
}
