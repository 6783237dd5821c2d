package timeout

import (
	"context"
	"errors"
	"testing"
	"time"

	"gopat/leaks"
)

var errWork = errors.New("it failed")

type race func(context.Context, time.Duration, func(context.Context) (string, error)) (string, error)

var races = map[string]race{"context": ByContext[string], "timer": ByTimer[string]}

func quick(context.Context) (string, error) { return "done", nil }

func failing(context.Context) (string, error) { return "", errWork }

// endless works until its context is done.
func endless(ctx context.Context) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

func TestTheFirstOfWorkAndTimeCounts(t *testing.T) {
	tests := map[string]struct {
		limit time.Duration
		work  func(context.Context) (string, error)
		value string
		err   error
	}{
		"work in time":          {time.Minute, quick, "done", nil},
		"work that fails":       {time.Minute, failing, "", errWork},
		"work that is too slow": {20 * time.Millisecond, endless, "", context.DeadlineExceeded},
		"no time at all":        {0, endless, "", context.DeadlineExceeded},
	}
	for by, race := range races {
		for name, test := range tests {
			t.Run(by+"/"+name, func(t *testing.T) {
				left := leaks.Count(func() {
					value, err := race(context.Background(), test.limit, test.work)
					if value != test.value || !errors.Is(err, test.err) {
						t.Errorf("found %q, %v, expected %q, %v", value, err, test.value, test.err)
					}
				})
				if left != 0 {
					t.Errorf("%d goroutines are left", left)
				}
			})
		}
	}
}

func TestACancelFromAboveEndsTheWait(t *testing.T) {
	for by, race := range races {
		t.Run(by, func(t *testing.T) {
			left := leaks.Count(func() {
				ctx, cancel := context.WithCancel(context.Background())
				_, err := race(ctx, time.Minute, func(ctx context.Context) (string, error) {
					cancel()
					return endless(ctx)
				})
				if !errors.Is(err, context.Canceled) {
					t.Errorf("the error is %v", err)
				}
			})
			if left != 0 {
				t.Errorf("%d goroutines are left", left)
			}
		})
	}
}

func TestWorkThatIgnoresItsContextIsNotWaitedFor(t *testing.T) {
	for by, race := range races {
		t.Run(by, func(t *testing.T) {
			gate := make(chan struct{})
			left := leaks.Count(func() {
				_, err := race(context.Background(), time.Millisecond, func(context.Context) (string, error) {
					<-gate
					return "too late", nil
				})
				close(gate)
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("the error is %v", err)
				}
			})
			if left != 0 {
				t.Errorf("%d goroutines are left: the late answer has no room", left)
			}
		})
	}
}
