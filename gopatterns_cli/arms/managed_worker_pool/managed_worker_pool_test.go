package managedworkerpool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"gopat/leaks"
)

var errOdd = errors.New("odd")

func noLeak(t *testing.T, run func()) {
	t.Helper()
	if left := leaks.Count(run); left != 0 {
		t.Errorf("%d goroutines are left", left)
	}
}

func TestEveryJobHandsInItsResult(t *testing.T) {
	noLeak(t, func() {
		pool := Start(context.Background(), 5, func(_ context.Context, number int) (string, error) {
			if number%2 == 1 {
				return "", errOdd
			}
			return fmt.Sprint(number), nil
		})
		go func() {
			defer pool.Stop()
			for number := range 40 {
				if err := pool.Submit(context.Background(), number, number); err != nil {
					t.Error(err)
				}
			}
		}()
		var ids []int
		for result := range pool.Results() {
			ids = append(ids, result.JobID)
			expected := Result[string]{result.JobID, fmt.Sprint(result.JobID), nil}
			if result.JobID%2 == 1 {
				expected = Result[string]{result.JobID, "", errOdd}
			}
			if result != expected {
				t.Errorf("found %v, expected %v", result, expected)
			}
		}
		slices.Sort(ids)
		for number := range 40 {
			if number >= len(ids) || ids[number] != number {
				t.Fatalf("results of the jobs %v", ids)
			}
		}
	})
}

func TestTwoJobsPerWorkerWaitAndStopDoesThem(t *testing.T) {
	noLeak(t, func() {
		begun, gate := make(chan struct{}, 3), make(chan struct{})
		pool := Start(context.Background(), 1, func(context.Context, int) (int, error) {
			begun <- struct{}{}
			<-gate
			return 0, nil
		})
		accepted := []error{pool.TrySubmit(1, 0)}
		<-begun
		accepted = append(accepted, pool.TrySubmit(2, 0), pool.TrySubmit(3, 0))
		if err := errors.Join(accepted...); err != nil {
			t.Error(err)
		}
		if err := pool.TrySubmit(4, 0); !errors.Is(err, ErrFull) {
			t.Errorf("a fourth job: %v", err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := pool.Submit(ctx, 4, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("a fourth job under a dead context: %v", err)
		}

		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			pool.Stop()
		}()
		if err := pool.Submit(context.Background(), 4, 0); !errors.Is(err, ErrClosed) {
			t.Errorf("a job that waits for room at the stop: %v", err)
		}
		close(gate)
		for number := 1; number <= 3; number++ {
			if result := <-pool.Results(); result.JobID != number {
				t.Errorf("job %d came as number %d", result.JobID, number)
			}
		}
		<-stopped
		pool.Stop()
		for _, err := range []error{pool.TrySubmit(5, 0), pool.Submit(context.Background(), 5, 0)} {
			if !errors.Is(err, ErrClosed) {
				t.Errorf("a job after the stop: %v", err)
			}
		}
	})
}

func TestASubmitThatRacesWithStopIsAcceptedOrRefused(t *testing.T) {
	noLeak(t, func() {
		for range 200 {
			pool := Start(context.Background(), 2, func(_ context.Context, number int) (int, error) {
				return number, nil
			})
			var accepted atomic.Int64
			var submitting sync.WaitGroup
			submitting.Add(8)
			for number := range 8 {
				go func() {
					defer submitting.Done()
					err := pool.Submit(context.Background(), number, number)
					if err == nil {
						accepted.Add(1)
					} else if !errors.Is(err, ErrClosed) {
						t.Error(err)
					}
				}()
			}
			go pool.Stop()
			results := 0
			for range pool.Results() {
				results++
			}
			submitting.Wait()
			if int64(results) != accepted.Load() {
				t.Fatalf("%d jobs were accepted, %d results came", accepted.Load(), results)
			}
		}
	})
}

func TestCancelEndsTheJobUnderWayAndDropsTheOthers(t *testing.T) {
	noLeak(t, func() {
		ctx, cancel := context.WithCancel(context.Background())
		begun := make(chan struct{}, 3)
		pool := Start(ctx, 1, func(ctx context.Context, _ int) (int, error) {
			begun <- struct{}{}
			<-ctx.Done()
			return 0, ctx.Err()
		})
		for number := 1; number <= 3; number++ {
			if err := pool.Submit(context.Background(), number, 0); err != nil {
				t.Error(err)
			}
		}
		<-begun
		cancel()
		var results []Result[int]
		for result := range pool.Results() {
			results = append(results, result)
		}
		if len(results) != 1 || results[0].JobID != 1 || !errors.Is(results[0].Err, context.Canceled) {
			t.Errorf("results %v, expected the first job's alone, cancelled", results)
		}
		if err := pool.Submit(context.Background(), 4, 0); !errors.Is(err, ErrClosed) {
			t.Errorf("a job after the cancel: %v", err)
		}
	})
}

func TestCancelEndsAPoolWhoseResultsNobodyReads(t *testing.T) {
	noLeak(t, func() {
		ctx, cancel := context.WithCancel(context.Background())
		pool := Start(ctx, 1, func(_ context.Context, number int) (int, error) { return number, nil })
		for number := range 5 {
			if err := pool.Submit(context.Background(), number, number); err != nil {
				t.Error(err)
			}
		}
		cancel()
		pool.Stop()
	})
}

func TestAPoolWhoseResultsHaveEndedTakesNoJob(t *testing.T) {
	noLeak(t, func() {
		for range 2000 {
			ctx, cancel := context.WithCancel(context.Background())
			begun := make(chan struct{})
			pool := Start(ctx, 1, func(ctx context.Context, _ int) (int, error) {
				close(begun)
				<-ctx.Done()
				return 0, ctx.Err()
			})
			if err := pool.TrySubmit(1, 1); err != nil {
				t.Error(err)
			}
			if err := pool.TrySubmit(2, 2); err != nil {
				t.Error(err)
			}
			<-begun
			cancel()
			for range pool.Results() {
			}
			if err := pool.TrySubmit(3, 3); !errors.Is(err, ErrClosed) {
				t.Fatalf("a job after the results have ended: %v", err)
			}
		}
	})
}
