package process

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/settings"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Package time reads the files of time zones past package os: which ones, and
// whether a file or the system or the binary itself has the zone, depends on
// ZONEINFO, TZ, the platform and the tags of the build. So a zone is known by
// what it says, not by where it comes from.

// lastYear is up to when the changes of a zone's offset count: from 2037 on,
// where the tables end, they follow a rule that is seen long before.
const lastYear = 2100

// zoneText describes a zone: its name, the names of its times at the end, and a
// digest of all its changes.
func zoneText(loc *time.Location) string {
	h := sha256.New()
	var names []string
	end := time.Date(lastYear, 1, 1, 0, 0, 0, 0, time.UTC)
	for at := time.Unix(-1<<40, 0); ; {
		at = at.In(loc)
		name, offset := at.Zone()
		_, next := at.ZoneBounds()
		fmt.Fprintln(h, name, offset, at.IsDST(), next.Unix())
		names = append(names[max(0, len(names)-1):], name)
		if at.Before(end.AddDate(-1, 0, 0)) {
			names = names[len(names)-1:] // the others are history
		}
		if next.IsZero() || next.After(end) {
			break
		}
		if !next.After(at) { // on the last day of leap years (tzset in package time)
			next = at.AddDate(0, 0, 1)
		}
		at = next
	}
	return loc.String() + " " + strings.Join(names, "/") + input.SumMark + shortSum(h)
}

//go:noinline
func shortSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)[:6]) }

// zones are the descriptions of zones that were made: zones do not change.
var zones sync.Map // *time.Location -> string

// localTime describes the local zone of the process as it is now: TZ, the file
// /etc/localtime, or what a test has set time.Local to.
func localTime() string {
	loc := time.Local
	if text, ok := zones.Load(loc); ok {
		return text.(string)
	}
	text := zoneText(loc)
	zones.Store(loc, text)
	return text
}

// zoneNamed describes the zone that time.LoadLocation returns.
func zoneNamed(name string) string {
	logged.Env("ZONEINFO")
	if name == "Local" {
		return localTime()
	}
	if text, ok := zones.Load(name); ok {
		return text.(string)
	}
	text := "not there"
	if loc, err := time.LoadLocation(name); err == nil {
		text = zoneText(loc)
	}
	zones.Store(name, text)
	return text
}

// zonePlaces are where package time looks for the file of a zone
// (zoneinfo_unix.go and zoneinfo_goroot.go there).
func zonePlaces() []string {
	places := []string{"/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo"}
	if root := goroot(); root != "" {
		places = append(places, filepath.Join(root, "lib", "time", "zoneinfo.zip"))
	}
	if place, _ := logged.Env("ZONEINFO"); place != "" {
		places = append(places, place)
	}
	return places
}

// allZones stands for all that time.LoadLocation may return: for the names and
// the times of the files that it may read.
func allZones() string {
	value, _ := logged.Env("ZONEINFO")
	return strings.TrimSpace(value + " " + zoneFiles())
}

var zoneFiles = sync.OnceValue(func() string {
	h := sha256.New()
	for _, place := range zonePlaces() {
		walkZones(place, func(path string, st unlogged.Stat) {
			if st.Mode.IsRegular() {
				fmt.Fprintln(h, path, st.Size, st.ModTime, st.ChangeTime, st.Inode)
			}
		})
	}
	return shortSum(h)
})

// walkZones visits what lies at and below a place, through symbolic links.
func walkZones(path string, visit func(string, unlogged.Stat)) {
	st, err := unlogged.StatPath(path)
	if err != nil {
		return
	}
	visit(path, st)
	if !st.Mode.IsDir() {
		return
	}
	entries, err := unlogged.ReadDir(path)
	if err != nil {
		return
	}
	for _, e := range entries {
		if below := filepath.Join(path, e.Name()); e.Type()&fs.ModeSymlink == 0 || !isDir(below) { // no circles
			walkZones(below, visit)
		}
	}
}

func isDir(path string) bool {
	st, err := unlogged.StatPath(path)
	return err == nil && st.Mode.IsDir()
}

// LookAtZone lets the go command know of the files that a setting stands for,
// so that it runs the test again after a change of them.
func LookAtZone(root logged.Root, setting string) {
	if _, done := zonesLookedAt.LoadOrStore(setting, true); done {
		return
	}
	zone, named := strings.CutPrefix(setting, settings.Zone)
	switch {
	case setting == settings.LocalTime:
		root.Stat("/etc/localtime")
	case named:
		for _, place := range zonePlaces() {
			root.Stat(filepath.Join(place, zone))
		}
	case setting == settings.Zones:
		for _, place := range zonePlaces() {
			walkZones(place, func(path string, st unlogged.Stat) {
				if !st.Mode.IsDir() {
					return
				}
				if f, err := root.Open(path); err == nil { // which tells of the files in it
					f.Close()
				}
			})
		}
	}
}

var zonesLookedAt sync.Map
