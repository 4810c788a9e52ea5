package build

import (
	"go/version"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// loadVendor notes that all but the main modules is compiled from the vendor
// directory, where that is so; goLine is that of go.mod or go.work.
func (m *Modules) loadVendor(dir string, flags goFlags, goLine *modfile.Go) error {
	file := filepath.Join(dir, "modules.txt")
	if flags.mod == "mod" || flags.mod == "readonly" {
		return nil
	}
	if _, err := unlogged.StatPath(file); err != nil {
		m.Absent = append(m.Absent, file)
		return nil
	}
	data, err := m.read(file)
	if err != nil {
		return err
	}
	if flags.mod == "vendor" || m.vendorsByDefault(string(data), goLine) {
		m.vendor = dir
		m.vendored = vendoredPackages(string(data))
		// What a replace line names was copied: the copy is compiled.
		for _, l := range m.Local {
			if !l.main {
				m.version[l.Path] = module.Version{Path: l.Path, Version: "vendored"}
			}
		}
		m.Local = slices.DeleteFunc(m.Local, func(l *LocalModule) bool { return !l.main })
	}
	return nil
}

// vendorsByDefault is what the go command decides without -mod
// (setDefaultBuildMod in cmd/go/internal/modload/init.go): the go line must be
// there and not too old, and a workspace needs what go work vendor made.
func (m *Modules) vendorsByDefault(list string, goLine *modfile.Go) bool {
	if goLine == nil || version.Compare("go"+goLine.Version, "go1.14") < 0 {
		return false
	}
	first, _, _ := strings.Cut(list, "\n")
	return hasAnnotation(first, "workspace") == (m.work != "")
}

// hasAnnotation looks for a word in a line like "## explicit; go 1.26".
func hasAnnotation(line, want string) bool {
	rest, ok := strings.CutPrefix(line, "## ")
	return ok && slices.ContainsFunc(strings.Split(rest, ";"), func(s string) bool { return strings.TrimSpace(s) == want })
}

// vendoredPackages reads modules.txt: each package's module, with the go line
// that it is compiled by (readVendorList in cmd/go/internal/modload/vendor.go).
func vendoredPackages(list string) map[string]*LocalModule {
	packages := map[string]*LocalModule{}
	var mod *LocalModule
	for line := range strings.Lines(list) {
		line = strings.TrimSuffix(line, "\n")
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "# ") && len(fields) >= 3:
			mod = &LocalModule{Path: fields[1]}
		case strings.HasPrefix(line, "## "):
			for entry := range strings.SplitSeq(line[len("## "):], ";") {
				if v, ok := strings.CutPrefix(strings.TrimSpace(entry), "go "); ok && mod != nil {
					mod.GoVersion = v
				}
			}
		case len(fields) == 1:
			packages[fields[0]] = mod
		}
	}
	return packages
}
