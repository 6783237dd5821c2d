// Package differential runs small concurrent programs, given as JSON, in real Go.
//
// A line of the file GOPAT_PROGRAMS is a program, a line of GOPAT_OUTCOMES what its tasks have seen in so many
// runs (GOPAT_RUNS). Each run is a bubble of testing/synctest: whoever waits when all others do is stuck.
package differential

import (
	"bufio"
	"context"
	"encoding/json"
	"math/rand"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// A program is as programs.py has it; an operation is a list whose first element is its word.
type program struct {
	Capacities []int
	Contexts   int
	Counts     int
	Tasks      [][][]any
}

// A world is what the tasks of one run share.
type world struct {
	channels []chan int
	contexts []context.Context
	cancels  []context.CancelFunc
	group    sync.WaitGroup
	mutex    sync.Mutex // guards count
	count    int
	quit     chan struct{}
	over     atomic.Bool
}

func TestPrograms(t *testing.T) {
	in, err := os.Open(os.Getenv("GOPAT_PROGRAMS"))
	if err != nil {
		t.Skip("GOPAT_PROGRAMS names no file")
	}
	defer in.Close()
	out, err := os.Create(os.Getenv("GOPAT_OUTCOMES"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	runs, err := strconv.Atoi(os.Getenv("GOPAT_RUNS"))
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	encoder := json.NewEncoder(out)
	for lines.Scan() {
		var given program
		if err := json.Unmarshal(lines.Bytes(), &given); err != nil {
			t.Fatal(err)
		}
		seen := make([][][]any, runs)
		for number := range runs {
			synctest.Test(t, func(*testing.T) { seen[number] = run(given) })
		}
		if err := encoder.Encode(seen); err != nil {
			t.Fatal(err)
		}
	}
}

// run runs a program once and returns what each task has seen.
func run(given program) [][]any {
	w := &world{count: given.Counts, quit: make(chan struct{})}
	for _, capacity := range given.Capacities {
		w.channels = append(w.channels, make(chan int, capacity))
	}
	for range given.Contexts {
		ctx, cancel := context.WithCancel(context.Background())
		w.contexts, w.cancels = append(w.contexts, ctx), append(w.cancels, cancel)
	}
	w.group.Add(given.Counts)
	seen := make([][]any, len(given.Tasks))
	var ended sync.WaitGroup
	for number, operations := range given.Tasks {
		seen[number] = []any{}
		ended.Add(1)
		go func() {
			defer ended.Done()
			for _, operation := range operations {
				for range rand.Intn(3) {
					runtime.Gosched()
				}
				what, last := w.perform(operation)
				seen[number] = append(seen[number], what)
				if last {
					return
				}
			}
		}()
	}
	synctest.Wait()
	w.over.Store(true)
	close(w.quit)
	w.mutex.Lock()
	for ; w.count > 0; w.count-- {
		w.group.Done()
	}
	w.mutex.Unlock()
	ended.Wait()
	for _, cancel := range w.cancels {
		cancel()
	}
	return seen
}

// perform does one operation and returns what the task sees, and whether it ends with that.
func (w *world) perform(operation []any) (what any, last bool) {
	defer func() {
		if recover() != nil {
			what, last = "panic", true
		}
	}()
	rest := operation[1:]
	switch word := operation[0].(string); word {
	case "close":
		close(w.channels[index(rest[0])])
		return "closed", false
	case "cancel":
		w.cancels[index(rest[0])]()
		return "cancelled it", false
	case "done":
		w.mutex.Lock()
		defer w.mutex.Unlock()
		if w.count == 0 {
			panic("a wait group below zero")
		}
		w.count--
		w.group.Done()
		return "done", false
	case "wait":
		return w.wait(rest[0])
	case "select", "try_select":
		return w.choose(rest[0].([]any), contextOf(word, rest), word == "try_select", true)
	case "send", "try_send":
		one := []any{[]any{"send", rest[0], rest[1]}}
		return w.choose(one, contextOf(word, rest), word == "try_send", false)
	default:
		one := []any{[]any{"receive", rest[0]}}
		return w.choose(one, contextOf(word, rest), word == "try_receive", false)
	}
}

// contextOf returns the context of an operation that may wait, as it stands in the program.
func contextOf(word string, rest []any) any {
	if word[0] == 't' {
		return nil
	}
	return rest[len(rest)-1]
}

// choose does one of several cases, or none where it only tries.
func (w *world) choose(cases []any, ctx any, tries, chooses bool) (any, bool) {
	var selected []reflect.SelectCase
	for _, one := range cases {
		parts := one.([]any)
		channel := reflect.Zero(reflect.TypeFor[chan int]())
		if parts[1] != nil {
			channel = reflect.ValueOf(w.channels[index(parts[1])])
		}
		if parts[0] == "send" {
			value := reflect.ValueOf(index(parts[2]))
			selected = append(selected, reflect.SelectCase{Dir: reflect.SelectSend, Chan: channel, Send: value})
		} else {
			selected = append(selected, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: channel})
		}
	}
	if tries {
		selected = append(selected, reflect.SelectCase{Dir: reflect.SelectDefault})
	} else {
		quit := reflect.ValueOf(w.quit)
		selected = append(selected, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: quit})
		if ctx != nil {
			done := reflect.ValueOf(w.contexts[index(ctx)].Done())
			selected = append(selected, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: done})
		}
	}
	chosen, value, ok := reflect.Select(selected)
	switch {
	case tries && chosen == len(cases):
		return "would block", false
	case chosen == len(cases):
		return "stuck", true
	case chosen > len(cases):
		return "cancelled", true
	case selected[chosen].Dir == reflect.SelectSend && chooses:
		return []any{chosen, nil, true}, false
	case selected[chosen].Dir == reflect.SelectSend:
		return "sent", false
	}
	var received any
	if ok {
		received = value.Interface()
	}
	if chooses {
		return []any{chosen, received, ok}, false
	}
	return []any{received, ok}, false
}

// wait waits for the group, or for a context.
func (w *world) wait(ctx any) (any, bool) {
	waited := make(chan struct{})
	go func() {
		w.group.Wait()
		close(waited)
	}()
	var done <-chan struct{}
	if ctx != nil {
		done = w.contexts[index(ctx)].Done()
	}
	select {
	case <-waited:
		if w.over.Load() {
			return "stuck", true
		}
		return "waited", false
	case <-done:
		return "cancelled", true
	}
}

func index(number any) int { return int(number.(float64)) }
