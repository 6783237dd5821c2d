// Package combination fetches in a worker pool and computes in a fan-out, one behind the other.
package combination

import (
	"iter"
	"sync"
)

// Run fetches every item in one of so many fetchers, computes with what came in one of so many computers, and
// returns what those made, in the order in which it was ready.
func Run[T, F, R any](source iter.Seq[T], fetch func(T) F, compute func(F) R, fetchers, computers int) []R {
	items := make(chan T)
	go func() {
		defer close(items)
		for item := range source {
			items <- item
		}
	}()

	var results []R
	for result := range spread(spread(items, fetch, fetchers), compute, computers) {
		results = append(results, result)
	}
	return results
}

// spread works on so many items at once.
func spread[T, R any](items <-chan T, work func(T) R, workers int) <-chan R {
	results := make(chan R, workers)
	var open sync.WaitGroup
	open.Add(workers)
	for range workers {
		go func() {
			defer open.Done()
			for item := range items {
				results <- work(item)
			}
		}()
	}
	go func() {
		open.Wait()
		close(results)
	}()
	return results
}
