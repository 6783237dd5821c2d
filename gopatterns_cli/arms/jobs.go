package main

import (
	"fmt"
	"io"
	"iter"
	"math"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"time"

	"gopat/combination"
	"gopat/fan_out_fan_in"
	"gopat/image_batch"
	"gopat/pipeline"
	"gopat/token_bucket"
	"gopat/worker_pool"
)

// seeds is how many different numbers and pictures there are: the answers repeat after so many.
const seeds = 8

// spin computes for so many operations: the same ones, with the same answer, as the Python arms.
func spin(operations, item int) int {
	state := uint64(item%seeds + 1)
	for range operations {
		state = (state*1103515245 + 12345) & 0x7fffffff
	}
	return int(state & 0xffff)
}

// numbers is an arm whose jobs wait, compute, or both, and then do the document's arithmetic on a number.
func numbers(asked *cell) (*arm, error) {
	sleep := time.Duration(math.Round(asked.SleepS * 1e9))
	free := sleep == 0 && asked.Operations == 0
	effect := func(item int) int {
		if sleep > 0 {
			time.Sleep(sleep)
		}
		if asked.Operations > 0 {
			return spin(asked.Operations, item)
		}
		return item
	}
	outcomes := make([]int, asked.Count)
	for item := range outcomes {
		outcomes[item] = item
		if asked.Operations > 0 {
			outcomes[item] = spin(asked.Operations, item%seeds)
		}
	}
	if asked.Pattern == "pipeline" {
		if asked.Operations > 0 {
			return nil, fmt.Errorf("there is no Go for a pipeline whose stages compute")
		}
		if asked.Stages > 0 {
			return cut(asked, sleep), nil
		}
		return stages(asked, sleep), nil
	}
	compute := map[string]func(int) int{
		"worker-pool":    func(number int) int { return number * 2 },
		"combination":    func(number int) int { return number * 2 },
		"fan-out-fan-in": func(number int) int { return number * number },
	}[asked.Pattern]
	if compute == nil {
		return nil, fmt.Errorf("there is no Go for %q", asked.Pattern)
	}
	expected := make([]int, asked.Count)
	for item, number := range outcomes {
		expected[item] = compute(number)
	}
	slices.Sort(expected)
	if free {
		return checked(asked, nil, compute, expected), nil
	}
	notes := newTrace(asked.Count, asked.Workers, sleep)
	if asked.Pattern == "combination" {
		return combined(asked, sleep, notes, compute, expected), nil
	}
	work := func(item int) (result int) {
		notes.note(func() { result = compute(effect(item)) })
		return result
	}
	return checked(asked, notes, work, expected), nil
}

// combined is an arm whose jobs wait in a pool, then compute in a fan-out of as many workers as cores.
func combined(asked *cell, sleep time.Duration, notes *trace, compute func(int) int, expected []int) *arm {
	type fetched struct {
		item        int
		start, took time.Duration
	}
	fetch := func(item int) fetched {
		start := time.Since(notes.began)
		time.Sleep(sleep)
		return fetched{item, start, time.Since(notes.began) - start}
	}
	finish := func(page fetched) int {
		start := time.Since(notes.began)
		result := compute(spin(asked.Operations, page.item))
		notes.add(page.start, page.start+page.took+time.Since(notes.began)-start)
		return result
	}
	run := func() (float64, error) {
		var results []int
		seconds, err := timed(notes, func() {
			results = combination.Run(items(asked.Count), fetch, finish, asked.Workers, runtime.GOMAXPROCS(0))
		})
		if err != nil {
			return 0, err
		}
		slices.Sort(results)
		return seconds, different(results, expected)
	}
	return &arm{run, notes, false}
}

// cut is a pipeline of so many stages, each of which waits for its share and adds 1.
func cut(asked *cell, sleep time.Duration) *arm {
	notes := newTrace(asked.Stages*asked.Count, asked.Stages, sleep)
	stages := slices.Repeat([]pipeline.Stage{pipeline.Kept(func(number int) int {
		notes.note(func() { time.Sleep(sleep) })
		return number + 1
	})}, asked.Stages)
	expected := make([]int, asked.Count)
	for item := range expected {
		expected[item] = item + asked.Stages
	}
	run := func() (float64, error) {
		var results []int
		seconds, err := timed(notes, func() { results = pipeline.Run(items(asked.Count), asked.Buffer, stages...) })
		if err != nil {
			return 0, err
		}
		return seconds, different(results, expected)
	}
	return &arm{run, notes, false}
}

