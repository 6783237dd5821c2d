// The worker of the Go arms: it times one arm in one configuration and prints what it measured as JSON, as the
// Python worker does for the others. Go's scheduler and timers are as they come.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
)

// cell is what is measured, as the plan has it.
type cell struct {
	Pattern    string  `json:"pattern"`
	Arm        string  `json:"arm"`
	Workers    int     `json:"workers"`
	Buffer     int     `json:"buffer"`
	Stages     int     `json:"stages"`
	JobKind    string  `json:"job_kind"`
	SleepS     float64 `json:"sleep_s"`
	Operations int     `json:"operations"`
	Count      int     `json:"count"`
	Rate       float64 `json:"rate"`
	Port       int     `json:"port"`
	Operation  string  `json:"operation"`
}

// measured is what comes out: seconds per run of the workload, per value.
type measured struct {
	Values  []float64    `json:"values"`
	Warmups [][2]float64 `json:"warmups"`
	JobS    *float64     `json:"job_s"`
	Budget  *budget      `json:"budget"`
	Go      string       `json:"go_version"`
	Procs   int          `json:"gomaxprocs"`
	Memory  string       `json:"memory,omitempty"`
}

func main() {
	given := flag.String("cell", "", "the cell, as JSON")
	loops := flag.Int("loops", 1, "runs of the workload per value")
	values := flag.Int("values", 1, "values")
	warmups := flag.Int("warmups", 0, "runs before those that count")
	hold := flag.Bool("hold", false, "end when standard input ends: whoever waits for this is gone")
	count := flag.Bool("practices", false, "count what the best practices leave behind, and end")
	flag.Parse()
	if *hold {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(1)
		}()
	}
	if *count {
		_ = json.NewEncoder(os.Stdout).Encode(practices())
		return
	}
	if err := measure(*given, *loops, *values, *warmups); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func measure(given string, loops, values, warmups int) error {
	var asked cell
	if err := json.Unmarshal([]byte(given), &asked); err != nil {
		return fmt.Errorf("the cell cannot be read: %w", err)
	}
	arm, err := armOf(&asked)
	if err != nil {
		return err
	}
	found := measured{Values: []float64{}, Warmups: [][2]float64{}, Go: runtime.Version(), Procs: runtime.GOMAXPROCS(0)}
	for range warmups {
		seconds, err := arm.value(1)
		if err != nil {
			return err
		}
		found.Warmups = append(found.Warmups, [2]float64{1, seconds})
	}
	for range values {
		seconds, err := arm.value(loops)
		if err != nil {
			return err
		}
		found.Values = append(found.Values, seconds)
	}
	found.JobS, found.Budget = arm.spent()
	if asked.JobKind == "memory" {
		_, found.Memory, _ = footprint()
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}

// arm runs the workload once and returns the seconds that it took, after it has checked the answer.
type arm struct {
	run   func() (float64, error)
	trace *trace
	free  bool // its jobs do nothing
}

func (arm *arm) value(loops int) (float64, error) {
	total := 0.0
	for range loops {
		seconds, err := arm.run()
		if err != nil {
			return 0, err
		}
		total += seconds
	}
	return total / float64(loops), nil
}

func (arm *arm) spent() (*float64, *budget) {
	if arm.trace == nil {
		return nil, nil
	}
	job, parts := arm.trace.means()
	if arm.free {
		job = nil
	}
	return job, parts
}

func armOf(asked *cell) (*arm, error) {
	if asked.Count < 1 {
		return nil, errors.New("the cell has no jobs")
	}
	if asked.Pattern == "overhead" {
		return operation(asked)
	}
	if asked.JobKind == "memory" {
		return held(asked)
	}
	if asked.Pattern == "token-bucket" {
		if asked.Rate <= 0 {
			return nil, errors.New("the cell has no rate")
		}
		return limited(asked), nil
	}
	if asked.Arm == "go" && asked.Pattern != "pipeline" && asked.Workers < 1 {
		return nil, errors.New("the cell has no workers")
	}
	switch asked.JobKind {
	case "wait", "cpu", "mixed":
		return numbers(asked)
	case "image":
		return images(asked)
	case "http":
		return pages(asked)
	}
	return nil, fmt.Errorf("there is no Go for jobs of the kind %q", asked.JobKind)
}
