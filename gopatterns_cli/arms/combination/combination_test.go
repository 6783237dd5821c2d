package combination

import (
	"slices"
	"testing"

	"gopat/leaks"
)

func TestEveryItemIsFetchedAndThenComputed(t *testing.T) {
	for _, workers := range []int{1, 3, 20} {
		left := leaks.Count(func() {
			items := slices.Values([]int{1, 2, 3, 4, 5})
			fetch := func(item int) string { return string(rune('a' + item)) }
			compute := func(page string) int { return int(page[0]-'a') * 10 }
			found := Run(items, fetch, compute, workers, 2)
			slices.Sort(found)
			if !slices.Equal(found, []int{10, 20, 30, 40, 50}) {
				t.Errorf("%d workers: found %v", workers, found)
			}
		})
		if left != 0 {
			t.Errorf("%d goroutines are left", left)
		}
	}
}

func TestOneFetcherFetchesWhileAnotherItemIsComputed(t *testing.T) {
	fetchedAll := make(chan struct{})
	fetch := func(item int) int {
		if item == 3 {
			close(fetchedAll)
		}
		return item
	}
	compute := func(item int) int {
		<-fetchedAll // a plain loop would never get there
		return item
	}
	if found := Run(slices.Values([]int{1, 2, 3}), fetch, compute, 1, 1); len(found) != 3 {
		t.Errorf("found %v", found)
	}
}