func checked(asked *cell, notes *trace, work func(int) int, expected []int) *arm {
	run := func() (float64, error) {
		var results []int
		seconds, err := timed(notes, func() { results = dealt(asked, items(asked.Count), work) })
		if err != nil {
			return 0, err
		}
		slices.Sort(results)
		return seconds, different(results, expected)
	}
	return &arm{run, notes, notes == nil}
}

// dealt runs the pattern of the cell, or its serial loop.
func dealt[R any](asked *cell, source iter.Seq[int], work func(int) R) []R {
	switch {
	case asked.Arm == "go-serial":
		return workerpool.Serial(source, work)
	case asked.Pattern == "fan-out-fan-in":
		return fanoutfanin.Run(source, work, asked.Workers, asked.Buffer)
	default:
		return workerpool.Run(source, work, asked.Workers, asked.Buffer)
	}
}

// stages is the document's pipeline: numbers, their squares, and the even squares tripled.
func stages(asked *cell, sleep time.Duration) *arm {
	var expected []int
	for number := range asked.Count {
		if number%2 == 0 {
			expected = append(expected, number*number*3)
		}
	}
	stream, notes := streaming(asked)
	if sleep > 0 {
		stream, notes = waiting(asked, sleep)
	}
	run := func() (float64, error) {
		var results []int
		seconds, err := timed(notes, func() { results = stream() })
		if err != nil {
			return 0, err
		}
		return seconds, different(results, expected)
	}
	return &arm{run, notes, sleep == 0}
}

func square(number int) int { return number * number }

func tripleEven(number int) (int, bool) { return number * 3, number%2 == 0 }

// streaming is the pipeline whose stages only compute; noted is the streaming as a whole. The compiler sees
// the plain loop and all that is called in it, as in a program that has no arms.
func streaming(asked *cell) (func() []int, *trace) {
	notes := newTrace(1, 1, 0)
	if asked.Arm == "go-serial" {
		return func() (results []int) {
			notes.note(func() { results = pipeline.Serial(items(asked.Count), square, tripleEven) })
			return results
		}, notes
	}
	source := func(yield func(int) bool) { notes.note(func() { items(asked.Count)(yield) }) }
	return func() []int { return pipeline.Run(source, asked.Buffer, pipeline.Kept(square), tripleEven) }, notes
}

// waiting is the pipeline whose source and stages wait for every number.
func waiting(asked *cell, sleep time.Duration) (func() []int, *trace) {
	lanes := 3
	if asked.Arm == "go-serial" {
		lanes = 1
	}
	notes := newTrace(3*asked.Count, lanes, sleep)
	wait := func() { notes.note(func() { time.Sleep(sleep) }) }
	source := func(yield func(int) bool) {
		for number := range asked.Count {
			wait()
			if !yield(number) {
				return
			}
		}
	}
	slowSquare := func(number int) int {
		wait()
		return square(number)
	}
	slowTripleEven := func(number int) (int, bool) {
		wait()
		return tripleEven(number)
	}
	if asked.Arm == "go-serial" {
		return func() []int { return pipeline.Serial(source, slowSquare, slowTripleEven) }, notes
	}
	return func() []int { return pipeline.Run(source, asked.Buffer, pipeline.Kept(slowSquare), slowTripleEven) }, notes
}

// limited asks a bucket for tokens as fast as it gives them, and times the last after the first.
func limited(asked *cell) *arm {
	run := func() (float64, error) {
		var bucket tokenbucket.Bucket = tokenbucket.NewLimiter(asked.Rate, 1)
		if asked.Arm == "go-ticker" {
			bucket = tokenbucket.NewTickerBucket(asked.Rate, max(int(math.Round(asked.Rate)), 1))
		}
		defer bucket.Stop()
		bucket.Wait()
		first := time.Now()
		for range asked.Count - 1 {
			bucket.Wait()
		}
		return time.Since(first).Seconds(), nil
	}
	return &arm{run, nil, true}
}

