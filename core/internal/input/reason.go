package input

import "fmt"

// A Reason is one difference that makes a record invalid.
type Reason struct {
	Code    string `json:"code"` // one of Codes
	Subject string `json:"subject,omitempty"`
	Old     string `json:"old,omitempty"`
	New     string `json:"new,omitempty"`
	Text    string `json:"text"` // for people

	Cause *Reason `json:"-"` // of child.changed: what changed the child, first
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
