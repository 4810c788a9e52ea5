// Greet greets each line of a file.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
)

var greeting = "hello"

func main() {
	f, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fmt.Println(greeting, lines.Text())
	}
}
