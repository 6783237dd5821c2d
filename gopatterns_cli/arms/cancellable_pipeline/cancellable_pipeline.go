// Package cancellablepipeline is a pipeline under a context: when that is done, every stage stops.
//
// The squares of 1 to 5, within five seconds:
//
//	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
//	defer cancel()
//	square := func(number int) int { return number * number }
//	squares, err := cancellablepipeline.Run(ctx, slices.Values([]int{1, 2, 3, 4, 5}), square, 0)
package cancellablepipeline

import (
	"context"
	"fmt"
	"iter"
)

// Run takes every item of the source, which may be without an end, through work, with room for buffer items
// between two stages. If ctx is done first, it returns the results so far and ctx's error.
func Run[T, R any](ctx context.Context, source iter.Seq[T], work func(T) R, buffer int) ([]R, error) {
	var results []R
	for result := range Stage(ctx, Generate(ctx, source, buffer), work, buffer) {
		results = append(results, result)
	}
	if ctx.Err() != nil {
		return results, fmt.Errorf("pipeline stopped after %d results: %w", len(results), context.Cause(ctx))
	}
	return results, nil
}

// Generate sends the items of the source until they end or ctx is done, and closes the channel then.
func Generate[T any](ctx context.Context, source iter.Seq[T], buffer int) <-chan T {
	items := make(chan T, buffer)
	go func() {
		defer close(items)
		for item := range source {
			if !send(ctx, items, item) {
				return
			}
		}
	}()
	return items
}

// Stage sends work(item) for every item until those end or ctx is done, and closes the channel then. Whoever
// reads it may leave early only after ctx is cancelled.
func Stage[T, R any](ctx context.Context, items <-chan T, work func(T) R, buffer int) <-chan R {
	results := make(chan R, buffer)
	go func() {
		defer close(results)
		for item := range items {
			if !send(ctx, results, work(item)) {
				return
			}
		}
	}()
	return results
}

// send reports whether the item was sent; nothing is once ctx is done.
func send[T any](ctx context.Context, channel chan<- T, item T) bool {
	if ctx.Err() != nil {
		return false
	}
	select {
	case channel <- item:
		return true
	case <-ctx.Done():
		return false
	}
}
