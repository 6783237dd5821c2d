package workerpool

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

func double(number int) int { return number * 2 }

func TestEveryJobIsDoneOnceWhateverTheWorkersAndTheBuffer(t *testing.T) {
	numbers := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	for _, workers := range []int{1, 3, 10, 50} {
		for _, buffer := range []int{0, 1, 100} {
			noLeak(t, func() {
				results := Run(slices.Values(numbers), double, workers, buffer)
				slices.Sort(results)
				if expected := Serial(slices.Values(numbers), double); !slices.Equal(results, expected) {
					t.Errorf("%d workers, buffer %d: found %v, expected %v", workers, buffer, results, expected)
				}
			})
		}
	}
}

func TestAllWorkersWorkAtOnceAndNoMore(t *testing.T) {
	const workers, jobs = 4, 12
	var now atomic.Int64
	var together sync.WaitGroup
	together.Add(workers)
	work := func(job int) int {
		if running := now.Add(1); running > workers {
			t.Errorf("%d jobs at once", running)
		}
		defer now.Add(-1)
		if job < workers { // the first jobs end only together
			together.Done()
			together.Wait()
		}
		return job
	}
	noLeak(t, func() {
		source := func(yield func(int) bool) {
			for job := 0; job < jobs && yield(job); job++ {
			}
		}
		if results := Run(source, work, workers, 0); len(results) != jobs {
			t.Errorf("%d results", len(results))
		}
	})
}

func TestAJobThatWaitsForALaterOneHoldsNobodyUp(t *testing.T) {
	noLeak(t, func() {
		second := make(chan struct{})
		work := func(job int) int {
			if job == 1 {
				<-second
			} else {
				defer close(second)
			}
			return job
		}
		results := Run(slices.Values([]int{1, 2}), work, 2, 0)
		slices.Sort(results)
		if !slices.Equal(results, []int{1, 2}) {
			t.Errorf("found %v", results)
		}
	})
}

func TestNoJobsAreNoResults(t *testing.T) {
	noLeak(t, func() {
		if results := Run(slices.Values([]int(nil)), double, 3, 0); len(results) != 0 {
			t.Errorf("found %v", results)
		}
	})
}
