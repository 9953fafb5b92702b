//go:build !linux

package conv

import "time"

var start = time.Now()

func threadTime() int64 { return time.Since(start).Nanoseconds() }
