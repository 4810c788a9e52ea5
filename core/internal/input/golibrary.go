package input

import (
	"path/filepath"
	"strings"
)

// libraries adds the files that the flags of cgo have linked: those that they name,
// and each place where a library of a name may lie in a directory that they name. A
// library that the system's linker finds by itself is not looked for.
func (g *goInputs) libraries() {
	var dirs, names []string
	for i := range g.packages {
		p := &g.packages[i]
		for j, flag := range p.CgoLDFLAGS {
			at := func(path string) string {
				if filepath.IsAbs(path) {
					return path
				}
				return filepath.Join(p.Dir, path)
			}
			switch dir, isDir := strings.CutPrefix(flag, "-L"); {
			case isDir && dir != "":
				dirs = append(dirs, at(dir))
			case isDir && j+1 < len(p.CgoLDFLAGS):
				dirs = append(dirs, at(p.CgoLDFLAGS[j+1]))
			case strings.HasPrefix(flag, "-l"):
				names = append(names, flag[len("-l"):])
			case !strings.HasPrefix(flag, "-") && filepath.Ext(flag) != "":
				g.library(at(flag))
			}
		}
	}
	for _, dir := range dirs {
		for _, name := range names {
			if file, ok := strings.CutPrefix(name, ":"); ok {
				g.library(filepath.Join(dir, file))
				continue
			}
			for _, ext := range []string{".a", ".so", ".dylib", ".dll.a", ".lib", ".dll"} {
				g.library(filepath.Join(dir, "lib"+name+ext))
			}
		}
	}
}

func (g *goInputs) library(path string) {
	if !g.cached(path) {
		g.file(path, 0)
	}
}
