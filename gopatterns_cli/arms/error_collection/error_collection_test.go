package errorcollection

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"gopat/leaks"
)

var errNegative = errors.New("negative")

func double(_ context.Context, number int) (int, error) {
	if number < 0 {
		return 0, fmt.Errorf("%d is %w", number, errNegative)
	}
	return 2 * number, nil
}

func TestEveryItemKeepsItsValueOrItsErrorInItsPlace(t *testing.T) {
	tests := map[string][]int{
		"the example": {1, 2, -3, 4, 5, -6, 7, 8, -9, 10},
		"none fails":  {1, 2, 3},
		"all fail":    {-1, -2, -3},
		"nothing":     {},
	}
	for name, numbers := range tests {
		for _, workers := range []int{1, 5, 20} {
			t.Run(fmt.Sprintf("%s/%d", name, workers), func(t *testing.T) {
				left := leaks.Count(func() {
					results := Map(context.Background(), numbers, double, workers)
					if len(results) != len(numbers) {
						t.Fatalf("%d results for %d items", len(results), len(numbers))
					}
					for at, number := range numbers {
						check(t, results[at], at, number)
					}
				})
				if left != 0 {
					t.Errorf("%d goroutines are left", left)
				}
			})
		}
	}
}

func check(t *testing.T, found Result[int], at, number int) {
	t.Helper()
	switch {
	case number >= 0 && found != Result[int]{Value: 2 * number}:
		t.Errorf("item %d, %d: %v", at, number, found)
	case number < 0 && !errors.Is(found.Err, errNegative):
		t.Errorf("item %d, %d: %v", at, number, found.Err)
	case number < 0 && found.Err.Error() != fmt.Sprintf("item %d: %d is negative", at, number):
		t.Errorf("item %d, %d: %v", at, number, found.Err)
	}
}

func TestSoManyWorkersWorkAtOnce(t *testing.T) {
	const workers = 5
	var here atomic.Int64
	all := make(chan struct{})
	meet := func(context.Context, int) (int, error) {
		if here.Add(1) == workers {
			close(all)
		}
		<-all // ends only if all of them are here
		return 0, nil
	}
	for _, result := range Map(context.Background(), make([]int, workers), meet, workers) {
		if result.Err != nil {
			t.Error(result.Err)
		}
	}
}

func TestItemsThatWereNotBegunHaveTheContextsError(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancelAtThree := func(ctx context.Context, number int) (int, error) {
		if number == 3 {
			cancel()
		}
		return double(ctx, number)
	}
	for at, result := range Map(ctx, []int{1, 2, 3, 4, 5}, cancelAtThree, 1) {
		if begun := at < 3; begun != (result.Err == nil) || !begun && !errors.Is(result.Err, context.Canceled) {
			t.Errorf("item %d: %v", at, result)
		}
	}
}
