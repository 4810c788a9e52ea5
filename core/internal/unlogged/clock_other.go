//go:build !linux

package unlogged

import "time"

// FileClock is the earliest time, in nanoseconds since 1970, that the system
// would stamp a file with that is changed from now on.
func FileClock() int64 { return time.Now().Add(-longestTick).UnixNano() }
