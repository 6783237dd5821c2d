package leaks

import "testing"

func TestCountIsTheNumberOfGoroutinesThatStay(t *testing.T) {
	for _, stay := range []int{0, 1, 5} {
		gate := make(chan struct{})
		left := Count(func() {
			for range stay {
				go func() { <-gate }()
			}
			for range 10 {
				go func() {}()
			}
		})
		close(gate)
		if left != stay {
			t.Errorf("%d goroutines stay, counted %d", stay, left)
		}
	}
}

func TestGoroutinesThatWereThereBeforeDoNotCount(t *testing.T) {
	gate := make(chan struct{})
	go func() { <-gate }()
	if left := Count(func() { close(gate) }); left != 0 {
		t.Errorf("counted %d, none was started", left)
	}
}
