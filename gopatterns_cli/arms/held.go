package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"runtime"
	"runtime/debug"
	"sync"

	"gopat/errgroup"
	"gopat/error_collection"
	"gopat/fan_out_fan_in"
	"gopat/managed_worker_pool"
	"gopat/pipeline"
	"gopat/semaphore"
	"gopat/token_bucket"
	"gopat/worker_pool"
)

// holders bring together so many workers or items of a pattern and look, bring as many again and look a second
// time. What they hold stays until the process ends.
var holders = map[string]map[string]func(count int, look func()){
	"idle-worker": {
		"worker-pool":         twice(idlePool),
		"managed-worker-pool": twice(idleManagedPool),
		"fan-out-fan-in":      twice(idleFanOut),
		"pipeline":            twice(idleStages),
		"errgroup":            twice(groupTasks),
		"error-collection":    twice(collectors),
		"semaphore":           twice(semaphoreWaiters),
		"token-bucket":        twice(tokenWaiters),
	},
	"queued-item": {
		"worker-pool":         twice(queuedJobs),
		"managed-worker-pool": submittedJobs,
		"pipeline":            twice(itemsInHop),
	},
}

// inPipeline are the stages of a pipeline, as the document's has them.
const inPipeline = 3

// held is an arm that tells the bytes that a worker or an item takes.
func held(asked *cell) (*arm, error) {
	hold := holders[asked.Operation][asked.Pattern]
	if hold == nil {
		return nil, fmt.Errorf("there is no Go for an %s of %s", asked.Operation, asked.Pattern)
	}
	return &arm{run: func() (float64, error) { return grown(hold, asked.Count) }, free: true}, nil
}

func grown(hold func(count int, look func()), count int) (float64, error) {
	var seen []float64
	var failed error
	look := func() {
		debug.FreeOSMemory() // what nobody holds is given back
		taken, _, err := footprint()
		seen = append(seen, taken)
		failed = errors.Join(failed, err)
	}
	look() // what looking itself takes is there
	seen = nil
	hold(count, look)
	if failed != nil {
		return 0, failed
	}
	if len(seen) != 2 || seen[1] <= seen[0] {
		return 0, errors.New("the second lot did not make the process grow: more are needed")
	}
	return (seen[1] - seen[0]) / float64(count), nil
}

// footprint is the proportional set size of this process in bytes, without the pages of files where the kernel
// tells them apart, or its resident set size where it knows no better; and which.
func footprint() (taken float64, kind string, err error) {
	text, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		taken, err = resident()
		return taken, "rss", err
	}
	figures := map[string]float64{}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var name string
		var kilobytes float64
		if _, err := fmt.Sscanf(lines.Text(), "%s %f kB", &name, &kilobytes); err == nil {
			figures[name] = kilobytes * 1024
		}
	}
	if own, told := figures["Pss_Anon:"]; told {
		return own + figures["Pss_Shmem:"], "pss_own", nil
	}
	if whole, told := figures["Pss:"]; told {
		return whole, "pss", nil
	}
	return 0, "", errors.New("/proc/self/smaps_rollup: it has no Pss")
}

func twice(hold func(count int)) func(count int, look func()) {
	return func(count int, look func()) {
		for range 2 {
			hold(count)
			look()
		}
	}
}

// muster has jobs that end when so many have begun: so every worker has had one.
type muster struct{ here, worked sync.WaitGroup }

func newMuster(count int) *muster {
	all := &muster{}
	all.here.Add(count)
	all.worked.Add(count)
	return all
}

func (all *muster) work(number int) int {
	all.here.Done()
	all.here.Wait()
	all.worked.Done()
	return number
}

func each(items <-chan int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for item := range items {
			if !yield(item) {
				return
			}
		}
	}
}

func idlePool(count int) {
	idle(count, func(jobs iter.Seq[int], work func(int) int) { workerpool.Run(jobs, work, count, 0) })
}

func idleFanOut(count int) {
	idle(count, func(items iter.Seq[int], work func(int) int) { fanoutfanin.Run(items, work, count, 0) })
}

