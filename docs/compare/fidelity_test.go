package compare

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

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
	names := []string{"snapshot", "gob", "json", "cbor", "msgpack"}
	heads, rule := strings.Join(names, " | "), "|---|"+strings.Repeat("---|", len(names))
	rows := make([]string, len(matrix.Rows()))
	sums := map[string]map[string]int{exact: {}, different: {}, refusal: {}, dead: {}}
	for _, name := range names {
		for i, outcome := range fidelityOf(name, len(rows)) {
			rows[i] += " | " + outcome
			sums[outcome][name]++
		}
	}
	fmt.Printf("| | %s |\n%s\n", heads, rule)
	for _, outcome := range []string{exact, different, refusal, dead} {
		fmt.Printf("| **%s**", outcome)
		for _, name := range names {
			fmt.Printf(" | %d", sums[outcome][name])
		}
		fmt.Println(" |")
	}
	fmt.Printf("\n| value | %s | why it is here |\n%s---|\n", heads, rule)
	for i, row := range matrix.Rows() {
		fmt.Printf("| %s%s | %s |\n", row.Name, rows[i], row.Why)
	}
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
		outcomes = append(outcomes, strings.Fields(string(out))...)
		if len(outcomes) < rows {
			outcomes = append(outcomes, dead)
		}
	}
	return outcomes
}

// rowsFrom prints the outcome of each row from the first on.
func rowsFrom(l library, first int) {
	debug.SetMaxStack(8 << 20)
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
	if err == nil {
		err = l.decode(data, got)
	}
	if err != nil {
		return refusal
	}
	if !same(want, got) || row.Refused { // a copy of what is not data, however alike
		return different
	}
	return exact
}
