package input

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/fixturecache/fixturecache/core/internal/snapshot"
)

// A Reason is one difference that makes a record invalid.
type Reason struct {
	Code    string `json:"code"` // one of Codes
	Subject string `json:"subject,omitempty"`
	Old     string `json:"old,omitempty"`
	New     string `json:"new,omitempty"`
	Text    string `json:"text"` // for people

	// Of child.changed: what changed below all children that lie between, and how
	// many of those there are.
	Roots []Reason `json:"roots,omitempty"`
	Depth int      `json:"-"`
}

// maxRoots bounds the Roots of a reason.
const maxRoots = 8

// RootsOf returns what changed in the first place: reasons that are no
// child.changed, but for those of which nothing more is known, each once.
func RootsOf(reasons []Reason) (roots []Reason) {
	for _, r := range reasons {
		below := r.Roots
		if len(below) == 0 {
			below = []Reason{r}
		}
		for _, root := range below {
			root.Depth = 0
			if len(roots) < maxRoots && !slices.ContainsFunc(roots, func(o Reason) bool { return o.Text == root.Text }) {
				roots = append(roots, root)
			}
		}
	}
	return roots
}

// Codes are all codes that a Reason can have. They are part of the format of
// the logs.
var Codes = []string{
	"first", "refresh", "expired", "record.damaged", "object.damaged", "object.missing", "value.unreadable",
	"options.changed", "version.changed", "toolchain.changed", "code.changed", "module.changed", "fn.changed", "type.changed",
	"value.changed", "setting.changed", "checkout.changed", "workdir.changed", "env.changed",
	"tool.changed", "module.changed",
	"file.modified", "file.added", "file.removed", "file.type", "file.mode", "file.link",
	"child.changed",
}

// Compare tells how an input differs from its former state: nothing if it does
// not.
func Compare(old, new *Input) []Reason {
	if old.Digest == new.Digest {
		return nil
	}
	subject := Show(new.Name)
	switch new.Kind {
	case Options:
		return []Reason{{Code: "options.changed", Subject: "options", Old: old.Detail, New: new.Detail,
			Text: "declared inputs changed: " + lineDiff(old.Detail, new.Detail)}}
	case Version:
		return change("version.changed", "version", old, new)
	case Toolchain:
		return []Reason{{Code: "toolchain.changed", Subject: "toolchain", Old: old.Detail, New: new.Detail,
			Text: "toolchain " + settingsDiff(old.Detail, new.Detail)}}
	case Type:
		return []Reason{typeReason(old, new)}
	case Value:
		return []Reason{valueReason(old, new)}
	case Setting:
		return change("setting.changed", new.Name, old, new)
	case Checkout:
		return change("checkout.changed", "checkout", old, new)
	case WorkDir:
		return change("workdir.changed", "working directory", old, new)
	case Env:
		return []Reason{{Code: "env.changed", Subject: new.Name, Text: envText(old, new)}}
	case Environment:
		return environmentReasons(old, new)
	case File:
		return []Reason{fileReason(subject, old.Detail, new.Detail)}
	case Tool:
		return []Reason{toolReason(old, new)}
	case Module:
		return []Reason{moduleReason(old, new)}
	case Unbuilt:
		return []Reason{{Code: "file.modified", Subject: subject, Text: "file " + subject + " modified: its build constraints"}}
	case Dir, Glob, GoDir:
		return listReasons(old, new)
	case Identity:
		return []Reason{{Code: "file.link", Subject: "files", Text: "hard links changed: " + lineDiff(old.Detail, new.Detail)}}
	}
	return []Reason{{Code: "options.changed", Subject: subject, Text: subject + " changed"}}
}

func typeReason(old, new *Input) Reason {
	was, is := lines(old.Detail), lines(new.Detail)
	text := snapshot.DiffTypes(was, is)
	if text == "" {
		text = "the layout of a type changed"
	}
	name, _, _ := strings.Cut(new.Detail, "\t")
	return Reason{Code: "type.changed", Subject: name, Text: text}
}

