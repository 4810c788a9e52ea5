package plainjson

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

type inner struct {
	Hits  int64 `json:"hits"`
	Saved int
}

// both is what is written and read.
type both struct {
	V     int      `json:"v"`
	Text  string   `json:"text,omitempty"`
	Lists []string `json:"lists,omitempty"`
	Skip  *both    `json:"-"`
	All   []inner
	OK    bool
	Bytes []byte `json:",omitempty"`
	inner
	small inner
}

// outer has what is only read as well.
type outer struct {
	both
	Up   *outer `json:"up,omitempty"`
	Days map[string]inner
}

var samples = []both{
	{},
	{V: -3, Text: "a \"b\" \\ \n\t\r\x01 ü 𝄞 <&> -> \u2028", OK: true, small: inner{1, 1}},
	{Lists: []string{"", "x"}, All: []inner{{1, 2}, {}}, Bytes: []byte("\x00\xffabc"), inner: inner{7, -25}},
}

// TestAgree reads with each of the two packages what the other one writes.
func TestAgree(t *testing.T) {
	for _, v := range samples {
		ours, err := Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var a, b, c both
		if err := json.Unmarshal(ours, &a); err != nil {
			t.Fatalf("%s: %v", ours, err)
		}
		if err := Unmarshal(theirs, &b); err != nil {
			t.Fatalf("%s: %v", theirs, err)
		}
		if err := Unmarshal(ours, &c); err != nil {
			t.Fatalf("%s: %v", ours, err)
		}
		v.small = inner{}
		for _, got := range []both{a, b, c} {
			if !reflect.DeepEqual(got, v) {
				t.Errorf("%+v\n%+v\n%s", got, v, ours)
			}
		}
	}
}

// TestReadAgrees: what encoding/json takes and refuses, and what it makes of it.
func TestReadAgrees(t *testing.T) {
	for _, text := range []string{
		`{"V": 1, "TEXT": "\u00fc\ud834\udd1e\ud834x\/\b\f", "other": [{"a": [1e400, -2.5E+3, true, null, "x"]}, {}], "lists": null, "up": {"up": {"v": 4}}}`,
		` { "Days" : { "a" : { "hits" : 3 } } , "All" : [ { "Saved" : 2 } , { } ] } `,
		``, `{`, `{}x`, `{"v":"1"}`, `{"v":1.5}`, `{"text":1}`, `{"ok":1}`, `{"v":1,}`, `{"lists":["a" "b"]}`, `{"lists":["a"`, `{"text":"a`, `{"text":"\u12"}`,
		`{"text":"\x"}`, `{"lists":{}}`, `{"days":[]}`, `{"bytes":"/wA="}`, `{"bytes":""}`, `{"bytes":"/wA"}`, `{"bytes":1}`, `{"v":}`, `{"v" 1}`, `{1:2}`, `null`,
	} {
		var a, b outer
		errA, errB := json.Unmarshal([]byte(text), &a), Unmarshal([]byte(text), &b)
		if (errA == nil) != (errB == nil) || errA == nil && !reflect.DeepEqual(a, b) {
			t.Errorf("%s: %v, not %v\n%+v\n%+v", text, errB, errA, b, a)
		}
	}
}

// TestWritten: encoding/json reads times and fractions that Marshal wrote, and Unmarshal
// refuses them.
func TestWritten(t *testing.T) {
	type timed struct {
		At time.Time
		MS float64
	}
	for _, v := range []timed{{MS: 0.25}, {time.Date(2024, 5, 6, 7, 8, 9, 123456789, time.UTC), 1e21}} {
		text, err := Marshal(v)
		var got timed
		if err != nil || json.Unmarshal(text, &got) != nil || !got.At.Equal(v.At) || got.MS != v.MS {
			t.Errorf("%s: %v, %v", text, err, got)
		}
		if err := Unmarshal(text, &got); err == nil {
			t.Errorf("%s is read", text)
		}
	}
}

func TestNext(t *testing.T) {
	text, sum := ` {"v":1}
{"v":2} {"v":3}`, 0
	for text != "" {
		var v outer
		var err error
		if text, err = Next(text, &v); err != nil {
			t.Fatal(err)
		}
		sum += v.V
	}
	if sum != 6 {
		t.Error(sum)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"v":1,"lists":["a\n"],"days":{"x":{"hits":1}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var v outer
		if Unmarshal([]byte(text), &v) == nil && !strings.Contains(text, "\\") {
			if data, err := Marshal(v.both); err != nil || !json.Valid(data) {
				t.Errorf("%s: %v", data, err)
			}
		}
	})
}
