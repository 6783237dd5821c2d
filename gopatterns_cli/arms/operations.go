package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"gopat/overhead"
	"gopat/pipeline"
)

// operation is an arm that does one operation of the group overhead so many times. Its cell's workers are
// those of a pool; an operation without any has a name of its own for every setting.
func operation(asked *cell) (*arm, error) {
	count := asked.Count
	if asked.Operation == "limiter" {
		if asked.Rate <= 0 {
			return nil, errors.New("the cell has no rate")
		}
		return limited(asked), nil
	}
	if looked := memory[asked.Operation]; looked != nil {
		return &arm{run: func() (float64, error) { return taken(looked, count) }, free: true}, nil
	}
	if pooled := pools[asked.Operation]; pooled != nil {
		if asked.Workers < 1 {
			return nil, errors.New("the cell has no workers")
		}
		return answered(func() func() error {
			results := pooled(count, asked.Workers)
			return func() error { return doubled(results, count) }
		}), nil
	}
	if run := plain[asked.Operation]; run != nil {
		return answered(func() func() error { return run(count) }), nil
	}
	return nil, fmt.Errorf("there is no Go for the operation %q", asked.Operation)
}

var pools = map[string]func(count, workers int) []int{
	"pool-no-op": overhead.Pool,
	"pool-wait":  overhead.PoolWait,
	"fan-out":    overhead.FanOut,
}

// plain are the others: each does it, and returns what judges its answer.
var plain = map[string]func(count int) func() error{
	"buffered":        summed(overhead.Buffered),
	"unbuffered":      summed(overhead.Unbuffered),
	"select-2-parked": summed(overhead.Select2Parked),
	"select-2-ready":  summed(overhead.Select2Ready),
	"select-8-parked": summed(overhead.Select8Parked),
	"select-8-ready":  summed(overhead.Select8Ready),
	"spawn":           counted(overhead.Spawn),
	"cancel":          counted(overhead.Cancel),
	"pipeline": func(count int) func() error {
		found := pipeline.Run(items(count), 0, pipeline.Kept(square), tripleEven)
		return func() error { return different(found, pipeline.Serial(items(count), square, tripleEven)) }
	},
	"semaphore": func(count int) func() error {
		done, held, free := overhead.Semaphore(count)
		return func() error { return different([]int{done, held, free}, []int{count, 0, 1}) }
	},
	"semaphore-contended": func(count int) func() error {
		done, most := overhead.SemaphoreContended(count)
		return func() error {
			if most < 1 || most > 3 {
				return fmt.Errorf("wrong answer: %d holders where 1 to 3 are right", most)
			}
			return different([]int{done}, []int{count})
		}
	},
}

func summed(run func(count int) (int, int)) func(int) func() error {
	return func(count int) func() error {
		seen, total := run(count)
		return func() error { return different([]int{seen, total}, []int{count, count * (count - 1) / 2}) }
	}
}

func counted(run func(count int) int) func(int) func() error {
	return func(count int) func() error {
		found := run(count)
		return func() error { return different([]int{found}, []int{count}) }
	}
}

func doubled(results []int, count int) error {
	expected := make([]int, count)
	for job := range expected {
		expected[job] = 2 * job
	}
	slices.Sort(results)
	return different(results, expected)
}

// answered times what runs and gives back its judge, which is asked when the clock has stopped.
func answered(run func() func() error) *arm {
	return &arm{run: func() (float64, error) {
		began := time.Now()
		judge := run()
		seconds := time.Since(began).Seconds()
		return seconds, judge()
	}, free: true}
}

// memory are those of which the bytes are told that an item takes.
var memory = map[string]func(count int, look func()) int{
	"task-memory":    overhead.Parked,
	"channel-memory": overhead.Channels,
}

// taken returns the bytes of resident memory that an item takes, seen while all of them are there. A few come
// first, so that what all items share is there.
func taken(run func(count int, look func()) int, count int) (float64, error) {
	const few = 100
	run(few, func() {})
	runtime.GC()
	before, err := resident()
	if err != nil {
		return 0, err
	}
	seen := before
	found := run(count, func() { seen, err = resident() })
	if err != nil {
		return 0, err
	}
	if seen <= before {
		return 0, errors.New("the items did not make the process grow: it takes more")
	}
	return (seen - before) / float64(count), different([]int{found}, []int{count})
}

// resident is the resident memory of this process in bytes.
func resident() (float64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, fmt.Errorf("resident memory: %w", err)
	}
	var size, pages float64
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		return 0, fmt.Errorf("resident memory: %w", err)
	}
	return pages * float64(os.Getpagesize()), nil
}
