package input

import (
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/typeid"
)

func typeReason(old, new *Input) []Reason {
	was, is := lines(old.Detail), lines(new.Detail)
	text := typeid.Diff(was, is)
	if text == "" {
		text = "the layout of a type changed"
	}
	name, _, _ := strings.Cut(new.Detail, "\t")
	return []Reason{{Code: "type.changed", Subject: name, Text: text}}
}

func listType(in *Input) string {
	return strings.TrimRight(strings.ReplaceAll(in.Detail, "\t", ": "), ": ")
}
