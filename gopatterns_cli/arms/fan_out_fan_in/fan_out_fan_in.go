// Package fanoutfanin deals one stream to several goroutines and merges what they make.
package fanoutfanin

import (
	"iter"
	"sync"
)

// Serial works through the items one after the other: what every fan-out is compared with.
func Serial[T, R any](source iter.Seq[T], work func(T) R) []R {
	var results []R
	for item := range source {
		results = append(results, work(item))
	}
	return results
}

// Run fans the source out to so many workers, each with a channel of its own, and fans those in again.
// Every channel holds buffer items.
func Run[T, R any](source iter.Seq[T], work func(T) R, workers, buffer int) []R {
	items := make(chan T, buffer)
	go func() {
		defer close(items)
		for item := range source {
			items <- item
		}
	}()

	channels := make([]<-chan R, workers)
	for number := range channels {
		channels[number] = worker(items, work, buffer)
	}

	var results []R
	for result := range merge(channels, buffer) {
		results = append(results, result)
	}
	return results
}

func worker[T, R any](items <-chan T, work func(T) R, buffer int) <-chan R {
	results := make(chan R, buffer)
	go func() {
		defer close(results)
		for item := range items {
			results <- work(item)
		}
	}()
	return results
}

func merge[R any](channels []<-chan R, buffer int) <-chan R {
	merged := make(chan R, buffer)
	var open sync.WaitGroup
	open.Add(len(channels))
	for _, channel := range channels {
		go func() {
			defer open.Done()
			for result := range channel {
				merged <- result
			}
		}()
	}
	go func() {
		open.Wait()
		close(merged)
	}()
	return merged
}
