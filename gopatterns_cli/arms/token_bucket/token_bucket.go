// Package tokenbucket holds requests to a rate: by arithmetic, and with a bucket that a ticker fills.
package tokenbucket

import (
	"math"
	"sync"
	"time"
)

// Bucket lets a request through when it has a token for it.
type Bucket interface {
	// Wait takes a token, as soon as there is one.
	Wait()
	// Stop ends what the bucket keeps running.
	Stop()
}

// Limiter computes when the next token is due. It starts full and keeps nothing running.
type Limiter struct {
	mutex  sync.Mutex
	period float64 // nanoseconds per token
	burst  float64
	tokens float64 // below 0 when later requests are already waiting
	last   time.Time
}

// NewLimiter returns a limiter of so many tokens per second that holds burst of them.
func NewLimiter(rate float64, burst int) *Limiter {
	return &Limiter{period: float64(time.Second) / rate, burst: float64(burst), tokens: float64(burst), last: time.Now()}
}

// Wait takes the next token, and sleeps until it is due.
func (limiter *Limiter) Wait() {
	limiter.mutex.Lock()
	now := time.Now()
	filled := limiter.tokens + float64(now.Sub(limiter.last))/limiter.period
	limiter.tokens = math.Min(limiter.burst, filled) - 1
	limiter.last = now
	due := time.Duration(-limiter.tokens * limiter.period)
	limiter.mutex.Unlock()
	if due > 0 {
		time.Sleep(due)
	}
}

// Stop does nothing: nothing runs.
func (limiter *Limiter) Stop() {}

// TickerBucket is a buffered channel that a ticker of period 1/rate fills. It starts empty, and a tick
// that finds the last one untaken is lost.
type TickerBucket struct {
	tokens chan struct{}
	done   chan struct{}
}

// NewTickerBucket returns a bucket of so many ticks per second that holds burst of them.
func NewTickerBucket(rate float64, burst int) *TickerBucket {
	bucket := &TickerBucket{tokens: make(chan struct{}, burst), done: make(chan struct{})}
	go bucket.fill(time.Duration(float64(time.Second) / rate))
	return bucket
}

func (bucket *TickerBucket) fill(period time.Duration) {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			select {
			case bucket.tokens <- struct{}{}:
			default: // full
			}
		case <-bucket.done:
			return
		}
	}
}

// Wait takes a token.
func (bucket *TickerBucket) Wait() { <-bucket.tokens }

// Stop ends the ticker.
func (bucket *TickerBucket) Stop() { close(bucket.done) }
