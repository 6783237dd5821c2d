package cleanup

import (
	"testing"
	"time"

	"gopat/leaks"
)

func TestGoodLeavesNobodyBehindAndBadEveryWorker(t *testing.T) {
	const latency, after = time.Millisecond, 20 * time.Millisecond
	for _, workers := range []int{1, 5, 20} {
		if left := leaks.Count(func() { Good(workers, latency, after) }); left != 0 {
			t.Errorf("good, %d workers: %d goroutines are left", workers, left)
		}
		if left := leaks.Count(func() { Bad(workers, time.Hour, after) }); left != workers {
			t.Errorf("bad, %d workers: %d goroutines are left", workers, left)
		}
	}
}

func TestTheExampleLeaksFiveWorkers(t *testing.T) {
	if left := leaks.Count(func() { Good(5, 100*time.Millisecond, time.Second) }); left != 0 {
		t.Errorf("good: %d goroutines are left", left)
	}
	if left := leaks.Count(func() { Bad(5, 100*time.Millisecond, time.Second) }); left != 5 {
		t.Errorf("bad: %d goroutines are left", left)
	}
}
