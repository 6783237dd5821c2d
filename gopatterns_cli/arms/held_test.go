package main

import (
	"bytes"
	"runtime"
	"testing"
)

const enough = 30_000

func TestEveryHolderLooksTwiceAndItsSecondLotIsSeen(t *testing.T) {
	for operation, patterns := range holders {
		for pattern := range patterns {
			arm, err := armOf(&cell{Pattern: pattern, JobKind: "memory", Operation: operation, Count: enough})
			if err != nil {
				t.Fatal(err)
			}
			each, err := arm.value(1)
			if err != nil {
				t.Errorf("%s of %s: %v", operation, pattern, err)
			}
			if most := 64.0 * 1024; each > most {
				t.Errorf("%s of %s takes %.0f bytes", operation, pattern, each)
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
