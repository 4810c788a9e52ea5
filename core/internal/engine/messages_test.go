package engine

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// shownAs is how each code shows in a test's log, in the words of the scripts,
// whose patterns are regular expressions. A message that nobody ever ran may
// say anything.
var shownAs = map[string]string{
	"first":             `first run`,
	"refresh":           `Refresh\(\) asks for it`,
	"expired":           `not built in the last`,
	"record.damaged":    `record [0-9a-f-]+ is damaged`,
	"object.damaged":    `object [0-9a-f]+ is damaged`,
	"object.missing":    `object [0-9a-f]+ is missing`,
	"value.unreadable":  `cannot be read back`,
	"options.changed":   `declared inputs changed:`,
	"version.changed":   `version changed: 1 -> 2`,
	"toolchain.changed": `toolchain -trimpath`,
	"code.changed":      `test binary changed`,
	"fn.changed":        `another build function:`,
	"type.changed":      `type `,
	"value.changed":     `first run for rows=5000`,
	"setting.changed":   `-short changed: false -> true`,
	"checkout.changed":  `checkout changed:`,
	"workdir.changed":   `working directory changed: chdir/d1 -> chdir/d2`,
	"env.changed":       `env GREETING changed`,
	"tool.changed":      `tool greet changed`,
	"module.changed":    `module example.com/dep v1.0.0`,
	"file.modified":     `in.csv modified \(4 B -> 7 B\)`,
	"file.added":        `new.txt added`,
	"file.removed":      `in.csv removed`,
	"file.type":         `was a file and is a directory`,
	"file.mode":         `now executable`,
	"file.link":         `link link.txt changed: target1.txt -> target2.txt`,
	"digest.changed":    `the digests of inputs changed: xxhash64 -> sha256`,
	"remote.refused":    `it is refused: it is not signed`,
	"child.changed":     `fixture "schema" changed: file testdata/schema.sql modified`,

	"mode":        `NoStore\(\) asks for it`,
	"store":       `cannot be written to:`,
	"output":      `an \*x509.CertPool cannot be stored`,
	"failed":      `the test failed while the build function ran`,
	"capture":     `which is not part of the key: add cachetest.With`,
	"command":     `what commands and system calls read cannot be seen`,
	"changed":     `changed while the build function ran`,
	"too-new":     `is too new`,
	"recording":   `what it reads is not recorded`,
	"temporary":   `its value holds the temporary path`,
	"system-file": `was read, and what is in /proc is no file that stays`,
	"stdin":       `it can read the standard input, which is no file that stays`,
	"child":       `which is not stored`,
	"variable":    `-shuffle=on runs the tests in an order that is not known`,
	"init":        `before the tests began`,
	"unreadable":  `cannot be read by its path, so that no change of it would be seen`,
	"hidden":      `m.raw can come to syscall.Stat`,
}

// shownErrors are the messages of misuse and of modes.
var shownErrors = []string{
	`the key is empty`, `is not one line of text`, `one key for two types`, `one key for two functions`,
	`matches nothing in`, `is malformed`, `cannot be part of a key`, `two values are named "n", by With or as the argument of Call: give each a name of its own`,
	`a name is one line of text, without slashes and not empty`, `the path is empty`, `share memory in another way`, `not the name of an environment variable`, `not one of closure, package, binary, none`,
	`and would wait for itself`, `the build function is nil`, `an age is not negative`, `other code had got it before, and may have left it in a variable`, `CACHETEST=require: miss`, `is not one of on, off`,
	`is not a record of this version of cachetest`, `built again is another value`, `verified "n"`, `built without the cache`, `is not an absolute path`,
	`others can write to it`, `belongs to another user`, `waiting for process`,
	`the build function left app.db-wal beside app.db`, `the build function made no file`, `something else than a file: use Dir`, `the build function removed its directory`,
	`something else than a directory`, `what it made cannot be kept: s is a socket`, `holds the temporary path`,
	`is another tree \(a/r modified\)`, `nor a pattern of packages`, `not the path of one package`, `no main packages to build`,
	`tool greet is not found any more`,
	`which it was not seen to read: a change of it is no miss`, `\(\*T\)\(nil\)`, `gen is a function: make it inside`, `ctx is an interface: make it inside`,
	`dir names a temporary directory or file: make it inside the build function, or use Dir`, `is not in scope at the call: write the build function there, where With or the key tells it, or pass it by Call`,
	`now differs from run to run: make it inside`, `the build function asks t.Failed`, `for what is there`, `is a path of another fixture: add`, `if the build function did that, let it work in`, `which fails at once if that is set`, `is of a type that is not known here: add cachetest.With`, `is not known here: hand over a function literal that calls the method`,
	`and other values of it give the same key: add`, `captures cannot be known`, `asks t.Deadline\(\)`,
	`which this process made before`, `which is gone, and may have been a link to another file`, `which is not there, in a directory that this process made before`, `was run before the build function`, `may have been run`, `or patterns where names differ from run to run`, `it runs or reads the test binary, all code of which`, `was read before the build function`,
	`the build function uses variables that it, or what it calls, may have filled before`, `as the code of the build function is not known`,
	`is set in the build function, too: declare it inside`, `is a value that must not be copied`,
	`owners and hard links changed:`, `which counts as several functions begin in the line of`, `command line changed:`, `was absent and is`, `it asks for the working directory`, `fixture "cert" expired: not built in the last 1s, but at`,
	`add import _ "github.com/fixturecache/fixturecache/cachetest/curves"`,
	`built in [0-9.]+m?s, stored in [0-9.]+m?s`, `storing it takes longer than 2s`,
	`hit "users" in`, `the build failed after`, `by way of 28 others, changed:`,
	`asked for inside a synctest bubble`, `the settings cannot be read:`, `\.cachetest\.yaml is not a file`,
	`the test binary cannot be read:`, `gone.test is another file by now`,
	`neither an executable file nor the name of one on the PATH`, `CACHETEST_LOG=log.jsonl is not an absolute path`,
	`is not recorded \(package testing keeps no log of what is read before m.Run\)`, `not a flag of go build`,
	`it makes no command`, `what it brings in cannot be seen to change`, `it changes nothing in the command`, `it builds nothing`,
	`its value belongs into the same string`, `a flag and its value are one string`, `the cache says where the command lies`,
	`from 127.0.0.1:`, `is not used any more in this process: its helper has ended:`, `first run here; on `, `there is no cachetest command to reach it with: go get -tool`,
	`it has not answered for`, `it answered with a line that is not of the protocol`, `it has other bytes than were put there`, `nothing has moved for`,
	`CACHETEST_CACHEPROG: nowhere is not a command`, `the helper does not sign, which CACHETEST_REMOTE_KEY asks for`, `does not check signatures`,
	`Local\(\) keeps it on this machine`, `which is outside the module`,
	`what is declared cannot be looked at:`, `the store cannot be made: mkdir`, `building "slow" for`, `the time of TestSlow is up`,
}

