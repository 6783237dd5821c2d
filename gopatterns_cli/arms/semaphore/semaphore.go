// Package semaphore has so many permits, taken by weight and handed out strictly in order.
//
// Ten tasks of one second, at most three at once, take four seconds:
//
//	permits := semaphore.New(3)
//	for range 10 {
//		go func() {
//			if err := permits.Acquire(ctx, 1); err != nil {
//				return
//			}
//			defer permits.Release(1)
//			time.Sleep(time.Second)
//		}()
//	}
package semaphore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// ErrWeight says that a weight is below 0 or above the size: it can never be served.
var ErrWeight = errors.New("weight out of range")

// Semaphore serves its waiters in the order in which they came, whatever their weight: who wants many permits is
// not starved by those who want one. New makes one.
type Semaphore struct {
	size    int
	mutex   sync.Mutex // guards what is below
	free    int
	waiters []*waiter
}

type waiter struct {
	weight int
	served chan struct{}
}

// New returns a semaphore of so many permits, all free.
func New(size int) *Semaphore {
	return &Semaphore{size: size, free: size}
}

// Acquire takes so many permits, waiting for them until ctx is done: then it takes none and returns ctx's
// error. A weight that can never be served is ErrWeight at once.
func (semaphore *Semaphore) Acquire(ctx context.Context, weight int) error {
	if weight < 0 || weight > semaphore.size {
		return fmt.Errorf("acquire %d of %d permits: %w", weight, semaphore.size, ErrWeight)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("acquire %d permits: %w", weight, context.Cause(ctx))
	}
	waiting := &waiter{weight, make(chan struct{})}
	semaphore.mutex.Lock()
	semaphore.waiters = append(semaphore.waiters, waiting)
	semaphore.serve()
	semaphore.mutex.Unlock()

	select {
	case <-waiting.served:
		return nil
	case <-ctx.Done():
	}
	if semaphore.leave(waiting) {
		return fmt.Errorf("acquire %d permits: %w", weight, context.Cause(ctx))
	}
	return nil
}

// TryAcquire takes so many permits if they are free and nobody waits, and reports whether it did.
func (semaphore *Semaphore) TryAcquire(weight int) bool {
	semaphore.mutex.Lock()
	defer semaphore.mutex.Unlock()
	if weight < 0 || weight > semaphore.free || len(semaphore.waiters) > 0 {
		return false
	}
	semaphore.free -= weight
	return true
}

// Release gives so many permits back. It panics if fewer are held.
func (semaphore *Semaphore) Release(weight int) {
	semaphore.mutex.Lock()
	defer semaphore.mutex.Unlock()
	if held := semaphore.size - semaphore.free; weight < 0 || weight > held {
		panic(fmt.Sprintf("semaphore: release of %d permits, %d are held", weight, held))
	}
	semaphore.free += weight
	semaphore.serve()
}

// serve hands permits to those who wait, up to the first whom they do not suffice for.
func (semaphore *Semaphore) serve() {
	for len(semaphore.waiters) > 0 && semaphore.waiters[0].weight <= semaphore.free {
		first := semaphore.waiters[0]
		semaphore.waiters = slices.Delete(semaphore.waiters, 0, 1)
		semaphore.free -= first.weight
		close(first.served)
	}
}

// leave takes a waiter out of the queue, and reports whether it was still there: one that was served meanwhile
// holds its permits.
func (semaphore *Semaphore) leave(waiting *waiter) bool {
	semaphore.mutex.Lock()
	defer semaphore.mutex.Unlock()
	place := slices.Index(semaphore.waiters, waiting)
	if place < 0 {
		return false
	}
	semaphore.waiters = slices.Delete(semaphore.waiters, place, place+1)
	semaphore.serve() // whoever stood behind this one may fit now
	return true
}
