package process

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fixturecache/fixturecache/core/internal/input"
	"github.com/fixturecache/fixturecache/core/internal/logged"
	"github.com/fixturecache/fixturecache/core/internal/snapshot"
	"github.com/fixturecache/fixturecache/core/internal/unlogged"
)

// Package time reads the files of time zones past package os: which ones, and
// whether a file or the system or the binary itself has the zone, depends on
// ZONEINFO, TZ, the platform and the tags of the build. So a zone is known by
// what it says, not by where it comes from. The go command is told of all places
// where it may come from, so that it runs the test again after a change of them.

// zoneText describes a zone: its name, the names of its times in a year to come, and a
// digest of all that package time knows of it.
func zoneText(loc *time.Location) string {
	year := func(month time.Month) string {
		name, _ := time.Date(2100, month, 1, 0, 0, 0, 0, loc).Zone()
		return name
	}
	names := year(time.January)
	if july := year(time.July); july != names {
		names += "/" + july
	}
	sum, _ := snapshot.Hash(*loc) // it is data
	return loc.String() + " " + names + input.SumMark + hex.EncodeToString(sum[:6])
}

// zones are the descriptions that were made, by a *time.Location or by what was
// asked for: zones do not change.
var zones sync.Map

// zoneOnce returns the description of a zone, made once.
func zoneOnce(zone any, describe func() string) string {
	text, ok := zones.Load(zone)
	if !ok {
		text = describe()
		zones.Store(zone, text)
	}
	return text.(string)
}

// localTime describes the local zone of the process as it is now: TZ, the file
// /etc/localtime, or what a test has set time.Local to.
func localTime() string {
	loc := time.Local
	return zoneOnce(loc, func() string {
		This().Root.Stat("/etc/localtime")
		return zoneText(loc)
	})
}

// zoneNamed describes the zone that time.LoadLocation returns.
func zoneNamed(name string) string {
	if name == "Local" {
		return localTime()
	}
	return zoneOnce(name, func() string {
		for _, place := range zonePlaces() {
			This().Root.Stat(filepath.Join(place, name))
		}
		loc, err := time.LoadLocation(name)
		if err != nil {
			return "not there"
		}
		return zoneText(loc)
	})
}

// zonePlaces returns the places where package time looks for the file of a zone
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
	return zoneOnce("all of "+value, func() string {
		var list []string
		for _, place := range zonePlaces() {
			h := sha256.New()
			hashZones(h, place)
			list = append(list, place+input.SumMark+hex.EncodeToString(h.Sum(nil)[:6]))
		}
		slices.Sort(list)
		return strings.Join(list, "\n")
	})
}

// hashZones digests the times of what lies at and below a place, through symbolic
// links but for those to directories, which may lead in circles.
func hashZones(h hash.Hash, path string) {
	st, err := unlogged.StatPath(path)
	switch {
	case err == nil && st.Mode.IsRegular():
		fmt.Fprintln(h, path, st.Size, st.ModTime, st.ChangeTime, st.Inode)
		return
	case err != nil || !st.Mode.IsDir():
		return
	}
	if f, err := This().Root.Open(path); err == nil { // which tells of the files in it
		f.Close()
	}
	entries, _ := unlogged.ReadDir(path)
	for _, e := range entries {
		below := filepath.Join(path, e.Name())
		if e.Type()&fs.ModeSymlink != 0 {
			if st, err := unlogged.StatPath(below); err != nil || st.Mode.IsDir() {
				continue
			}
		}
		hashZones(h, below)
	}
}
