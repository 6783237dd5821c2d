package handlecancel

import (
	"context"
	"errors"
	"testing"
	"time"

	"gopat/leaks"
)

func TestGoodLeavesNobodyBehindAndBadEveryWorker(t *testing.T) {
	for _, workers := range []int{1, 5, 20} {
		if left := leaks.Count(func() { cancelled(t, workers, time.Millisecond) }); left != 0 {
			t.Errorf("good, %d workers: %d goroutines are left", workers, left)
		}
		if left := leaks.Count(func() { Bad(workers, time.Millisecond) }); left != workers {
			t.Errorf("bad, %d workers: %d goroutines are left", workers, left)
		}
	}
}

func TestTheExampleLeaksFiveWorkers(t *testing.T) {
	if left := leaks.Count(func() { cancelled(t, 5, time.Second) }); left != 0 {
		t.Errorf("good: %d goroutines are left", left)
	}
	if left := leaks.Count(func() { Bad(5, time.Second) }); left != 5 {
		t.Errorf("bad: %d goroutines are left", left)
	}
}

func TestListenReturnsAnAnswerThatComes(t *testing.T) {
	answers := make(chan int, 1)
	answers <- 42
	if answer, err := listen(context.Background(), answers); answer != 42 || err != nil {
		t.Errorf("%d, %v", answer, err)
	}
}

func cancelled(t *testing.T, workers int, after time.Duration) {
	t.Helper()
	errs := Good(workers, after)
	if len(errs) != workers {
		t.Errorf("%d of %d workers ended", len(errs), workers)
	}
	for _, err := range errs {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a worker ended with %v", err)
		}
	}
}