// reasonCodes are all codes that a Reason can have. They are part of the format of
// the logs.
var reasonCodes = []string{
	"first", "refresh", "expired", "record.damaged", "object.damaged", "object.missing", "value.unreadable",
	"options.changed", "version.changed", "toolchain.changed", "code.changed", "module.changed", "fn.changed", "type.changed",
	"value.changed", "setting.changed", "checkout.changed", "workdir.changed", "env.changed",
	"tool.changed", "module.changed",
	"file.modified", "file.added", "file.removed", "file.type", "file.mode", "file.link",
	"child.changed", "digest.changed", "remote.refused",
}

// notStoredCodes are the codes of EventNotStored.
var notStoredCodes = []string{
	"mode", "store", "output", "failed", "capture", "command", "changed", "too-new", "recording",
	"temporary", "system-file", "stdin", "child", "variable", "init", "hidden", "unreadable",
}

func TestEveryMessageIsInAScript(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	var expectations strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			if strings.HasPrefix(line, "[!long] s") {
				break // the rest is in the long run alone
			}
			if strings.HasPrefix(line, "stdout") || strings.HasPrefix(line, "stderr") || strings.HasPrefix(line, "[linux] stdout") {
				expectations.WriteString(line)
			}
		}
	}
	for _, code := range slices.Concat(reasonCodes, notStoredCodes) {
		text, ok := shownAs[code]
		if !ok {
			t.Errorf("code %q has no message here", code)
		} else if !strings.Contains(expectations.String(), text) {
			t.Errorf("code %q: no script expects %q", code, text)
		}
	}
	for _, text := range shownErrors {
		if !strings.Contains(expectations.String(), text) {
			t.Errorf("no script expects %q", text)
		}
	}
}

// TestCodesAreListed holds the lists of codes to the source.
func TestCodesAreListed(t *testing.T) {
	for pattern, listed := range map[string][]string{
		`\{Code: +"([a-z.]+[a-z])"[,}]`:   reasonCodes,
		`Code, [a-zA-Z., ]+= "([a-z.]+)"`: reasonCodes,
		`addFault\(file.ID, ?"([a-z.]+)"`: reasonCodes,
		`plain\("([a-z.]+)"`:              reasonCodes,
		`notStored\{"([a-z-]+)"`:          notStoredCodes,
	} {
		re, matches := regexp.MustCompile(pattern), 0
		for _, dir := range []string{".", "../admin", "../compare", "../input", "../tier"} {
			files, _ := filepath.Glob(dir + "/*.go")
			for _, file := range files {
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range re.FindAllStringSubmatch(string(data), -1) {
					if matches++; !slices.Contains(listed, m[1]) {
						t.Errorf("%s: code %q is not listed", file, m[1])
					}
				}
			}
		}
		if matches == 0 {
			t.Errorf("no code is written as %s", pattern)
		}
	}
}
