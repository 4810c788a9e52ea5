package input

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// AppendSetting appends a setting of a build to the detail of a toolchain: a
// space, NAME=VALUE, and the value in quotes where it could not be told from
// another setting, as that of -ldflags.
func AppendSetting(detail, name, value string) string {
	if strings.ContainsAny(value, " \"") {
		value = strconv.Quote(value)
	}
	return detail + " " + name + "=" + value
}

// Settings divides the detail of a toolchain into the version of Go, the
// platform, and the settings of the build.
func Settings(detail string) (version, platform string, settings map[string]string) {
	version, rest, _ := strings.Cut(detail, " ")
	platform, rest, _ = strings.Cut(rest, " ")
	settings = map[string]string{}
	for rest != "" {
		var name, value string
		name, rest, _ = strings.Cut(rest, "=")
		if quoted, err := strconv.QuotedPrefix(rest); err == nil {
			value, _ = strconv.Unquote(quoted)
			rest = strings.TrimPrefix(rest[len(quoted):], " ")
		} else {
			value, rest, _ = strings.Cut(rest, " ")
		}
		settings[name] = value
	}
	return version, platform, settings
}

func toolchainReason(old, new *Input) []Reason {
	return []Reason{{Code: "toolchain.changed", Subject: "toolchain", Old: old.Detail, New: new.Detail,
		Text: "toolchain " + settingsDiff(old.Detail, new.Detail)}}
}

// settingsDiff tells how two details of a toolchain differ, each setting whole.
func settingsDiff(old, new string) string {
	oldVersion, oldPlatform, was := Settings(old)
	newVersion, newPlatform, is := Settings(new)
	var parts []string
	compare := func(name, old, new string) {
		if old != new {
			parts = append(parts, name+orNone(old)+" -> "+orNone(new))
		}
	}
	compare("", oldVersion, newVersion)
	compare("", oldPlatform, newPlatform)
	all := maps.Clone(was)
	maps.Copy(all, is)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		compare(name+" ", was[name], is[name])
	}
	return strings.Join(parts, ", ")
}
