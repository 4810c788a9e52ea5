package input

import (
	"fmt"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// ModesAt digests the permissions of some files and directories, of which what is
// there tells only whether a file can be executed. name is their names, a line
// each.
func (w *World) ModesAt(name string) Input {
	var lines []string
	for file := range strings.SplitSeq(name, "\n") {
		if st, err := unlogged.StatPath(w.Path(file)); err == nil {
			lines = append(lines, fmt.Sprintf("%s is %v", Show(file), st.Mode))
		}
	}
	return Input{Kind: Modes, Name: name, Detail: strings.Join(lines, "\n"), Digest: w.Algorithm.DigestOf(lines...)}
}

func modesReason(old, new *Input) []Reason {
	return []Reason{{Code: "file.mode", Subject: "files", Text: "modes changed: " + lineDiff(old.Detail, new.Detail)}}
}
