package input

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// IdentityAt digests which of some names are one file, who owns it, and how many hard links
// it has, as os.SameFile and fs.FileInfo.Sys tell: of a symbolic link, and of the file that
// it leads to. name joins the names. Where a system numbers no files (Windows) it is empty.
func (w *World) IdentityAt(name string) Input {
	first := map[[2]uint64]string{} // by device and inode
	var lines []string
	for file := range strings.SplitSeq(name, Between) {
		for _, of := range []string{"", "link "} {
			st, owner, err := unlogged.StatSys(w.Path(file), of == "")
			if err != nil || st.Inode == 0 || of != "" && st.Mode&fs.ModeSymlink == 0 {
				continue
			}
			key, shown := [2]uint64{st.Device, st.Inode}, of+Show(file)
			if same, ok := first[key]; ok {
				lines = append(lines, fmt.Sprintf("%s = %s", same, shown))
				continue
			}
			first[key] = shown
			lines = append(lines, fmt.Sprintf("%s belongs to %d:%d", shown, owner.UID, owner.GID))
			if owner.Links > 1 && !st.Mode.IsDir() {
				lines = append(lines, fmt.Sprintf("%s has %d names", shown, owner.Links))
			}
		}
	}
	slices.Sort(lines) // as lineDiff takes them
	return w.linesAt(Identity, name, lines)
}

// ModesAt digests the permissions of some files and directories. name joins their names.
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
		return []Reason{{Code: code, Subject: subject, Old: old.Detail, New: new.Detail, Text: text + " changed: " + lineDiff(old.Detail, new.Detail)}}
	}
}
