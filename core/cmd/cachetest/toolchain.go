package main

import (
	"os/exec"
	"strings"
)

// goToolchain returns version and platform of the go command that tests would
// be run with here, "" if there is none.
func goToolchain() string {
	out, err := exec.Command("go", "env", "GOVERSION", "GOOS", "GOARCH").Output()
	fields := strings.Fields(string(out))
	if err != nil || len(fields) != 3 {
		return ""
	}
	return fields[0] + " " + fields[1] + "/" + fields[2]
}
