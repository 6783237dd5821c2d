package cancellablepipeline

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"gopat/leaks"
)

func square(number int) int { return number * number }

// naturals counts from 1 without an end.
func naturals() iter.Seq[int] {
	return func(yield func(int) bool) {
		for number := 1; yield(number); number++ {
		}
	}
}

func TestTheSquaresComeInOrder(t *testing.T) {
	for _, buffer := range []int{0, 1, 10} {
		left := leaks.Count(func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			squares, err := Run(ctx, slices.Values([]int{1, 2, 3, 4, 5}), square, buffer)
			if err != nil || !slices.Equal(squares, []int{1, 4, 9, 16, 25}) {
				t.Errorf("buffer %d: %v, %v", buffer, squares, err)
			}
		})
		if left != 0 {
			t.Errorf("buffer %d: %d goroutines are left", buffer, left)
		}
	}
}

func TestACancelStopsEveryStageOfAnEndlessStream(t *testing.T) {
	stop := errors.New("enough")
	left := leaks.Count(func() {
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		squareUpTo := func(number int) int {
			if number == 100 {
				cancel(stop)
			}
			return square(number)
		}
		squares, err := Run(ctx, naturals(), squareUpTo, 0)
		if !errors.Is(err, stop) {
			t.Errorf("the error is %v", err)
		}
		if len(squares) > 100 {
			t.Errorf("%d squares, of which 100 were made before the cancel", len(squares))
		}
		for at, found := range squares {
			if found != square(at+1) {
				t.Errorf("square %d is %d", at+1, found)
			}
		}
	})
	if left != 0 {
		t.Errorf("%d goroutines are left", left)
	}
}

func TestTheTimeoutStopsEveryStage(t *testing.T) {
	left := leaks.Count(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		if _, err := Run(ctx, naturals(), square, 4); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v", err)
		}
	})
	if left != 0 {
		t.Errorf("%d goroutines are left", left)
	}
}

func TestAReaderLeavesEarlyByCancelling(t *testing.T) {
	left := leaks.Count(func() {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		if first := <-Stage(ctx, Generate(ctx, naturals(), 0), square, 0); first != 1 {
			t.Errorf("the first square is %d", first)
		}
	})
	if left != 0 {
		t.Errorf("%d goroutines are left", left)
	}
}

func TestNothingPassesUnderADeadContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	squares, err := Run(ctx, naturals(), square, 10)
	if len(squares) != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", squares, err)
	}
}
