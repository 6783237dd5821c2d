// Package errorcollection maps over items concurrently and keeps every value or error, in the order of the items.
//
// Negative numbers fail, and stop nobody:
//
//	double := func(_ context.Context, number int) (int, error) {
//		if number < 0 {
//			return 0, fmt.Errorf("%d is negative", number)
//		}
//		return 2 * number, nil
//	}
//	results := errorcollection.Map(ctx, []int{1, 2, -3, 4, 5, -6, 7, 8, -9, 10}, double, 5)
package errorcollection

import (
	"context"
	"fmt"
	"sync"
)

// Result is what became of one item: its value, or its error.
type Result[R any] struct {
	Value R
	Err   error
}

// Map calls work for every item, on so many workers, at least one, and returns a Result for each, in the order
// of the items. Items that were not begun when ctx was done have its error.
func Map[T, R any](ctx context.Context, items []T, work func(context.Context, T) (R, error), workers int) []Result[R] {
	results := make([]Result[R], len(items))
	numbers := make(chan int)

	var working sync.WaitGroup
	working.Add(workers)
	for range workers {
		go func() {
			defer working.Done()
			for number := range numbers {
				results[number] = try(ctx, number, items[number], work)
			}
		}()
	}

	for number := range items {
		numbers <- number
	}
	close(numbers)
	working.Wait()
	return results
}

func try[T, R any](ctx context.Context, number int, item T, work func(context.Context, T) (R, error)) Result[R] {
	if ctx.Err() != nil {
		return Result[R]{Err: fmt.Errorf("item %d: %w", number, context.Cause(ctx))}
	}
	value, err := work(ctx, item)
	if err != nil {
		return Result[R]{Err: fmt.Errorf("item %d: %w", number, err)}
	}
	return Result[R]{Value: value}
}