// change is the reason of an input whose detail is short and says it all.
func change(code, what string, old, new *Input) []Reason {
	r := Reason{Code: code, Subject: new.Name, Old: old.Detail, New: new.Detail, Text: what + " changed"}
	if old.Detail != new.Detail {
		r.Text = fmt.Sprintf("%s changed: %s -> %s", what, orNone(old.Detail), orNone(new.Detail))
	}
	return []Reason{r}
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

func fileReason(name, old, new string) Reason {
	was, oldSize, oldLink := parseFileDetail(old)
	now, newSize, newLink := parseFileDetail(new)
	r := Reason{Subject: name}
	switch {
	case was == absent && now == directory:
		r.Code, r.Text = "file.added", "directory "+name+" added"
	case was == directory && now == absent:
		r.Code, r.Text = "file.removed", "directory "+name+" removed"
	case isError(was) && isError(now) && oldSize != newSize:
		r.Code, r.Old, r.New = "file.type", stateName(was, oldSize), stateName(now, newSize)
		r.Text = fmt.Sprintf("%s was %s and is %s", name, r.Old, r.New)
	case was == absent && now != absent:
		r.Code, r.Text = "file.added", "file "+name+" added"
	case now == absent && was != absent:
		r.Code, r.Text = "file.removed", "file "+name+" removed"
	case oldLink != newLink:
		r.Code, r.Old, r.New = "file.link", oldLink, newLink
		r.Text = fmt.Sprintf("link %s changed: %s -> %s", name, orNone(oldLink), orNone(newLink))
	case oldSize != newSize && hasSize(was) && hasSize(now):
		r.Code, r.Old, r.New = "file.modified", strconv.FormatInt(oldSize, 10), strconv.FormatInt(newSize, 10)
		r.Text = fmt.Sprintf("file %s modified (%d B -> %d B)", name, oldSize, newSize)
	case was != now && hasSize(was) && hasSize(now):
		r.Code, r.Text = "file.mode", "file "+name+" modified: "+modeChange(now)
	case was != now:
		r.Code, r.Old, r.New = "file.type", stateName(was, oldSize), stateName(now, newSize)
		r.Text = fmt.Sprintf("%s was %s and is %s", name, r.Old, r.New)
	default:
		r.Code = "file.modified"
		r.Text = fmt.Sprintf("file %s modified (same size, %d B)", name, newSize)
	}
	return r
}

func modeChange(now byte) string {
	if now == executable {
		return "now executable"
	}
	return "no longer executable"
}

// isError reports whether a state is that of what cannot be looked at.
func isError(state byte) bool { return state == absent || state == unreadable }

// hasSize reports whether a state is that of a regular file.
func hasSize(state byte) bool { return state == regular || state == executable }

// stateName names a state, with the error that it gives if that has a number.
func stateName(state byte, number int64) string {
	name := map[byte]string{absent: "absent", regular: "a file", executable: "a file", directory: "a directory",
		unreadable: "unreadable", special: "a special file"}[state]
	if number > 0 && !hasSize(state) {
		name += " (" + syscall.Errno(number).Error() + ")"
	}
	return name
}

// listReasons tells which names were added to and removed from a listing.
func listReasons(old, new *Input) []Reason {
	dir := ""
	if new.Kind == Dir || new.Kind == GoDir {
		dir = new.Name
	}
	var reasons []Reason
	removed, added := setDiff(old.Detail, new.Detail)
	for _, name := range added {
		reasons = append(reasons, listReason(dir, name, "added"))
	}
	for _, name := range removed {
		reasons = append(reasons, listReason(dir, name, "removed"))
	}
	switch {
	case len(reasons) > 0:
	case new.Absent():
		reasons = append(reasons, Reason{Code: "file.removed", Subject: Show(dir), Text: "directory " + Show(dir) + " removed"})
	default:
		reasons = append(reasons, Reason{Code: "file.added", Subject: Show(dir), Text: "directory " + Show(dir) + " added"})
	}
	return reasons
}

func listReason(dir, entry, what string) Reason {
	noun := "file"
	name, isDir := strings.CutSuffix(entry, "/")
	if isDir {
		noun = "directory"
	}
	name = strings.TrimSuffix(name, "@")
	if dir != "" {
		name = join(dir, name)
	}
	name = Show(name)
	code := "file." + what // of Codes
	return Reason{Code: code, Subject: name, Text: noun + " " + name + " " + what}
}

// lineDiff tells how two lists of lines differ.
func lineDiff(old, new string) string {
	removed, added := setDiff(old, new)
	var parts []string
	for _, line := range added {
		parts = append(parts, line+" added")
	}
	for _, line := range removed {
		parts = append(parts, line+" removed")
	}
	return strings.Join(parts, ", ")
}

// setDiff returns the lines that only one of two sorted lists has.
func setDiff(old, new string) (removed, added []string) {
	a, b := lines(old), lines(new)
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			removed, a = append(removed, a[0]), a[1:]
		case len(a) == 0 || b[0] < a[0]:
			added, b = append(added, b[0]), b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	return removed, added
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
