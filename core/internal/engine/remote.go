package engine

import (
	"github.com/fixturecache/fixturecache/core/internal/record"
	"github.com/fixturecache/fixturecache/core/internal/tier"
)

// The shared tier is asked after the store, under the lock of the variant: a
// record that came from there and holds here is put into the store, and then
// found in it like any other. What this process built is shared with others only
// if CACHETEST_REMOTE_WRITE=1 says so, and if nothing ties it to this machine.

// tier returns the shared tier, nil if there is none.
func (cl *call) tier() *tier.Tier {
	if place, ok := tier.PlaceOf(cl.c.config.Remote); ok {
		return tier.Beside(cl.c.store, place, cl.c.world, cl.c.read, cl.spec.Deadline)
	}
	return nil
}

// Tied says why a record cannot be of use on another machine.
func (c *Cache) Tied(rec *record.Record) string { return tier.Tied(c.read, rec) }

// tierFault tells that the tier has ended, once.
func (cl *call) tierFault(t *tier.Tier, err error) {
	if err != nil {
		cl.emit(Event{Type: EventRemote, Remote: t.Host, Cause: err.Error()})
	}
}

// fetch looks in the shared tier for a record that is valid now. Where there is
// none, it returns the reasons for the build with what is to be said of those that
// are there.
func (cl *call) fetch(reasons []Reason) (*hit, []Reason) {
	t := cl.tier()
	if t == nil || cl.spec.Local || cl.spec.NoStore {
		return nil, reasons
	}
	taken, reasons, err := t.Take(&cl.Present, cl.key, cl.spec.Key, reasons)
	if cl.tierFault(t, err); !taken {
		return nil, reasons
	}
	h := cl.findAgain()
	if h != nil {
		h.from = t.Host
	}
	return h, reasons
}
