package semaphore

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gopat/leaks"
)

var background = context.Background()

// queue starts an Acquire, says in order when it was served, and returns when it waits.
func queue(semaphore *Semaphore, weight int, order chan<- int) {
	place := waiting(semaphore) + 1
	go func() {
		if semaphore.Acquire(background, weight) == nil {
			order <- weight
		}
	}()
	for waiting(semaphore) < place {
		time.Sleep(time.Millisecond)
	}
}

func waiting(semaphore *Semaphore) int {
	semaphore.mutex.Lock()
	defer semaphore.mutex.Unlock()
	return len(semaphore.waiters)
}

func TestAtMostThreeOfTenTasksWorkAtOnce(t *testing.T) {
	left := leaks.Count(func() {
		permits := New(3)
		var now, done atomic.Int64
		var working sync.WaitGroup
		working.Add(10)
		for range 10 {
			go func() {
				defer working.Done()
				if err := permits.Acquire(background, 1); err != nil {
					t.Error(err)
				}
				defer permits.Release(1)
				if running := now.Add(1); running > 3 {
					t.Errorf("%d tasks at once", running)
				}
				time.Sleep(time.Millisecond)
				now.Add(-1)
				done.Add(1)
			}()
		}
		working.Wait()
		if done.Load() != 10 || !permits.TryAcquire(3) {
			t.Errorf("%d tasks are done, and not all permits came back", done.Load())
		}
	})
	if left != 0 {
		t.Errorf("%d goroutines are left", left)
	}
}

func TestWaitersAreServedInOrderWhateverTheirWeight(t *testing.T) {
	permits, order := New(4), make(chan int, 4)
	if err := permits.Acquire(background, 3); err != nil {
		t.Fatal(err)
	}
	queue(permits, 4, order)
	queue(permits, 1, order)
	if permits.TryAcquire(1) {
		t.Error("a permit went past those who wait")
	}
	permits.Release(3)
	if first := <-order; first != 4 {
		t.Errorf("weight %d was served first", first)
	}
	permits.Release(4)
	if second := <-order; second != 1 {
		t.Errorf("weight %d was served second", second)
	}
}

func TestAWaiterThatIsCancelledLeavesTheQueue(t *testing.T) {
	left := leaks.Count(func() {
		permits, order := New(2), make(chan int, 1)
		if !permits.TryAcquire(1) {
			t.Fatal("no permit is free")
		}
		ctx, cancel := context.WithCancel(background)
		refused := make(chan error)
		go func() { refused <- permits.Acquire(ctx, 2) }()
		for waiting(permits) == 0 {
			time.Sleep(time.Millisecond)
		}
		queue(permits, 1, order)
		cancel()
		if err := <-refused; !errors.Is(err, context.Canceled) {
			t.Errorf("the cancelled waiter: %v", err)
		}
		if served := <-order; served != 1 {
			t.Errorf("weight %d was served", served)
		}
	})
	if left != 0 {
		t.Errorf("%d goroutines are left", left)
	}
}

func TestACancelThatRacesWithAReleaseLosesNoPermit(t *testing.T) {
	permits := New(1)
	for range 500 {
		if !permits.TryAcquire(1) {
			t.Fatal("the permit is lost")
		}
		ctx, cancel := context.WithCancel(background)
		served := make(chan error)
		go func() { served <- permits.Acquire(ctx, 1) }()
		go cancel()
		permits.Release(1)
		if <-served == nil {
			permits.Release(1)
		}
	}
}

func TestADeadContextTakesNoPermit(t *testing.T) {
	ctx, cancel := context.WithCancel(background)
	cancel()
	permits := New(1)
	if err := permits.Acquire(ctx, 1); !errors.Is(err, context.Canceled) || !permits.TryAcquire(1) {
		t.Errorf("the error is %v", err)
	}
}

func TestAWeightThatCannotBeServedIsRefused(t *testing.T) {
	for _, weight := range []int{-1, 4} {
		permits := New(3)
		if err := permits.Acquire(background, weight); !errors.Is(err, ErrWeight) {
			t.Errorf("acquire %d: %v", weight, err)
		}
		if permits.TryAcquire(weight) {
			t.Errorf("try to acquire %d: it did", weight)
		}
	}
}

func TestAReleaseOfMoreThanIsHeldPanics(t *testing.T) {
	permits := New(3)
	permits.TryAcquire(1)
	for _, weight := range []int{-1, 2} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("release %d: no panic", weight)
				}
			}()
			permits.Release(weight)
		}()
	}
	if permits.free != 2 {
		t.Errorf("%d permits are free after the refused releases", permits.free)
	}
}
