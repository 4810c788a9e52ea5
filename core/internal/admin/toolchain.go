package admin

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
)

// buildFlags are the flags of go test that show in what it builds.
var buildFlags = []string{"-race", "-msan", "-asan", "-tags", "-trimpath", "-ldflags", "-gcflags", "-asmflags"}

// buildVariables are the variables that do.
var buildVariables = []string{"CGO_ENABLED", "GO386", "GOAMD64", "GOARM", "GOARM64", "GOMIPS", "GOMIPS64", "GOPPC64", "GORISCV64", "GOWASM"}

// AskGo lets the inspector compare with the go command that tests would be run
// with here, and with what a plain go test would build with, as far as that tells.
func (v *Inspector) AskGo() {
	args := append([]string{"env", "-json", "GOVERSION", "GOOS", "GOARCH", "GOFLAGS", "GOROOT"}, buildVariables...)
	out, err := exec.Command("go", args...).Output()
	var env map[string]string
	if err != nil || json.Unmarshal(out, &env) != nil || env["GOVERSION"] == "" {
		return
	}
	build := flagsOf(env["GOFLAGS"])
	for _, name := range buildVariables {
		if env[name] != "" {
			build[name] = env[name]
		}
	}
	if env["GOROOT"] != "" {
		v.setGoBin(filepath.Join(env["GOROOT"], "bin"))
	}
	v.inUse, v.plain = env["GOVERSION"]+" "+env["GOOS"]+"/"+env["GOARCH"], build
}

// flagsOf returns the build flags in GOFLAGS, those that are not set too. What
// is in quotes nobody puts there but -ldflags and its like, of which nothing is
// said then.
func flagsOf(goflags string) map[string]string {
	build := map[string]string{}
	if strings.ContainsAny(goflags, `'"`) {
		return build
	}
	for _, flag := range buildFlags {
		build[flag] = ""
	}
	for _, arg := range strings.Fields(goflags) {
		name, value, hasValue := strings.Cut("-"+strings.TrimLeft(arg, "-"), "=")
		if _, known := build[name]; !known {
			continue
		}
		switch {
		case !hasValue:
			value = "true"
		case value == "false":
			value = ""
		}
		build[name] = value
	}
	if build["-trimpath"] != "" {
		build["-ldflags"] = "" // left out of what the binary tells
	}
	return build
}
