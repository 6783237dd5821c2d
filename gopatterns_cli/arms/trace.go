package main

import (
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

// grain is how much early a timer may fire.
const grain = time.Microsecond

// trace notes when each job of a run began and ended.
type trace struct {
	lanes  int
	least  time.Duration
	began  time.Time
	starts []time.Duration
	ends   []time.Duration
	next   atomic.Int64
	runs   int
	spentS float64
	jobs   int
	sums   budget
}

// budget is where the time of a run went, in seconds, as means over the runs; the parts add up to the whole.
type budget struct {
	WholeS    float64 `json:"whole_s"`
	StartS    float64 `json:"start_s"`
	WorkS     float64 `json:"work_s"`
	HandOffsS float64 `json:"hand_offs_s"`
	TailS     float64 `json:"tail_s"`
	EndS      float64 `json:"end_s"`
}

func newTrace(jobs, lanes int, least time.Duration) *trace {
	return &trace{
		lanes: min(max(lanes, 1), jobs), least: least,
		starts: make([]time.Duration, jobs), ends: make([]time.Duration, jobs),
	}
}

// begin starts a run.
func (trace *trace) begin() {
	trace.next.Store(0)
	trace.began = time.Now()
}

// note calls a job and notes when it began and ended.
func (trace *trace) note(job func()) {
	start := time.Since(trace.began)
	job()
	trace.add(start, time.Since(trace.began))
}

// add notes when a job began and ended.
func (trace *trace) add(start, end time.Duration) {
	if at := int(trace.next.Add(1)) - 1; at < len(trace.starts) {
		trace.starts[at], trace.ends[at] = start, end
	}
}

// end ends a run, checks its jobs and returns the seconds that it took.
func (trace *trace) end() (float64, error) {
	whole := time.Since(trace.began)
	if noted := int(trace.next.Load()); noted != len(trace.starts) {
		return 0, fmt.Errorf("%d jobs ran, %d were asked to", noted, len(trace.starts))
	}
	var spent time.Duration
	for at, start := range trace.starts {
		took := trace.ends[at] - start
		if took < trace.least-grain {
			return 0, fmt.Errorf("a job took %v, shorter than the %v asked for", took, trace.least)
		}
		spent += took
	}
	trace.runs++
	trace.jobs += len(trace.starts)
	trace.spentS += spent.Seconds()
	trace.sum(whole, spent)
	return whole.Seconds(), nil
}

// sum sums up where a run's time went. Each of the lanes starts, works, waits between jobs, and idles at the end.
func (trace *trace) sum(whole, spent time.Duration) {
	slices.Sort(trace.starts)
	slices.Sort(trace.ends)
	lanes := time.Duration(trace.lanes)
	last := trace.ends[len(trace.ends)-1]
	var start, tail time.Duration
	for lane := range trace.lanes {
		start += trace.starts[lane]
		tail += last - trace.ends[len(trace.ends)-1-lane]
	}
	end := whole - last
	handOffs := whole*lanes - start - spent - tail - end*lanes
	trace.sums.WholeS += whole.Seconds()
	trace.sums.StartS += (start / lanes).Seconds()
	trace.sums.WorkS += (spent / lanes).Seconds()
	trace.sums.HandOffsS += (handOffs / lanes).Seconds()
	trace.sums.TailS += (tail / lanes).Seconds()
	trace.sums.EndS += end.Seconds()
}

// means returns the mean duration of a job and the mean budget of a run.
func (trace *trace) means() (*float64, *budget) {
	if trace.runs == 0 {
		return nil, nil
	}
	runs, job := float64(trace.runs), trace.spentS/float64(trace.jobs)
	sums := trace.sums
	return &job, &budget{
		sums.WholeS / runs, sums.StartS / runs, sums.WorkS / runs,
		sums.HandOffsS / runs, sums.TailS / runs, sums.EndS / runs,
	}
}
