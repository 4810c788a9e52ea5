package embedded

import "embed"

//go:embed data/a.txt

var A string

//go:embed data
var Dir embed.FS
