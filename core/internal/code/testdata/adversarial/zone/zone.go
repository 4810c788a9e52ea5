package zone

import "time"

func init() { time.Local = time.UTC }

func Year() int { return time.Unix(0, 0).Year() }
