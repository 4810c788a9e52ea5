package input

import (
	"fmt"
	"slices"
)

// A Reason is one difference that makes a record invalid.
type Reason struct {
	Code    string `json:"code"` // part of the format of the logs
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

// ReasonText is the first reason, and how many more there are.
func ReasonText(reasons []Reason) string {
	switch len(reasons) {
	case 0:
		return "no reason known"
	case 1:
		return reasons[0].Text
	}
	return fmt.Sprintf("%s (+%d more)", reasons[0].Text, len(reasons)-1)
}
