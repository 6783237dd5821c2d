// Package bufferedresults gives results room in their channel: an early leave leaves no sender behind.
//
// Of five workers that answer after 500 ms one is listened to; the other four end as well, or wait for ever:
//
//	leaks.Count(func() { bufferedresults.Good(5, 500*time.Millisecond) }) // 0
//	leaks.Count(func() { bufferedresults.Bad(5, 500*time.Millisecond) })  // 4
package bufferedresults

import "time"

// Good returns the first answer; there is room for the others, whom nobody listens to.
func Good(workers int, latency time.Duration) int {
	return first(make(chan int, workers), workers, latency)
}

// Bad returns the first answer as well; the other workers wait for somebody who takes theirs.
func Bad(workers int, latency time.Duration) int {
	return first(make(chan int), workers, latency)
}

// first asks all workers, takes the answer that comes first, and goes on with something else.
func first(answers chan int, workers int, latency time.Duration) int {
	for number := 1; number <= workers; number++ {
		go func() {
			time.Sleep(latency)
			answers <- number
		}()
	}
	answer := <-answers
	time.Sleep(latency)
	return answer
}
