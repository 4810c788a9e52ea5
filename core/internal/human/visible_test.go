package human

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestVisible(t *testing.T) {
	for _, test := range []struct{ reason, text, want string }{
		{"letters of all kinds, spaces and symbols", "a é 日本 … 🙂\u00a0b\n\tc", "a é 日本 … 🙂\u00a0b\n\tc"},
		{"an escape", "a\x1b[31mb", `a\u001b[31mb`},
		{"one of our own", "\x1b[1ma\x1b[0m", "\x1b[1ma\x1b[0m"},
		{"a control character of ISO 6429 in one byte of Latin-1", "\u009b31m", `\u009b31m`},
		{"what turns the direction of writing", "a\u202eb\u2066c", `a\u202eb\u2066c`},
		{"what has no width", "a\u200bb\ufeff", `a\u200bb\ufeff`},
		{"what ends a line elsewhere", "a\u2028b\rc", `a\u2028b\u000dc`},
		{"what is beyond 16 bits", "\U000e0041", `\udb40\udc41`},
		{"what is no UTF-8", "a\xffb", `a\xffb`},
	} {
		var b strings.Builder
		if n, err := Visible(&b, "\x1b[1m", "\x1b[0m").Write([]byte(test.text)); err != nil || n != len(test.text) || b.String() != test.want {
			t.Errorf("%s: %q, %d, %v; want %q", test.reason, b.String(), n, err, test.want)
		}
	}
	var b strings.Builder
	const name = "\u202e\u009b\U000e0041\x7f\x1b"
	var back string
	if err := json.NewEncoder(Visible(&b)).Encode(name); err != nil || json.Unmarshal([]byte(b.String()), &back) != nil || back != name {
		t.Errorf("JSON of %q is %s, which is %q, %v", name, b.String(), back, err)
	}
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{"a é": "a é", "a\nb": `"a\nb"`, "\u202ea": `"\u202ea"`, "a\xff": `"a\xff"`} {
		if got := Plain(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if got, want := PlainLines("a\n\x1bb\nc"), "a\n\"\\x1bb\"\nc"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
