package bufferedresults

import (
	"testing"
	"time"

	"gopat/leaks"
)

func TestGoodLeavesNobodyBehindAndBadAllButOne(t *testing.T) {
	const latency = 20 * time.Millisecond
	for _, workers := range []int{1, 5, 20} {
		if left := leaks.Count(func() { answered(t, Good, workers, latency) }); left != 0 {
			t.Errorf("good, %d workers: %d goroutines are left", workers, left)
		}
		if left := leaks.Count(func() { answered(t, Bad, workers, latency) }); left != workers-1 {
			t.Errorf("bad, %d workers: %d goroutines are left", workers, left)
		}
	}
}

func TestTheExampleLeaksFourWorkers(t *testing.T) {
	if left := leaks.Count(func() { answered(t, Good, 5, 500*time.Millisecond) }); left != 0 {
		t.Errorf("good: %d goroutines are left", left)
	}
	if left := leaks.Count(func() { answered(t, Bad, 5, 500*time.Millisecond) }); left != 4 {
		t.Errorf("bad: %d goroutines are left", left)
	}
}

func answered(t *testing.T, first func(int, time.Duration) int, workers int, latency time.Duration) {
	t.Helper()
	if answer := first(workers, latency); answer < 1 || answer > workers {
		t.Errorf("%d workers: the answer is %d", workers, answer)
	}
}
