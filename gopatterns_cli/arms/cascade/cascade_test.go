package cascade

import (
	"context"
	"testing"
	"time"

	"gopat/leaks"
)

func TestOneCancelEndsEveryWorker(t *testing.T) {
	for _, workers := range []int{1, 2, 5, 100} {
		left := leaks.Count(func() {
			polls := Run(context.Background(), workers, 5*time.Millisecond, 500*time.Millisecond)
			if len(polls) != workers {
				t.Errorf("%d workers, %d of them ended", workers, len(polls))
			}
			for number, made := range polls {
				if made < 1 {
					t.Errorf("worker %d of %d made %d polls", number, workers, made)
				}
			}
		})
		if left != 0 {
			t.Errorf("%d workers: %d goroutines are left", workers, left)
		}
	}
}

func TestAWorkerDoesNotWaitForItsNextPoll(t *testing.T) {
	ended := make(chan []int, 1)
	go func() { ended <- Run(context.Background(), 5, time.Hour, time.Millisecond) }()
	select {
	case polls := <-ended:
		for number, made := range polls {
			if made != 0 {
				t.Errorf("worker %d made %d polls", number, made)
			}
		}
	case <-time.After(time.Minute):
		t.Error("the workers go on after the cancel")
	}
}

func TestACancelFromAboveEndsThemToo(t *testing.T) {
	left := leaks.Count(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if polls := Run(ctx, 5, time.Hour, time.Hour); len(polls) != 5 {
			t.Errorf("%d of 5 workers ended", len(polls))
		}
	})
	if left != 0 {
		t.Errorf("%d goroutines are left", left)
	}
}
