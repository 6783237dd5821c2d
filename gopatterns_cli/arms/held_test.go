package main

import (
	"bytes"
	"runtime"
	"testing"
)

// lot is a multiple of the stages of a pipeline; the race detector takes no more than some thousands of goroutines.
const lot = 120

func TestEveryHolderLooksTwiceAndIdleWorkersAreAsManyMore(t *testing.T) {
	for operation, patterns := range holders {
		for pattern, hold := range patterns {
			var seen []int
			hold(lot, func() { seen = append(seen, runtime.NumGoroutine()) })
			if len(seen) != 2 {
				t.Errorf("%s of %s: %d looks", operation, pattern, len(seen))
				continue
			}
			if more := seen[1] - seen[0]; operation == "idle-worker" && more < lot {
				t.Errorf("%s of %s: %d more goroutines where %d were asked for", operation, pattern, more, lot)
			}
		}
	}
}

func TestWhatAPatternDoesNotHoldIsRefused(t *testing.T) {
	for _, wrong := range []cell{
		{Pattern: "cascade", JobKind: "memory", Operation: "idle-worker", Count: 1},
		{Pattern: "semaphore", JobKind: "memory", Operation: "queued-item", Count: 1},
	} {
		if _, err := armOf(&wrong); err == nil {
			t.Errorf("%v is taken", wrong)
		}
	}
}

func TestASecondLotThatIsNotSeenIsAnError(t *testing.T) {
	var kept []byte
	shrinks := func(_ int, look func()) {
		kept = bytes.Repeat([]byte{1}, 64<<20)
		look()
		runtime.KeepAlive(kept)
		kept = nil
		look()
	}
	if _, err := grown(shrinks, 1); err == nil {
		t.Error("less than before is taken")
	}
	if _, err := grown(func(int, func()) {}, 1); err == nil {
		t.Error("no look is taken")
	}
}
