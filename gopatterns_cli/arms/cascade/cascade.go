// Package cascade shows that one cancel at the root of a tree of contexts ends everything below it.
//
// Five workers that poll every 500 ms, all cancelled at 3 s:
//
//	polls := cascade.Run(ctx, 5, 500*time.Millisecond, 3*time.Second)
package cascade

import (
	"context"
	"sync"
	"time"
)

// groups is how many branches the tree has.
const groups = 2

// Run starts workers that poll once per latency, which is above 0, each under a context of its own below one
// of the branches. It cancels the root, and nothing else, after so long or when ctx is done. When all workers
// have ended it returns how often each polled.
func Run(ctx context.Context, workers int, latency, after time.Duration) []int {
	root, cancel := context.WithCancel(ctx)
	defer cancel()
	defer time.AfterFunc(after, cancel).Stop()

	var branches [groups]context.Context
	for number := range branches {
		branch, cancel := context.WithCancel(root)
		defer cancel()
		branches[number] = branch
	}

	polls := make([]int, workers)
	var working sync.WaitGroup
	working.Add(workers)
	for number := range polls {
		go func() {
			defer working.Done()
			polls[number] = poll(branches[number%groups], latency)
		}()
	}
	working.Wait()
	return polls
}

// poll returns how many polls were made before its branch was cancelled.
func poll(branch context.Context, latency time.Duration) int {
	ctx, cancel := context.WithCancel(branch)
	defer cancel()
	ticker := time.NewTicker(latency)
	defer ticker.Stop()

	for polls := 0; ; polls++ {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return polls
		}
	}
}
