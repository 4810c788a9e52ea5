package remote

import (
	"errors"

	"github.com/fixturecache/fixturecache/core/internal/plainjson"
)

// Commands of the protocol (go doc cmd/go/internal/cacheprog), and some of ours,
// which a helper announces if it has them. Of an object the bytes go through a file,
// not through base64, and it has no name but its SHA-256.
const (
	CmdGet       = "get"
	CmdPut       = "put"
	CmdClose     = "close"
	CmdGetObject = "cachetest-get-object" // writes the object OutputID of BodySize bytes to the file Path
	CmdPutObject = "cachetest-put-object" // reads it from there, again although it has it if Force is set
	CmdSign      = "cachetest-sign"       // answers with the signature of the digest ActionID, nothing without a key
	CmdVerify    = "cachetest-verify"     // whether the signature OutputID of ActionID is of one of its keys; else Miss
)

// A Request is one line to the helper. One of CmdPut with a BodySize is followed
// by a line with the body, a JSON string in base64.
type Request struct {
	ID       int64
	Command  string
	ActionID []byte `json:",omitempty"`
	OutputID []byte `json:",omitempty"`
	BodySize int64  `json:",omitempty"`
	Path     string `json:",omitempty"`
	Force    bool   `json:",omitempty"`
}

// A Response is one line of the helper.
type Response struct {
	ID            int64
	Err           string   `json:",omitempty"`
	KnownCommands []string `json:",omitempty"` // in the first line, of ID 0
	Miss          bool     `json:",omitempty"`
	OutputID      []byte   `json:",omitempty"`
	Size          int64    `json:",omitempty"`
	Time          string   `json:",omitempty"` // of RFC 3339
	DiskPath      string   `json:",omitempty"`

	// Moving says that the answer is still to come, and that some of an object has
	// moved since the line before: only in answer to commands of ours.
	Moving bool `json:",omitempty"`
}

// MaxLine bounds a line of the protocol, bodies apart.
const MaxLine = 64 << 10

var errAnswer = errors.New("it answered with a line that is not of the protocol")

// decodeResponse reads a line.
func decodeResponse(line []byte) (r Response, err error) {
	if err := plainjson.Unmarshal(line, &r); err != nil || r.ID < 0 || r.Size < 0 {
		return Response{}, errAnswer
	}
	return r, nil
}
