package report

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	table := Table{Columns: []Column{{Head: "KEY", Cut: true}, {Head: "PACKAGE", Cut: true}, {Head: "SIZE", Right: true}}}
	table.Add("users", ".", "1.0 kB")
	table.Add("日本語", "./a", "12 B")
	table.Add("esc\x1b[31m", "./b", 7)
	table.Add("turned \u202e around", "./c", 7)
	table.Add("a/very/long/key/"+strings.Repeat("x", 60)+"/end", "./d/"+strings.Repeat("語", 30), 7)
	var b strings.Builder
	if err := table.Write(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	for _, line := range lines {
		if n := DisplayWidth(line); n > LineWidth || n < 30 {
			t.Errorf("%d columns: %q", n, line)
		}
		if strings.ContainsAny(line, "\x1b\u202e") {
			t.Errorf("not quoted: %q", line)
		}
	}
	for i, want := range []string{"KEY ", "users ", "日本語 ", `"esc\x1b[31m" `, `"turned \u202e around" `, "a/very/lo"} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d is %q; want %q…", i, lines[i], want)
		}
	}
	if last := lines[len(lines)-1]; !strings.Contains(last, "xx/end ") || !strings.Contains(last, "…") || !strings.HasSuffix(last, "      7") {
		t.Errorf("cut to %q", last)
	}
}

func TestWrap(t *testing.T) {
	text := strings.Repeat("word ", 40)
	got := Wrap(text, 10, 4)
	for i, line := range strings.Split(got, "\n") {
		if i == 0 {
			line = strings.Repeat(" ", 10) + line
		} else if !strings.HasPrefix(line, "    word") {
			t.Errorf("not indented: %q", line)
		}
		if n := DisplayWidth(line); n > LineWidth || n < 20 {
			t.Errorf("%d columns: %q", n, line)
		}
	}
	if got := Wrap(strings.Repeat("x", 72)+" took 430 B, more", 0, 2); !strings.HasSuffix(got, "\n  430 B, more") {
		t.Errorf("a number stands apart from its unit: %q", got)
	}
	if strings.Join(strings.Fields(got), " ") != strings.TrimSpace(text) {
		t.Errorf("%q is not the text", got)
	}
}
