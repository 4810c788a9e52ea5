//go:build !unix

package snapshot

import "time"

func processorTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
