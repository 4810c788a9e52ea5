package config

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

func TestParse(t *testing.T) {
	got, err := Parse([]byte(`# settings
dir: .cache/fixtures   # inside the checkout, for CI
max_age: 30d
max_bytes: '5GB'
max_count: 1000
ignore: ["*.tmp", a/b, "it's"]
env:
  - PGVERSION
  # the next one too
  - 'X\Y'
remote: "https://cache:1"
`))
	want := &File{
		Dir: ".cache/fixtures", MaxAge: 30 * 24 * time.Hour, MaxBytes: 5e9, MaxCount: 1000,
		Ignore: []string{"*.tmp", "a/b", "it's"}, Env: []string{"PGVERSION", `X\Y`}, Remote: "https://cache:1",
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"max_size: 1", "1:1: unknown key"},
		{"dir: a\nenv: [A]\ndir: b", "3:1: dir stands on line 1 already"},
		{"dir:\nenv: [A]", "1:1: dir has no value"},
		{"env: A", "1:1: env is a list: write env: [A]"},
		{"dir: [a]", "1:1: dir is a single value"},
		{"max_age: soon", `1:1: max_age: "soon" is not an age`},
		{"max_bytes: 5XB", "1:1: max_bytes"},
		{"max_count: -1", "1:12: this value must be in quotes"},
		{"max_count: 1.5", "1:1: max_count"},
		{`env: [A, ""]`, `1:1: env: "" is no name`},
		{"env: [A=B]", `1:1: env: "A=B" is no name`},
		{"ignore: ['']", `1:1: ignore: "" is no name`},
		{"values: shown", `1:1: values: "shown" is not hidden`},
		{"dir: &a b", "1:6: this value must be in quotes"},
		{"dir: a: b", "1:6: this value must be in quotes"},
		{"dir: a::", "1:6: this value must be in quotes"},
		{"ignore: [a?c]", "1:11: expected a comma or a closing bracket"},
		{"ignore: [a:c]", "1:10: this value must be in quotes"},
		{"dir: a b", `1:8: unexpected "b"`},
		{"dir: 'it''s'", "1:6: a value with a quote or a backslash must be in quotes of the other kind"},
		{`dir: "a\\b"`, "1:6: a value with a quote or a backslash"},
		{"dir: Null", "1:6: this value must be in quotes"},
		{"dir: ~", "1:6: this value must be in quotes"},
		{"dir: 'a", "1:6: the quote is not closed"},
		{"env: [A, B", "1:11: expected a comma or a closing bracket"},
		{"env:\n  - A\n - B", "3:2: the item belongs to no list"},
		{"  dir: a", "1:3: the line is indented"},
		{"dir:\ta", "1:5: the line holds a tab"},
		{"dir: 'a' b", "1:10: unexpected"},
		{"---\ndir: a", "1:1: expected a key"},
		{"- a", "1:1: the item belongs to no list"},
	} {
		_, err := Parse([]byte(test.text))
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%q: %v; want %s", test.text, err, test.want)
		}
	}
}

// library reads a file by the YAML library. Values are strings and lists of
// strings there as well.
func library(data []byte) (map[string]any, error) {
	var node yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&node); errors.Is(err, io.EOF) {
		return map[string]any{}, nil
	} else if err != nil {
		return nil, err
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one document")
	}
	m := map[string]any{}
	top := node.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, errors.New("not a mapping")
	}
	for i := 0; i < len(top.Content); i += 2 {
		key, value := top.Content[i].Value, top.Content[i+1]
		if _, again := m[key]; again {
			return nil, errors.New("repeated")
		}
		var list []string
		switch value.Kind {
		case yaml.ScalarNode:
			var s *string
			if err := value.Decode(&s); err != nil || s == nil {
				return nil, errors.New("not a string")
			}
			m[key] = *s
		case yaml.SequenceNode:
			for _, item := range value.Content {
				var s *string
				if err := item.Decode(&s); err != nil || s == nil {
					return nil, errors.New("not a string")
				}
				list = append(list, *s)
			}
			m[key] = list
		default:
			return nil, errors.New("neither a scalar nor a list")
		}
	}
	return m, nil
}

// compare holds the small reader to the library: what it accepts means the
// same there.
func compare(t *testing.T, data []byte) {
	entries, err := parseFlat(data)
	if err != nil {
		return
	}
	got := map[string]any{}
	for _, e := range entries {
		if _, again := got[e.key]; again {
			return // refused by Parse
		}
		switch {
		case e.isList:
			got[e.key] = e.values
		case len(e.values) == 0:
			return // refused by Parse
		default:
			got[e.key] = e.values[0]
		}
	}
	want, err := library(data)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q\nours    %#v\nlibrary %#v, %v", data, got, want, err)
	}
}

var samples = []string{
	"", "\n\n", "# only\n", "dir: a\n", "dir: a # b\n", "dir: a#b\n", "dir: 'a # b' # c\n", "env: []\n", "env: [ ]\n", "env: [A]\n", "env: [A , B]\n",
	"env:\n- A\n- B\n", "env:\n  - A\n\n  - 'B'\ndir: x\n", "dir: 1\n", "dir: true\n", "dir: 2001-01-01\n", "dir: 0x10\n", "dir: a b\r\nenv: [A]\r\n",
	"dir: null\n", "dir: =\n", "dir: <<\n", "dir: a'b\"c\n", "dir: \"a\\\"b\"\n", "dir: 'a''b'\n", "dir: http://x\n", "dir: x:y\n", "env: [x:y]\n", "dir: x]\n",
	"dir: .5\n", "dir: .inf\n", "env: [a b, c]\n", "dir: é\n", "dir: a,b\n", "env:\n  - a,b\n", "dir: \\n\n", "env: ['a','b']\n", "dir: a\\b\n", "dir: !!str a\n",
	"dir: a\n  b\n", "dir: a\n...\n", "dir: ...\n", "env: [a#b]\n", "env: [a #b]\n", "env: [#]\n", "env: ['a'#b]\n", "dir: 'a'#b\n", "_: x\n", "dir: [a]#x\n", "env:\n  -  a\n",
}

func TestAgainstLibrary(t *testing.T) {
	for _, text := range samples {
		compare(t, []byte(text))
	}
}

func FuzzAgainstLibrary(f *testing.F) {
	for _, text := range samples {
		f.Add([]byte(text))
	}
	f.Fuzz(compare)
}
