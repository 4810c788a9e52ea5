package build

import (
	"go/version"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/gomod"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// loadVendor notes that all but the main modules is compiled from the vendor
// directory, where that is so: flag is -mod, goVersion what the go line of go.mod
// or go.work says.
func (m *Modules) loadVendor(dir, flag, goVersion string) error {
	file := filepath.Join(dir, "modules.txt")
	if _, err := unlogged.StatPath(file); err != nil || flag == "mod" || flag == "readonly" {
		return nil
	}
	data, err := m.read(file)
	if err != nil || flag != "vendor" && !m.vendorsByDefault(string(data), goVersion) {
		return err
	}
	m.vendor, m.vendored = dir, vendoredPackages(file, string(data))
	// What a replace line names was copied: the copy is compiled.
	for path, l := range m.known {
		if l.Dir != "" && !l.Main {
			m.known[path] = &Module{Path: path, Version: gomod.Version{Path: path, Version: "vendored"}}
		}
	}
	return nil
}

// vendorsByDefault is what the go command decides without -mod
// (setDefaultBuildMod in cmd/go/internal/modload/init.go): the go line must be
// there and not too old, and a workspace needs what go work vendor made.
func (m *Modules) vendorsByDefault(list string, goVersion string) bool {
	first, _, _ := strings.Cut(list, "\n")
	return goVersion != "" && version.Compare("go"+goVersion, "go1.14") >= 0 && slices.Contains(annotations(first), "workspace") == m.Workspace
}

// annotations returns the parts of a line like "## explicit; go 1.26".
func annotations(line string) (list []string) {
	if rest, ok := strings.CutPrefix(line, "## "); ok {
		for entry := range strings.SplitSeq(rest, ";") {
			list = append(list, strings.TrimSpace(entry))
		}
	}
	return list
}

// vendoredPackages reads modules.txt: each package's module, with the go line
// that it is compiled by (readVendorList in cmd/go/internal/modload/vendor.go).
func vendoredPackages(file, list string) map[string]*Module {
	packages := map[string]*Module{}
	mod := &Module{}
	for line := range strings.Lines(list) {
		fields := strings.Fields(line)
		for _, entry := range annotations(line) {
			if v, ok := strings.CutPrefix(entry, "go "); ok {
				mod.GoFile, mod.GoVersion = file, v
			}
		}
		switch {
		case strings.HasPrefix(line, "# ") && len(fields) >= 3:
			mod = &Module{Path: fields[1]}
		case len(fields) == 1:
			packages[fields[0]] = mod
		}
	}
	return packages
}
