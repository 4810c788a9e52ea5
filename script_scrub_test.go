package fixturecache_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

func init() { scriptCommands["scrub"] = cmdScrub }

// scrubs replace what is another in each run, so that the rest of an output can
// be compared exactly.
var scrubs = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?`), "DATE"},
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\d\b`), "DAY"},
	{regexp.MustCompile(`>\d\d-\d\d<`), ">DAY<"},
	{regexp.MustCompile(`data-value="\d+\.\d+"`), `data-value="TIME"`},
	{regexp.MustCompile(`\b(used|built) (just now|\d+[mhd] ago)\b`), "$1 AGO"},
	{regexp.MustCompile(`(?m)  ((just )?now|\d+[mhd]( ago)?)$`), "  AGO"},
	{regexp.MustCompile(`"(\w+_(ms|ns))": [0-9.e+-]+`), `"$1": TIME`},
	{regexp.MustCompile(`\b\d+(\.\d+)?(µs|ms|s)\b|\b\d+m\d+s\b`), "TIME"},
	{regexp.MustCompile(`,\s+stored\s+in\s+TIME,\s+`), ", "}, // where the disk is slow
	{regexp.MustCompile(`(?m)^ +TIME  `), "TIME  "},          // aligned at the right
	{regexp.MustCompile(`\b\d+\.\d [kM]B\b|\b\d{2,3} B\b`), "SIZE"},
	{regexp.MustCompile(`" value="\d{3,}"`), `" value="SIZE"`},
	{regexp.MustCompile(`\b[0-9a-f]{6,}…[0-9a-f]{6,}\b`), "HEX"}, // cut in a table
	{regexp.MustCompile(`(\S{8})\S*…\S*(\S{4})`), "$1…$2"},       // as short as the other columns make it
	{regexp.MustCompile(`\b[0-9a-f]{64}\b|\b[0-9a-f]{32}\b|\b[0-9a-f]{16}\b|\b[0-9a-f]{12}\b`), "HEX"},
	{regexp.MustCompile(`\bgo1\.\d+(\.\d+)?[a-z0-9]*\b`), "GOVERSION"},
	{regexp.MustCompile(`\b(linux|darwin|freebsd)/(amd64|arm64)( -buildmode=[^\n"]*(\n {12,}[^\n]+)*)?`), "PLATFORM"}, // over several lines
	{regexp.MustCompile(`\n {11}\(`), " ("},                                                                           // where a setting comes from
	{regexp.MustCompile(`"pid": \d+`), `"pid": PID`},
	{regexp.MustCompile(`"run": \d+`), `"run": RUN`},
	{regexp.MustCompile(`(\S) {2,}`), "$1  "}, // columns are as wide as what stood there
}

// brokenPath is where a path goes on in the next line, as one of a temporary
// directory may on one machine and not on another.
var brokenPath = regexp.MustCompile(`/\n {8,}`)

// cmdScrub is `scrub [FILE...]`: replaces times, sizes above a hundred bytes, digests
// and temporary directories in stdout and stderr, or in files.
func cmdScrub(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: scrub [FILE...]")
	}
	for _, name := range args {
		text := scrub(ts, ts.ReadFile(name))
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
	}
	if len(args) == 0 {
		out, err := scrub(ts, ts.ReadFile("stdout")), scrub(ts, ts.ReadFile("stderr"))
		ts.Stdout().Write([]byte(out))
		ts.Stderr().Write([]byte(err))
	}
}

func scrub(ts *testscript.TestScript, text string) string {
	text = brokenPath.ReplaceAllString(text, "/")
	for _, name := range []string{"WORK", "OUT"} {
		dir := ts.Getenv(name)
		if physical, err := filepath.EvalSymlinks(dir); err == nil {
			text = strings.ReplaceAll(text, physical, "$"+name)
		}
		text = strings.ReplaceAll(text, dir, "$"+name)
	}
	for _, s := range scrubs {
		text = s.pattern.ReplaceAllString(text, s.by)
	}
	return text
}
