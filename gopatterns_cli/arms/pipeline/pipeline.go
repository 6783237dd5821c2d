// Package pipeline takes a stream of numbers through stages, each a goroutine of its own.
package pipeline

import "iter"

// Serial takes every number through both stages, then the next one; a stage drops a number by answering false.
func Serial(source iter.Seq[int], square func(int) int, tripleEven func(int) (int, bool)) []int {
	var results []int
	for number := range source {
		if tripled, kept := tripleEven(square(number)); kept {
			results = append(results, tripled)
		}
	}
	return results
}

// Stage makes another number of one, or drops it by answering false.
type Stage func(number int) (int, bool)

// Kept is a stage that drops nothing.
func Kept(compute func(int) int) Stage {
	return func(number int) (int, bool) { return compute(number), true }
}

// Run lets the source and all stages work at once, with room for buffer numbers between two of them.
func Run(source iter.Seq[int], buffer int, stages ...Stage) []int {
	numbers := make(chan int, buffer)
	go func() {
		defer close(numbers)
		for number := range source {
			numbers <- number
		}
	}()

	var output <-chan int = numbers
	for _, stage := range stages {
		output = after(output, stage, buffer)
	}

	var results []int
	for result := range output {
		results = append(results, result)
	}
	return results
}

func after(numbers <-chan int, stage Stage, buffer int) <-chan int {
	output := make(chan int, buffer)
	go func() {
		defer close(output)
		for number := range numbers {
			if result, kept := stage(number); kept {
				output <- result
			}
		}
	}()
	return output
}
