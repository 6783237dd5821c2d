// Package leaks counts the goroutines that a function leaves behind.
package leaks

import (
	"runtime"
	"time"
)

const (
	pause   = 5 * time.Millisecond   // between two looks
	still   = 200 * time.Millisecond // a number that holds for so long is final
	longest = 2 * time.Second
)

// Count calls run and returns how many goroutines are left of it, once their number has settled, or after two
// seconds. Nothing else may start or end goroutines meanwhile.
func Count(run func()) int {
	before := settled(0)
	run()
	return max(settled(before)-before, 0)
}

// settled returns the number of goroutines as soon as it is down to least, or holds still.
func settled(least int) int {
	began := time.Now()
	count, since := runtime.NumGoroutine(), began
	for count > least && time.Since(since) < still && time.Since(began) < longest {
		time.Sleep(pause)
		if now := runtime.NumGoroutine(); now != count {
			count, since = now, time.Now()
		}
	}
	return count
}
