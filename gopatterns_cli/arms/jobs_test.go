package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"gopat/leaks"
)

// known are answers of spin; tests/golang finds the same ones in Python.
var known = []struct{ operations, item, answer int }{
	{0, 0, 1},
	{0, 15, 8},
	{1, 0, 32422},
	{1, 7, 41889},
	{2, 3, 32802},
	{100, 0, 3549},
	{100, 8, 3549},
	{1000, 5, 8318},
	{50000, 6, 33207},
	{123456, 1, 5314},
}

func TestComputingGivesTheAnswersThatPythonGives(t *testing.T) {
	for _, row := range known {
		if found := spin(row.operations, row.item); found != row.answer {
			t.Errorf("spin(%d, %d) is %d, expected %d", row.operations, row.item, found, row.answer)
		}
	}
}

func asked(change func(*cell)) *cell {
	made := &cell{Pattern: "worker-pool", Arm: "go", Workers: 3, JobKind: "wait", SleepS: 1e-5, Count: 10}
	change(made)
	return made
}

func TestEveryKindOfJobGivesTheRightAnswerAndLeavesNoGoroutine(t *testing.T) {
	for name, change := range map[string]func(*cell){
		"wait":        func(*cell) {},
		"nothing":     func(asked *cell) { asked.SleepS = 0 },
		"serial":      func(asked *cell) { asked.Arm = "go-serial" },
		"fan-out":     func(asked *cell) { asked.Pattern = "fan-out-fan-in" },
		"cpu":         func(asked *cell) { asked.JobKind, asked.SleepS, asked.Operations = "cpu", 0, 100 },
		"mixed":       func(asked *cell) { asked.JobKind, asked.Operations = "mixed", 100 },
		"image":       func(asked *cell) { asked.JobKind = "image" },
		"pipeline":    func(asked *cell) { asked.Pattern = "pipeline" },
		"its loop":    func(asked *cell) { asked.Pattern, asked.Arm = "pipeline", "go-serial" },
		"its numbers": func(asked *cell) { asked.Pattern, asked.SleepS = "pipeline", 0 },
		"limiter":     func(asked *cell) { asked.Pattern, asked.Rate = "token-bucket", 100_000 },
		"ticker":      func(asked *cell) { asked.Pattern, asked.Arm, asked.Rate = "token-bucket", "go-ticker", 100_000 },
	} {
		left := leaks.Count(func() {
			arm, err := armOf(asked(change))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			if _, err := arm.value(2); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
		if left != 0 {
			t.Errorf("%s: %d goroutines are left", name, left)
		}
	}
}

func site(t *testing.T, answer func(number int) string) int {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		number, _ := strconv.Atoi(strings.TrimPrefix(request.URL.Path, "/"))
		_, _ = writer.Write([]byte(answer(number)))
	}))
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(address.Port())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func TestPagesAreFetchedAndAWrongOneIsCaught(t *testing.T) {
	for name, row := range map[string]struct {
		answer func(int) string
		right  bool
	}{
		"the double":  {func(number int) string { return strconv.Itoa(2 * number) }, true},
		"the number":  {strconv.Itoa, false},
		"no number":   {func(int) string { return "no number" }, false},
		"one answer":  {func(int) string { return "8" }, false},
		"empty pages": {func(int) string { return "" }, false},
	} {
		port := site(t, row.answer)
		arm, err := armOf(asked(func(asked *cell) { asked.JobKind, asked.SleepS, asked.Port = "http", 0, port }))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := arm.run(); (err == nil) != row.right {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNoCellIsAnErrorThatNamesIt(t *testing.T) {
	for named, change := range map[string]func(*cell){
		`"semaphore"`: func(asked *cell) { asked.Pattern = "semaphore" },
		`"python"`:    func(asked *cell) { asked.JobKind = "python" },
		"no jobs":     func(asked *cell) { asked.Count = 0 },
		"no workers":  func(asked *cell) { asked.Workers = 0 },
		"no rate":     func(asked *cell) { asked.Pattern = "token-bucket" },
		"stages":      func(asked *cell) { asked.Pattern, asked.JobKind, asked.Operations = "pipeline", "cpu", 10 },
	} {
		if _, err := armOf(asked(change)); err == nil || !strings.Contains(err.Error(), named) {
			t.Errorf("%s: %v", named, err)
		}
	}
}

func TestAJobThatIsShorterThanAskedIsCaught(t *testing.T) {
	notes := newTrace(2, 1, time.Hour)
	notes.begin()
	notes.note(func() {})
	if _, err := notes.end(); err == nil || !strings.Contains(err.Error(), "1 jobs ran, 2 were asked to") {
		t.Errorf("a job too few: %v", err)
	}
	notes.begin()
	notes.note(func() {})
	notes.note(func() {})
	if _, err := notes.end(); err == nil || !strings.Contains(err.Error(), "shorter than the 1h0m0s asked for") {
		t.Errorf("jobs too short: %v", err)
	}
}

func TestTheBudgetAddsUpToTheWhole(t *testing.T) {
	arm, err := armOf(asked(func(*cell) {}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := arm.value(3); err != nil {
		t.Fatal(err)
	}
	job, parts := arm.spent()
	sum := parts.StartS + parts.WorkS + parts.HandOffsS + parts.TailS + parts.EndS
	if difference := sum - parts.WholeS; max(difference, -difference) > 1e-6 || *job < 1e-5 {
		t.Errorf("the parts of %+v are %v, a job took %v", *parts, sum, *job)
	}
}
