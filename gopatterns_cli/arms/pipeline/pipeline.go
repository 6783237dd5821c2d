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

// Run lets the source and both stages work at once, with room for buffer numbers between two of them.
func Run(source iter.Seq[int], square func(int) int, tripleEven func(int) (int, bool), buffer int) []int {
	numbers := make(chan int, buffer)
	go func() {
		defer close(numbers)
		for number := range source {
			numbers <- number
		}
	}()

	squares := make(chan int, buffer)
	go func() {
		defer close(squares)
		for number := range numbers {
			squares <- square(number)
		}
	}()

	output := make(chan int, buffer)
	go func() {
		defer close(output)
		for number := range squares {
			if tripled, kept := tripleEven(number); kept {
				output <- tripled
			}
		}
	}()

	var results []int
	for result := range output {
		results = append(results, result)
	}
	return results
}
