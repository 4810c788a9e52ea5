package input

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// IdentityAt digests which of some files are one, whose each is, and how many names it
// has if it is no directory: os.SameFile and fs.FileInfo.Sys tell that of files that
// hold the same. name is the names of the files. Where the system
// gives files no numbers (Windows) nothing is known, and nothing differs.
func (w *World) IdentityAt(name string) Input {
	type number struct{ device, inode uint64 }
	first := map[number]string{}
	var lines []string
	for file := range strings.SplitSeq(name, Between) {
		st, uid, gid, links, err := unlogged.StatSys(w.Path(file), true)
		if err != nil || st.Inode == 0 {
			continue
		}
		key := number{st.Device, st.Inode}
		if same, ok := first[key]; ok {
			lines = append(lines, fmt.Sprintf("%s = %s", Show(same), Show(file)))
			continue
		}
		first[key] = file
		lines = append(lines, fmt.Sprintf("%s belongs to %d:%d", Show(file), uid, gid))
		if links > 1 && !st.Mode.IsDir() {
			lines = append(lines, fmt.Sprintf("%s has %d names", Show(file), links))
		}
	}
	slices.Sort(lines) // as lineDiff takes them
	return w.linesAt(Identity, name, lines)
}

// ModesAt digests the permissions of some files and directories, of which what is
// there tells only whether a file can be executed. name is their names.
func (w *World) ModesAt(name string) Input {
	var lines []string
	for file := range strings.SplitSeq(name, Between) {
		if st, err := unlogged.StatPath(w.Path(file)); err == nil {
			lines = append(lines, fmt.Sprintf("%s is %v", Show(file), st.Mode))
		}
	}
	return w.linesAt(Modes, name, lines)
}

func (w *World) linesAt(kind Kind, name string, lines []string) Input {
	return Input{Kind: kind, Name: name, Detail: strings.Join(lines, "\n"), Digest: w.Algorithm.DigestOf(lines...)}
}

// linesReason makes the reason of inputs whose detail is a list of lines.
func linesReason(code, subject, text string) func(old, new *Input) []Reason {
	return func(old, new *Input) []Reason {
		return []Reason{{Code: code, Subject: subject, Text: text + " changed: " + lineDiff(old.Detail, new.Detail)}}
	}
}
