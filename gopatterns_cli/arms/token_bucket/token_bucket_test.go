//go:build go1.25

// The tests are in virtual time, which Go has had since 1.25.

package tokenbucket

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const period = 100 * time.Millisecond // of 10 tokens per second

// stamps takes tokens and says when each came.
func stamps(bucket Bucket, tokens int) []time.Duration {
	began := time.Now()
	came := make([]time.Duration, tokens)
	for number := range came {
		bucket.Wait()
		came[number] = time.Since(began)
	}
	return came
}

func expect(t *testing.T, found []time.Duration, periods ...int) {
	t.Helper()
	expected := make([]time.Duration, len(periods))
	for number, count := range periods {
		expected[number] = time.Duration(count) * period
	}
	if !slices.Equal(found, expected) {
		t.Errorf("tokens came after %v, expected %v", found, expected)
	}
}

func TestALimiterGivesItsBurstAtOnceAndThenHoldsTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		expect(t, stamps(NewLimiter(10, 3), 6), 0, 0, 0, 1, 2, 3)
		expect(t, stamps(NewLimiter(10, 1), 3), 0, 1, 2)
	})
}

func TestALimiterSavesNoMoreThanItsBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limiter := NewLimiter(10, 2)
		time.Sleep(time.Hour)
		expect(t, stamps(limiter, 4), 0, 0, 1, 2)
		time.Sleep(period)
		expect(t, stamps(limiter, 2), 0, 1)
	})
}

func TestWhoeverWaitsAtALimiterHasATurnOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limiter, began := NewLimiter(10, 1), time.Now()
		came := make([]time.Duration, 5)
		var waiting sync.WaitGroup
		waiting.Add(len(came))
		for number := range came {
			go func() {
				defer waiting.Done()
				limiter.Wait()
				came[number] = time.Since(began)
			}()
		}
		waiting.Wait()
		slices.Sort(came)
		expect(t, came, 0, 1, 2, 3, 4)
	})
}

func TestATickerBucketStartsEmptyAndGivesATokenPerTick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := NewTickerBucket(10, 3)
		defer bucket.Stop()
		expect(t, stamps(bucket, 3), 1, 2, 3)
	})
}

func TestATickerBucketSavesNoMoreThanItsBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := NewTickerBucket(10, 3)
		defer bucket.Stop()
		time.Sleep(10*period + period/2)
		found := stamps(bucket, 4)
		expect(t, []time.Duration{found[0], found[1], found[2], found[3] - period/2}, 0, 0, 0, 0)
	})
}

// synctest fails a test that leaves a goroutine behind.
func TestAStoppedTickerBucketRunsNothingAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := NewTickerBucket(10, 1)
		time.Sleep(5 * period) // full, and nobody takes
		bucket.Stop()
	})
}
