package overhead

import (
	"slices"
	"testing"

	"gopat/leaks"
)

func noLeak(t *testing.T, run func()) {
	t.Helper()
	if left := leaks.Count(run); left != 0 {
		t.Errorf("%d goroutines are left", left)
	}
}

func TestEveryNumberSentIsReceivedOnceAndNoGoroutineIsLeft(t *testing.T) {
	for name, run := range map[string]func(int) (int, int){
		"buffered":        Buffered,
		"unbuffered":      Unbuffered,
		"select-2-parked": Select2Parked,
		"select-2-ready":  Select2Ready,
		"select-8-parked": Select8Parked,
		"select-8-ready":  Select8Ready,
	} {
		for _, count := range []int{0, 1, 41, 3000} {
			noLeak(t, func() {
				if seen, total := run(count); seen != count || total != count*(count-1)/2 {
					t.Errorf("%s of %d: found %d that are %d together", name, count, seen, total)
				}
			})
		}
	}
}

func TestEveryJobIsDoneOnceWhateverTheWorkers(t *testing.T) {
	for name, run := range map[string]func(int, int) []int{"no-op": Pool, "wait": PoolWait, "fan-out": FanOut} {
		for _, workers := range []int{1, 10, 100} {
			noLeak(t, func() {
				results := run(20, workers)
				slices.Sort(results)
				expected := make([]int, 20)
				for job := range expected {
					expected[job] = 2 * job
				}
				if !slices.Equal(results, expected) {
					t.Errorf("%s on %d workers: found %v", name, workers, results)
				}
			})
		}
	}
}

func TestAPermitIsTakenWhileItIsHeldAndFreeAfterwards(t *testing.T) {
	if done, held, free := Semaphore(41); done != 41 || held != 0 || free != 1 {
		t.Errorf("taken %d times, %d free while held, %d afterwards", done, held, free)
	}
}

func TestThereAreNeverMoreHoldersThanPermits(t *testing.T) {
	noLeak(t, func() {
		if done, most := SemaphoreContended(2005); done != 2005 || most < 1 || most > permits {
			t.Errorf("taken %d times, by %d at once", done, most)
		}
	})
}

func TestEveryGoroutineIsStartedAndJoined(t *testing.T) {
	noLeak(t, func() {
		if ran := Spawn(1000); ran != 1000 {
			t.Errorf("%d of 1000 ran", ran)
		}
	})
}

func TestEveryWaitingGoroutineIsEndedByItsContext(t *testing.T) {
	noLeak(t, func() {
		if ended := Cancel(1000); ended != 1000 {
			t.Errorf("%d of 1000 were ended", ended)
		}
	})
}
