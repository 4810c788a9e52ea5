package unlogged

import (
	"time"

	"golang.org/x/sys/unix"
)

// FileClock is the earliest time, in nanoseconds since 1970, that the kernel
// would stamp a file with that is changed from now on. Files get the time of
// the last tick of the kernel's clock, up to 10 ms ago; since Linux 6.13 also a
// later one, but none that lies in the future.
func FileClock() int64 {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_REALTIME_COARSE, &ts) == nil {
		return ts.Nano()
	}
	return time.Now().Add(-longestTick).UnixNano()
}
