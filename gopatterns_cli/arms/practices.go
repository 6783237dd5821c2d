package main

import (
	"time"

	"gopat/buffered_results"
	"gopat/clean_up"
	"gopat/handle_cancel"
	"gopat/leaks"
)

// left says how many goroutines a practice leaves behind, as it should be done and as it should not.
type left struct {
	Good int `json:"good"`
	Bad  int `json:"bad"`
}

// practices counts what the best practices leave behind, with the numbers of the demos.
func practices() map[string]left {
	const workers = 5
	return map[string]left{
		"buffered-results": {
			leaks.Count(func() { bufferedresults.Good(workers, 50*time.Millisecond) }),
			leaks.Count(func() { bufferedresults.Bad(workers, 50*time.Millisecond) }),
		},
		"clean-up": {
			leaks.Count(func() { cleanup.Good(workers, 10*time.Millisecond, 50*time.Millisecond) }),
			leaks.Count(func() { cleanup.Bad(workers, 10*time.Millisecond, 50*time.Millisecond) }),
		},
		"handle-cancel": {
			leaks.Count(func() { handlecancel.Good(workers, 50*time.Millisecond) }),
			leaks.Count(func() { handlecancel.Bad(workers, 50*time.Millisecond) }),
		},
	}
}
