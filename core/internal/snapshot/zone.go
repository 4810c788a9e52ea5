package snapshot

import (
	"math"
	"reflect"
	"slices"
	"time"
	"unsafe"
)

// location has the fields of a time.Location.
type location struct {
	name                 string
	zone                 []zone
	tx                   []zoneTrans
	extend               string
	cacheStart, cacheEnd int64
	cacheZone            *zone
}

type zone struct {
	name   string
	offset int
	isDST  bool
}

//lint:ignore U1000 the fields are those of package time
type zoneTrans struct {
	when         int64
	index        uint8
	isstd, isutc bool
}

// isLike reports whether two types have fields of the same names and kinds.
func isLike(t, like reflect.Type) bool {
	if t.Kind() != like.Kind() || t.Size() != like.Size() {
		return false
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer:
		return isLike(t.Elem(), like.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if f, as := t.Field(i), like.Field(i); f.Name != as.Name || !isLike(f.Type, as.Type) {
				return false
			}
		}
	}
	return true
}

// setCache gives a Location the cache that time.FixedZone and LoadLocation give it, its
// zone of now: reflect.DeepEqual compares that too.
func setCache(loc *time.Location, now time.Time) {
	l := (*location)(unsafe.Pointer(loc))
	now = now.In(loc)
	name, offset := now.Zone()
	i := slices.Index(l.zone, zone{name, offset, now.IsDST()})
	if i < 0 {
		return
	}
	start, end := now.ZoneBounds()
	l.cacheStart, l.cacheEnd, l.cacheZone = math.MinInt64, math.MaxInt64, &l.zone[i]
	if !start.IsZero() {
		l.cacheStart = start.Unix()
	}
	if !end.IsZero() {
		l.cacheEnd = end.Unix()
	}
}
