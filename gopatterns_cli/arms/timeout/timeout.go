// Package timeout races work against a time: by a context, and by a timer beside a channel.
//
// Work of two seconds does not come in within one:
//
//	slow := func(ctx context.Context) (string, error) {
//		select {
//		case <-time.After(2 * time.Second):
//			return "done", nil
//		case <-ctx.Done():
//			return "", ctx.Err()
//		}
//	}
//	_, err := timeout.ByContext(ctx, time.Second, slow)
//	errors.Is(err, context.DeadlineExceeded) // true
package timeout

import (
	"context"
	"fmt"
	"time"
)

// ByContext returns what work gives within the limit. After that its context is done, and the error is that of
// the context. Work that does not look at its context runs on until it ends, and its answer reaches nobody.
func ByContext[T any](ctx context.Context, limit time.Duration, work func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()

	select {
	case answer := <-start(ctx, work):
		return answer.value, answer.err
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("no answer within %v: %w", limit, context.Cause(ctx))
	}
}

// ByTimer does the same with a timer of its own; the context serves to end the work.
func ByTimer[T any](ctx context.Context, limit time.Duration, work func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	timer := time.NewTimer(limit)
	defer timer.Stop()

	var none T
	select {
	case answer := <-start(ctx, work):
		return answer.value, answer.err
	case <-timer.C:
		return none, fmt.Errorf("no answer within %v: %w", limit, context.DeadlineExceeded)
	case <-ctx.Done():
		return none, fmt.Errorf("no answer: %w", context.Cause(ctx))
	}
}

type answer[T any] struct {
	value T
	err   error
}

// start has work run beside the caller. There is room for its answer, so that it ends when nobody waits.
func start[T any](ctx context.Context, work func(context.Context) (T, error)) <-chan answer[T] {
	answers := make(chan answer[T], 1)
	go func() {
		value, err := work(ctx)
		answers <- answer[T]{value, err}
	}()
	return answers
}
