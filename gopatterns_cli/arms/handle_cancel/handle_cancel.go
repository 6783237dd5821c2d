// Package handlecancel has goroutines that wait for a result: they wait for the cancel as well.
//
// Five workers wait for an answer that never comes, and are cancelled after a second:
//
//	leaks.Count(func() { handlecancel.Good(5, time.Second) }) // 0
//	leaks.Count(func() { handlecancel.Bad(5, time.Second) })  // 5
package handlecancel

import (
	"context"
	"fmt"
	"time"
)

// Good cancels the workers after so long and returns the error that each of them ends with.
func Good(workers int, after time.Duration) []error {
	ctx, cancel := context.WithCancel(context.Background())
	ended := start(ctx, workers, listen)
	time.Sleep(after)
	cancel()

	var errs []error
	for range workers {
		errs = append(errs, <-ended)
	}
	return errs
}

// Bad cancels the same workers, but they do not hear of it and never end.
func Bad(workers int, after time.Duration) {
	ctx, cancel := context.WithCancel(context.Background())
	start(ctx, workers, listenOnly)
	time.Sleep(after)
	cancel()
}

// start starts workers that listen for an answer, and returns where they say how that ended.
func start(ctx context.Context, workers int, listen func(context.Context, <-chan int) (int, error)) <-chan error {
	answers := make(chan int) // nobody sends
	ended := make(chan error, workers)
	for range workers {
		go func() {
			_, err := listen(ctx, answers)
			ended <- err
		}()
	}
	return ended
}

// listen returns the answer, or the context's error if that comes first.
func listen(ctx context.Context, answers <-chan int) (int, error) {
	select {
	case answer := <-answers:
		return answer, nil
	case <-ctx.Done():
		return 0, fmt.Errorf("no answer: %w", context.Cause(ctx))
	}
}

// listenOnly is given a context and does not look at it.
func listenOnly(_ context.Context, answers <-chan int) (int, error) {
	return <-answers, nil
}
