package fanoutfanin

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"gopat/leaks"
)

func noLeak(t *testing.T, run func()) {
	t.Helper()
	if left := leaks.Count(run); left != 0 {
		t.Errorf("%d goroutines are left", left)
	}
}

func square(number int) int { return number * number }

func TestEveryItemComesBackOnceWhateverTheWorkersAndTheBuffer(t *testing.T) {
	numbers := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	for _, workers := range []int{1, 4, 8, 20} {
		for _, buffer := range []int{0, 1, 100} {
			noLeak(t, func() {
				results := Run(slices.Values(numbers), square, workers, buffer)
				slices.Sort(results)
				if expected := Serial(slices.Values(numbers), square); !slices.Equal(results, expected) {
					t.Errorf("%d workers, buffer %d: found %v, expected %v", workers, buffer, results, expected)
				}
			})
		}
	}
}

func TestAllWorkersWorkAtOnceAndNoMore(t *testing.T) {
	const workers = 4
	var now atomic.Int64
	var together sync.WaitGroup
	together.Add(workers)
	work := func(item int) int {
		if running := now.Add(1); running > workers {
			t.Errorf("%d items at once", running)
		}
		defer now.Add(-1)
		if item < workers { // the first items end only together
			together.Done()
			together.Wait()
		}
		return item
	}
	noLeak(t, func() {
		numbers := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
		if results := Run(slices.Values(numbers), work, workers, 0); len(results) != len(numbers) {
			t.Errorf("%d results", len(results))
		}
	})
}

func TestASlowChannelHoldsUpNoneOfTheOthers(t *testing.T) {
	noLeak(t, func() {
		var done atomic.Int64
		others := make(chan struct{})
		work := func(item int) int {
			if item == 0 {
				<-others
			} else if done.Add(1) == 9 {
				close(others)
			}
			return item
		}
		results := Run(slices.Values([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}), work, 2, 0)
		if len(results) != 10 {
			t.Errorf("found %v", results)
		}
	})
}

func TestNoItemsAreNoResults(t *testing.T) {
	noLeak(t, func() {
		if results := Run(slices.Values([]int(nil)), square, 3, 0); len(results) != 0 {
			t.Errorf("found %v", results)
		}
	})
}
