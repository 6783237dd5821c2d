// Package managedworkerpool is a pool that is told what to do while it runs: submit, stop, cancel by context.
//
// Five workers, whose jobs take 100 ms; up to ten jobs and ten results wait:
//
//	pool := managedworkerpool.Start(ctx, 5, func(_ context.Context, number int) (int, error) {
//		time.Sleep(100 * time.Millisecond)
//		return number, nil
//	})
//	err := pool.Submit(ctx, 1, 42)
//	result := <-pool.Results() // {JobID: 1, Data: 42, Err: nil}
//	pool.Stop()
package managedworkerpool

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

var (
	// ErrClosed says that the pool was stopped or cancelled before the job was accepted.
	ErrClosed = errors.New("the pool is closed")
	// ErrFull says that there is no room for the job now.
	ErrFull = errors.New("the pool is full")
)

// Result is what became of one job: its data, or its error.
type Result[R any] struct {
	JobID int
	Data  R
	Err   error
}

type job[J any] struct {
	id   int
	data J
}

// Pool works through the jobs submitted to it and hands in a Result for each. Start makes one.
type Pool[J, R any] struct {
	jobs       chan job[J]
	results    chan Result[R]
	working    sync.WaitGroup
	once       sync.Once
	closing    chan struct{}
	submitting sync.RWMutex // held for reading by whoever may send a job
	closed     bool
}

// Start starts a pool of so many workers, at least one. When ctx is done the pool is closed: jobs that were
// not begun are dropped, those under way see it in their own context, and results without room are lost.
func Start[J, R any](ctx context.Context, workers int, work func(context.Context, J) (R, error)) *Pool[J, R] {
	pool := &Pool[J, R]{
		jobs:    make(chan job[J], 2*workers),
		results: make(chan Result[R], 2*workers),
		closing: make(chan struct{}),
	}
	forget := context.AfterFunc(ctx, pool.close)
	pool.working.Add(workers)
	for range workers {
		go func() {
			defer pool.working.Done()
			pool.takeJobs(ctx, work)
		}()
	}
	go func() {
		pool.working.Wait()
		forget()
		pool.close() // the workers may have seen the cancel first
		close(pool.results)
	}()
	return pool
}

// Results is where the results come, in the order of their end; it is closed when all workers have ended.
func (pool *Pool[J, R]) Results() <-chan Result[R] { return pool.results }

// Submit waits for room for a job. If the pool closes meanwhile, or ctx is done, it returns ErrClosed or ctx's
// error, and the job was not accepted.
func (pool *Pool[J, R]) Submit(ctx context.Context, id int, data J) error {
	pool.submitting.RLock()
	defer pool.submitting.RUnlock()
	if pool.closed {
		return fmt.Errorf("job %d: %w", id, ErrClosed)
	}
	select {
	case pool.jobs <- job[J]{id, data}:
		return nil
	case <-pool.closing:
		return fmt.Errorf("job %d: %w", id, ErrClosed)
	case <-ctx.Done():
		return fmt.Errorf("job %d: %w", id, context.Cause(ctx))
	}
}

// TrySubmit is a Submit that does not wait: without room it returns ErrFull.
func (pool *Pool[J, R]) TrySubmit(id int, data J) error {
	pool.submitting.RLock()
	defer pool.submitting.RUnlock()
	if pool.closed {
		return fmt.Errorf("job %d: %w", id, ErrClosed)
	}
	select {
	case pool.jobs <- job[J]{id, data}:
		return nil
	default:
		return fmt.Errorf("job %d: %w", id, ErrFull)
	}
}

// Stop accepts no more jobs and returns when those accepted are done and every worker has ended. The results
// must be read meanwhile.
func (pool *Pool[J, R]) Stop() {
	pool.close()
	pool.working.Wait()
}

// close sends the waiting submitters away before it closes the jobs: nobody sends on a closed channel.
func (pool *Pool[J, R]) close() {
	pool.once.Do(func() {
		close(pool.closing)
		pool.submitting.Lock()
		defer pool.submitting.Unlock()
		pool.closed = true
		close(pool.jobs)
	})
}

func (pool *Pool[J, R]) takeJobs(ctx context.Context, work func(context.Context, J) (R, error)) {
	for job := range pool.jobs {
		if ctx.Err() != nil {
			return
		}
		data, err := work(ctx, job.data)
		pool.handIn(ctx, Result[R]{job.id, data, err})
	}
}

// handIn looks for room first: a cancel loses no result that there is room for.
func (pool *Pool[J, R]) handIn(ctx context.Context, result Result[R]) {
	select {
	case pool.results <- result:
		return
	default:
	}
	select {
	case pool.results <- result:
	case <-ctx.Done():
	}
}
