// Package workerpool works through many independent jobs on a fixed number of goroutines.
package workerpool

import (
	"iter"
	"sync"
)

// Serial works through the jobs one after the other: what every pool is compared with.
func Serial[J, R any](jobs iter.Seq[J], work func(J) R) []R {
	var results []R
	for job := range jobs {
		results = append(results, work(job))
	}
	return results
}

// Run works through the jobs on so many workers; results come in the order in which they are ready.
// Both channels hold buffer items.
func Run[J, R any](jobs iter.Seq[J], work func(J) R, workers, buffer int) []R {
	todo := make(chan J, buffer)
	results := make(chan R, buffer)

	go func() {
		defer close(todo)
		for job := range jobs {
			todo <- job
		}
	}()

	var working sync.WaitGroup
	working.Add(workers)
	for range workers {
		go func() {
			defer working.Done()
			for job := range todo {
				results <- work(job)
			}
		}()
	}
	go func() {
		working.Wait()
		close(results)
	}()

	var collected []R
	for result := range results {
		collected = append(collected, result)
	}
	return collected
}
