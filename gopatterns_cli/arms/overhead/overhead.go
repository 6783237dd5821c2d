// Package overhead does one operation many times, so that what it costs can be told: a send, a select, a
// permit, a goroutine.
package overhead

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const (
	capacity = 1000
	permits  = 3
	tasks    = 10
)

// Buffered sends the numbers below count through a channel with room; it returns how many came, and their sum.
func Buffered(count int) (seen, total int) { return passedOn(count, capacity) }

// Unbuffered is the same by rendezvous.
func Unbuffered(count int) (seen, total int) { return passedOn(count, 0) }

func passedOn(count, capacity int) (seen, total int) {
	numbers := make(chan int, capacity)
	go produce(numbers, count)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for number := range numbers {
			seen++
			total += number
		}
	}()
	<-done
	return seen, total
}

func produce(numbers chan<- int, count int) {
	defer close(numbers)
	for number := range count {
		numbers <- number
	}
}

// Pool doubles the numbers below count on so many workers.
func Pool(count, workers int) []int { return pooled(count, workers, capacity, 0) }

// PoolWait is the same with jobs that sleep a millisecond.
func PoolWait(count, workers int) []int { return pooled(count, workers, capacity, time.Millisecond) }

// FanOut is the same with jobs that sleep 100 microseconds.
func FanOut(count, workers int) []int { return pooled(count, workers, 0, 100*time.Microsecond) }

func pooled(count, workers, places int, sleep time.Duration) []int {
	jobs, output := make(chan int), make(chan int, places)
	go produce(jobs, count)
	var working sync.WaitGroup
	for range workers {
		working.Add(1)
		go func() {
			defer working.Done()
			for job := range jobs {
				if sleep > 0 {
					time.Sleep(sleep)
				}
				output <- 2 * job
			}
		}()
	}
	go func() {
		working.Wait()
		close(output)
	}()
	var results []int
	for result := range output {
		results = append(results, result)
	}
	return results
}

// Select2Parked receives count numbers by a select over two unbuffered channels, each with its producer.
func Select2Parked(count int) (seen, total int) {
	return selected2(channels(count, 2, 0, false), count)
}

// Select2Ready is the same over channels that are filled before.
func Select2Ready(count int) (seen, total int) {
	return selected2(channels(count, 2, count/2+1, true), count)
}

// Select8Parked is Select2Parked over eight channels.
func Select8Parked(count int) (seen, total int) {
	return selected8(channels(count, 8, 0, false), count)
}

// Select8Ready is Select2Ready over eight channels.
func Select8Ready(count int) (seen, total int) {
	return selected8(channels(count, 8, count/8+1, true), count)
}

// channels has a producer for each of them; filled waits until all of those have ended.
func channels(count, cases, capacity int, filled bool) []chan int {
	made := make([]chan int, cases)
	var producing sync.WaitGroup
	for first := range made {
		made[first] = make(chan int, capacity)
		producing.Add(1)
		go func() {
			defer producing.Done()
			for number := first; number < count; number += cases {
				made[first] <- number
			}
		}()
	}
	if filled {
		producing.Wait()
	}
	return made
}

func selected2(from []chan int, count int) (seen, total int) {
	a, b := from[0], from[1]
	for range count {
		var number int
		select {
		case number = <-a:
		case number = <-b:
		}
		seen++
		total += number
	}
	return seen, total
}

func selected8(from []chan int, count int) (seen, total int) {
	a, b, c, d, e, f, g, h := from[0], from[1], from[2], from[3], from[4], from[5], from[6], from[7]
	for range count {
		var number int
		select {
		case number = <-a:
		case number = <-b:
		case number = <-c:
		case number = <-d:
		case number = <-e:
		case number = <-f:
		case number = <-g:
		case number = <-h:
		}
		seen++
		total += number
	}
	return seen, total
}

// Semaphore takes and gives back one permit count times, with nobody else there. It returns how often, and
// how many permits were free while the last one was held, and after it.
func Semaphore(count int) (done, held, free int) {
	semaphore := make(chan struct{}, 1)
	for range count {
		semaphore <- struct{}{}
		done++
		<-semaphore
	}
	semaphore <- struct{}{}
	held = cap(semaphore) - len(semaphore)
	<-semaphore
	return done, held, cap(semaphore) - len(semaphore)
}

// SemaphoreContended lets ten goroutines share three permits, count times in all, and give way while they
// hold one. It returns how often, and the greatest number of holders.
func SemaphoreContended(count int) (done, most int) {
	semaphore := make(chan struct{}, permits)
	var holders, times, greatest atomic.Int64
	var taking sync.WaitGroup
	for first := range tasks {
		taking.Add(1)
		go func() {
			defer taking.Done()
			for turn := first; turn < count; turn += tasks {
				semaphore <- struct{}{}
				raise(&greatest, holders.Add(1))
				runtime.Gosched()
				holders.Add(-1)
				times.Add(1)
				<-semaphore
			}
		}()
	}
	taking.Wait()
	return int(times.Load()), int(greatest.Load())
}

func raise(greatest *atomic.Int64, to int64) {
	for {
		known := greatest.Load()
		if to <= known || greatest.CompareAndSwap(known, to) {
			return
		}
	}
}

// Spawn starts and joins goroutines that only count themselves.
func Spawn(count int) int {
	var ran atomic.Int64
	var running sync.WaitGroup
	for range count {
		running.Add(1)
		go func() {
			defer running.Done()
			ran.Add(1)
		}()
	}
	running.Wait()
	return int(ran.Load())
}

// Cancel starts goroutines that wait, ends them by their context and joins them; it returns how many were
// ended so.
func Cancel(count int) int { return Parked(count, func() {}) }

// Parked does what Cancel does, and looks while all of them wait.
func Parked(count int, look func()) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	never := make(chan struct{})
	var ended atomic.Int64
	var parked, running sync.WaitGroup
	for range count {
		parked.Add(1)
		running.Add(1)
		go func() {
			defer running.Done()
			parked.Done()
			select {
			case <-never:
			case <-ctx.Done():
				ended.Add(1)
			}
		}()
	}
	parked.Wait()
	look()
	cancel()
	running.Wait()
	return int(ended.Load())
}

// Channels makes channels without room, looks, and returns how many there are.
func Channels(count int, look func()) int {
	made := make([]chan int, 0, count)
	for range count {
		made = append(made, make(chan int))
	}
	look()
	return len(made)
}