// images is an arm whose jobs fetch an image, which is a wait, and make it smaller.
func images(asked *cell) (*arm, error) {
	const width, height = 320, 240
	var pictures [seeds][]byte
	for number := range pictures {
		made, err := imagebatch.Picture(width, height, uint8(number*30))
		if err != nil {
			return nil, err
		}
		pictures[number] = made
	}
	latency := time.Duration(math.Round(asked.SleepS * 1e9))
	notes := newTrace(asked.Count, asked.Workers, latency)
	admit := func() {}
	if asked.Rate > 0 && asked.Arm != "go-serial" {
		admit = tokenbucket.NewLimiter(asked.Rate, 1).Wait
	}
	type resized struct {
		item    int
		picture []byte
		err     error
	}
	work := func(item int) (result resized) {
		admit()
		notes.note(func() {
			time.Sleep(latency)
			small, err := imagebatch.Resize(pictures[item%seeds])
			result = resized{item, small, err}
		})
		return result
	}
	run := func() (float64, error) {
		var results []resized
		seconds, err := timed(notes, func() { results = dealt(asked, items(asked.Count), work) })
		if err != nil {
			return 0, err
		}
		seen := make([]int, 0, len(results))
		for _, result := range results {
			if result.err != nil {
				return 0, result.err
			}
			if err := looksRight(result.picture, width/imagebatch.Smaller, height/imagebatch.Smaller, result.item); err != nil {
				return 0, err
			}
			seen = append(seen, result.item)
		}
		slices.Sort(seen)
		return seconds, different(seen, slices.Collect(items(asked.Count)))
	}
	return &arm{run, notes, false}, nil
}

// looksRight checks the size and the mean colour: that of the gradient, which shrinking does not change.
func looksRight(picture []byte, width, height, item int) error {
	const near = 4
	foundWidth, foundHeight, mean, err := imagebatch.Look(picture)
	if err != nil {
		return err
	}
	expected := [3]float64{127.5, 127.5, float64(item % seeds * 30)}
	for channel, value := range mean {
		if foundWidth != width || foundHeight != height || math.Abs(value-expected[channel]) > near {
			return fmt.Errorf("wrong answer: %dx%d of mean colour %.0f where %dx%d of %.0f is right",
				foundWidth, foundHeight, mean, width, height, expected)
		}
	}
	return nil
}

// pages is an arm whose jobs ask a server on loopback for the double of a number.
func pages(asked *cell) (*arm, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: max(asked.Workers, 1)}}
	site := fmt.Sprintf("http://127.0.0.1:%d/", asked.Port)
	notes := newTrace(asked.Count, asked.Workers, 0)
	work := func(item int) (doubled int) {
		notes.note(func() { doubled = fetched(client, site+strconv.Itoa(item)) })
		return doubled
	}
	expected := make([]int, asked.Count)
	for item := range expected {
		expected[item] = 2 * item
	}
	return checked(asked, notes, work, expected), nil
}

// fetched returns the number on a page; -1 where there is none.
func fetched(client *http.Client, url string) int {
	answer, err := client.Get(url)
	if err != nil {
		return -1
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return -1
	}
	number, err := strconv.Atoi(string(body))
	if err != nil {
		return -1
	}
	return number
}

func timed(notes *trace, run func()) (float64, error) {
	if notes == nil {
		began := time.Now()
		run()
		return time.Since(began).Seconds(), nil
	}
	notes.begin()
	run()
	return notes.end()
}

func items(count int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for item := range count {
			if !yield(item) {
				return
			}
		}
	}
}

func different(found, expected []int) error {
	if len(found) != len(expected) {
		return fmt.Errorf("wrong answer: %d results, %d are right", len(found), len(expected))
	}
	for at, number := range found {
		if number != expected[at] {
			return fmt.Errorf("wrong answer: %d where %d is right", number, expected[at])
		}
	}
	return nil
}