// idle gives every worker of a pattern a job; then its source has no other.
func idle(count int, run func(jobs iter.Seq[int], work func(int) int)) {
	jobs, all := make(chan int), newMuster(count)
	go run(each(jobs), all.work)
	for job := range count {
		jobs <- job
	}
	all.worked.Wait()
	runtime.Gosched()
}

func idleManagedPool(count int) {
	all := newMuster(count)
	pool := managedworkerpool.Start(context.Background(), count, func(_ context.Context, number int) (int, error) {
		return all.work(number), nil
	})
	for job := range count {
		_ = pool.Submit(context.Background(), job, job)
	}
	for range count {
		<-pool.Results()
	}
}

// idleStages are those of several pipelines, each of which has passed on a number.
func idleStages(count int) {
	var passed sync.WaitGroup
	passed.Add(count / inPipeline)
	for range count / inPipeline {
		numbers := make(chan int, 1)
		numbers <- 0
		go pipeline.Run(each(numbers), 0, pipeline.Kept(square), func(number int) (int, bool) {
			passed.Done()
			return number, true
		})
	}
	passed.Wait()
	runtime.Gosched()
}

func groupTasks(count int) {
	jobs := newBusy(count)
	group, _ := errgroup.New(context.Background(), 0)
	for number := range count {
		group.Go(func() error {
			jobs.work(number)
			return nil
		})
	}
	jobs.begun.Wait()
}

// collectors wait in their items; they end with those.
func collectors(count int) {
	jobs := newBusy(count)
	go errorcollection.Map(context.Background(), make([]int, count), func(_ context.Context, number int) (int, error) {
		return jobs.work(number), nil
	}, count)
	jobs.begun.Wait()
}

func semaphoreWaiters(count int) {
	permits := semaphore.New(1)
	permits.TryAcquire(1)
	parked(count, func() { _ = permits.Acquire(context.Background(), 1) })
}

func tokenWaiters(count int) {
	limiter := tokenbucket.NewLimiter(1e-3, 1)
	limiter.Wait()
	parked(count, limiter.Wait)
}

func parked(count int, wait func()) {
	var came sync.WaitGroup
	came.Add(count)
	for range count {
		go func() {
			came.Done()
			wait()
		}()
	}
	came.Wait()
	runtime.Gosched()
}

// busy has jobs that do not end.
type busy struct {
	begun sync.WaitGroup
	never chan struct{}
}

func newBusy(count int) *busy {
	jobs := &busy{never: make(chan struct{})}
	jobs.begun.Add(count)
	return jobs
}

func (jobs *busy) work(number int) int {
	jobs.begun.Done()
	<-jobs.never
	return number
}

// numbered are a number and then so many: when the last one has been taken, done is closed.
func numbered(count int, done chan<- struct{}, never <-chan struct{}) iter.Seq[int] {
	return func(yield func(int) bool) {
		for number := range count + 1 {
			yield(number)
		}
		close(done)
		<-never
	}
}

func queuedJobs(count int) {
	jobs, done := newBusy(1), make(chan struct{})
	go workerpool.Run(numbered(count, done, jobs.never), jobs.work, 1, count)
	jobs.begun.Wait()
	<-done
}

// submittedJobs stand behind busy workers; a pool has room for twice as many as it has workers. So there is
// room for three lots, the first of which nobody looks at, as with ours.
func submittedJobs(count int, look func()) {
	workers := (3*count + 1) / 2
	jobs := newBusy(workers)
	pool := managedworkerpool.Start(context.Background(), workers, func(_ context.Context, number int) (int, error) {
		return jobs.work(number), nil
	})
	submit := func(more int) {
		for job := range more {
			_ = pool.Submit(context.Background(), job, job)
		}
	}
	submit(workers)
	jobs.begun.Wait()
	submit(count)
	for range 2 {
		submit(count)
		look()
	}
}

// itemsInHop stand before the last stage, which has taken one and keeps it.
func itemsInHop(count int) {
	last, done := newBusy(1), make(chan struct{})
	squared := 0
	stage := func(number int) int {
		if squared++; squared == count+1 {
			close(done)
		}
		return number
	}
	numbers := numbered(count, make(chan struct{}), last.never)
	go pipeline.Run(numbers, count, pipeline.Kept(stage), pipeline.Kept(last.work))
	last.begun.Wait()
	<-done
}
