package pipeline

import (
	"iter"
	"slices"
	"sync/atomic"
	"testing"

	"gopat/leaks"
)

func noLeak(t *testing.T, run func()) {
	t.Helper()
	if left := leaks.Count(run); left != 0 {
		t.Errorf("%d goroutines are left", left)
	}
}

func upTo(count int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for number := range count {
			if !yield(number) {
				return
			}
		}
	}
}

func square(number int) int { return number * number }

func tripleEven(number int) (int, bool) { return number * 3, number%2 == 0 }

func TestTheEvenSquaresComeTripledAndInOrderWhateverTheBuffer(t *testing.T) {
	expected := []int{0, 12, 48, 108, 192}
	if found := Serial(upTo(10), square, tripleEven); !slices.Equal(found, expected) {
		t.Errorf("serial: found %v, expected %v", found, expected)
	}
	for _, buffer := range []int{0, 1, 100} {
		noLeak(t, func() {
			if found := Run(upTo(10), buffer, Kept(square), tripleEven); !slices.Equal(found, expected) {
				t.Errorf("buffer %d: found %v, expected %v", buffer, found, expected)
			}
		})
	}
}

func TestEveryStageWorksOnANumberOfItsOwnAtTheSameTime(t *testing.T) {
	noLeak(t, func() {
		third := make(chan struct{})
		source := func(yield func(int) bool) {
			for number := range 3 {
				if number == 2 {
					close(third)
				}
				if !yield(number) {
					return
				}
			}
		}
		last := func(number int) (int, bool) {
			<-third // a plain loop would never get there
			return number, true
		}
		if found := Run(source, 0, Kept(square), last); !slices.Equal(found, []int{0, 1, 4}) {
			t.Errorf("found %v", found)
		}
	})
}

func TestASlowStageHoldsTheSourceBack(t *testing.T) {
	noLeak(t, func() {
		const ahead = 3 // one number in each stage, one in the source's hand
		var produced atomic.Int64
		full := make(chan struct{})
		source := func(yield func(int) bool) {
			for number := range 20 {
				if produced.Add(1) == ahead {
					close(full)
				}
				if !yield(number) {
					return
				}
			}
		}
		first := true
		last := func(number int) (int, bool) {
			if first {
				first = false
				<-full
				if found := produced.Load(); found != ahead {
					t.Errorf("%d numbers were produced, room is for %d", found, ahead)
				}
			}
			return number, true
		}
		if found := Run(source, 0, Kept(square), last); len(found) != 20 {
			t.Errorf("%d results", len(found))
		}
	})
}

func TestNoNumbersAreNoResults(t *testing.T) {
	noLeak(t, func() {
		if found := Run(upTo(0), 0, Kept(square), tripleEven); len(found) != 0 {
			t.Errorf("found %v", found)
		}
	})
}

func TestAPipelineHasAsManyStagesAsItIsGiven(t *testing.T) {
	noLeak(t, func() {
		next := Kept(func(number int) int { return number + 1 })
		if found := Run(upTo(3), 0, next, next, next, next); !slices.Equal(found, []int{4, 5, 6}) {
			t.Errorf("found %v", found)
		}
		if found := Run(upTo(3), 0); !slices.Equal(found, []int{0, 1, 2}) {
			t.Errorf("without stages: found %v", found)
		}
	})
}
