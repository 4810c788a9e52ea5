package logged

import "github.com/fixturecache/fixturecache/core/internal/unlogged"

// FindRoot returns the module root above dir, an absolute path without
// symbolic links. The go command spells it as its own working directory is
// spelled, which it hands down in PWD.
func FindRoot(dir string) Root {
	physical := unlogged.FindUp(dir, "go.mod")
	if physical == "" {
		return Root{}
	}
	root := Root{Lexical: physical, Physical: physical}
	if lexical := unlogged.FindUp(unlogged.Spelled(dir, unlogged.Getenv("PWD")), "go.mod"); unlogged.SameFile(lexical, physical) {
		root.Lexical = lexical
	}
	return root
}
