package admin

import (
	"cmp"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/fixturecache/fixturecache/core/internal/engine"
	"github.com/fixturecache/fixturecache/core/internal/human"
	"github.com/fixturecache/fixturecache/core/internal/tier"
)

// A Setting is one setting in force.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	From  string `json:"from"` // a variable, the file with its path, "default", "option"
	Note  string `json:"note,omitempty"`
}

// Settings returns the settings in force, and where they come from, for the tests of
// the module that the process started in.
func Settings() ([]Setting, error) {
	config, origins, err := engine.LoadConfig(engine.Config{})
	if err != nil {
		return nil, err
	}
	from := "default"
	if os.Getenv("CACHETEST") != "" {
		from = "CACHETEST"
	}
	mode, err := engine.EnvMode()
	list := []Setting{{Name: "mode", Value: string(mode), From: from}}
	for _, origin := range origins {
		s := Setting{Name: origin.Name, Value: inForce(config, origin.Name), From: origin.From}
		if s.Name == "remote" {
			describeRemote(&s, config)
		}
		list = append(list, s)
	}
	for _, name := range []string{"CACHETEST_LOG", "CACHETEST_KEEP", "CACHETEST_UPDATE"} {
		if value := os.Getenv(name); value != "" {
			list = append(list, Setting{Name: strings.ToLower(strings.TrimPrefix(name, "CACHETEST_")), Value: value, From: name})
		}
	}
	return list, err
}

// describeRemote adds the address of the shared tier, and what it is used for.
func describeRemote(s *Setting, config engine.Config) {
	place, ok := tier.PlaceOf(config.Remote)
	if !ok {
		return
	}
	s.Value = place.Host()
	if u, err := url.Parse(place.URL); err == nil && u.Host == s.Value {
		u.User = nil
		s.Value = u.String()
	}
	if place.Command != "" {
		s.Value, s.From = place.Command, "CACHETEST_CACHEPROG"
	}
	s.Note = "read only: CACHETEST_REMOTE_WRITE=1 is not set"
	if tier.Writes() {
		s.Note = "read and written"
		if os.Getenv("CACHETEST_REMOTE_KEY") != "" {
			s.Note += ", signed"
		}
	}
	if trust := os.Getenv("CACHETEST_REMOTE_TRUST"); trust != "" {
		s.Note += "; signatures are checked"
	}
}

// inForce returns the value of a setting for people.
func inForce(config engine.Config, name string) string {
	limits := engine.InForce(config.Limits)
	text := ""
	switch {
	case name == "max_age" && limits.Age > 0:
		text = human.Age(limits.Age)
	case name == "max_bytes" && limits.Bytes > 0:
		text = human.Size(limits.Bytes)
	case name == "max_count" && limits.Count > 0:
		text = strconv.FormatInt(limits.Count, 10)
	case name == "dir":
		text = config.Dir
	case name == "ignore":
		text = strings.Join(config.Ignore, ", ")
	case name == "env":
		text = strings.Join(config.Env, ", ")
	case name == "values":
		text = "short ones kept"
		if config.HideValues {
			text = "hidden"
		}
	}
	return cmp.Or(text, "none")
}
