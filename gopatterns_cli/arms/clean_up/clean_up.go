// Package cleanup has goroutines that work in a loop: who starts them ends them.
//
// Five workers that poll every 100 ms, of which after a second none is left, or all five are:
//
//	leaks.Count(func() { cleanup.Good(5, 100*time.Millisecond, time.Second) }) // 0
//	leaks.Count(func() { cleanup.Bad(5, 100*time.Millisecond, time.Second) })  // 5
package cleanup

import (
	"context"
	"sync"
	"time"
)

// Good lets the workers poll once per latency for so long, then cancels them and waits for their end.
func Good(workers int, latency, after time.Duration) {
	ctx, cancel := context.WithCancel(context.Background())
	var working sync.WaitGroup
	defer working.Wait()
	defer cancel() // deferred later and so called first

	working.Add(workers)
	for range workers {
		go func() {
			defer working.Done()
			poll(ctx, latency)
		}()
	}
	time.Sleep(after)
}

// Bad starts the same workers and never looks after them again: they poll for ever.
func Bad(workers int, latency, after time.Duration) {
	for range workers {
		go poll(context.Background(), latency)
	}
	time.Sleep(after)
}

func poll(ctx context.Context, latency time.Duration) {
	ticker := time.NewTicker(latency)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}
