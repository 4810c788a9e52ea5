// Command wordcount counts the words of its standard input.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	words := bufio.NewScanner(os.Stdin)
	words.Split(bufio.ScanWords)
	n := 0
	for words.Scan() {
		n++
	}
	fmt.Println(n)
}
