package main

import (
	"maps"
	"slices"
	"testing"

	"gopat/leaks"
)

func TestEveryOperationGivesTheRightAnswerAndLeavesNoGoroutine(t *testing.T) {
	for _, name := range slices.Concat(slices.Collect(maps.Keys(plain)), slices.Collect(maps.Keys(pools))) {
		left := leaks.Count(func() {
			arm, err := armOf(&cell{Pattern: "overhead", Operation: name, Workers: 3, Count: 41})
			if err == nil {
				_, err = arm.value(2)
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
		if left != 0 {
			t.Errorf("%s leaves %d goroutines", name, left)
		}
	}
}

func TestAWrongAnswerOfAnOperationIsAnError(t *testing.T) {
	for name, judge := range map[string]error{
		"a number too few": summed(func(int) (int, int) { return 9, 36 })(10)(),
		"a wrong sum":      summed(func(int) (int, int) { return 10, 46 })(10)(),
		"a task too few":   counted(func(int) int { return 9 })(10)(),
		"a job done twice": doubled([]int{0, 2, 2}, 3),
	} {
		if judge == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func TestAnOperationThatIsNotThereOrHasNoWorkersIsRefused(t *testing.T) {
	for _, wrong := range []cell{
		{Pattern: "overhead", Operation: "juggle", Count: 1},
		{Pattern: "overhead", Operation: "pool-wait", Count: 1},
	} {
		if _, err := armOf(&wrong); err == nil {
			t.Errorf("%v is taken", wrong)
		}
	}
}
