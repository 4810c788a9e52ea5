package plainjson

import (
	"strings"
	"time"
)

// parseTime reads a time of RFC 3339, as AppendFormat writes it. time.Parse would
// add 28 kB to each test binary.
func parseTime(s string) (time.Time, error) {
	n, rest, ok := digits(s, "0000-00-00T00:00:00")
	nsec := 0
	if strings.HasPrefix(rest, ".") {
		rest = rest[1:]
		for unit := 100_000_000; rest != "" && '0' <= rest[0] && rest[0] <= '9'; unit /= 10 {
			nsec += int(rest[0]-'0') * unit
			rest = rest[1:]
		}
	}
	zone := time.UTC
	if rest != "Z" {
		sign, valid := 1, false
		if strings.HasPrefix(rest, "-") {
			sign, rest = -1, "+"+rest[1:]
		}
		var east [6]int
		east, rest, valid = digits(rest, "+00:00")
		ok = ok && valid && rest == "" && east[1] < 24 && east[2] < 60
		zone = time.FixedZone("", sign*(east[1]*60+east[2])*60)
	}
	at := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], nsec, zone)
	if !ok || n[3] > 23 || n[4] > 59 || n[5] > 59 || int(at.Month()) != n[1] || at.Day() != n[2] {
		return time.Time{}, errSyntax
	}
	return at, nil
}

// digits reads the numbers of s, which has digits where form has zeros, and is the
// same elsewhere.
func digits(s, form string) (n [6]int, rest string, ok bool) {
	if len(s) < len(form) {
		return n, s, false
	}
	at := 0
	for i := range len(form) {
		c := s[i]
		switch {
		case form[i] != '0' && c == form[i]:
			at++
		case form[i] == '0' && '0' <= c && c <= '9':
			n[at] = n[at]*10 + int(c-'0')
		default:
			return n, s, false
		}
	}
	return n, s[len(form):], true
}
