package main

import (
	"fmt"
	"testing"
	"time"

	"gopat/fan_out_fan_in"
	"gopat/pipeline"
	"gopat/worker_pool"
)

// The document's workloads as go test -bench times them: what tests/golang/agreement.py sets beside the arms.
const (
	poolJobs, poolJob, poolBuffer   = 1_000, time.Millisecond, 1_000
	fanItems, fanItem, fanBuffer    = 100, 100 * time.Microsecond, 100
	pipelineNumbers, pipelineBuffer = 10_000, 0
)

func double(number int) int {
	time.Sleep(poolJob)
	return number * 2
}

func slowSquare(number int) int {
	time.Sleep(fanItem)
	return number * number
}

func BenchmarkWorkerPool(b *testing.B) {
	b.Run("serial", func(b *testing.B) {
		for range b.N {
			workerpool.Serial(items(poolJobs), double)
		}
	})
	for _, workers := range []int{10, 100} {
		b.Run(fmt.Sprintf("%d-workers", workers), func(b *testing.B) {
			for range b.N {
				workerpool.Run(items(poolJobs), double, workers, poolBuffer)
			}
		})
	}
}

func BenchmarkFanOut(b *testing.B) {
	b.Run("serial", func(b *testing.B) {
		for range b.N {
			fanoutfanin.Serial(items(fanItems), slowSquare)
		}
	})
	for _, workers := range []int{4, 8} {
		b.Run(fmt.Sprintf("%d-workers", workers), func(b *testing.B) {
			for range b.N {
				fanoutfanin.Run(items(fanItems), slowSquare, workers, fanBuffer)
			}
		})
	}
}

func BenchmarkPipeline(b *testing.B) {
	b.Run("serial", func(b *testing.B) {
		for range b.N {
			pipeline.Serial(items(pipelineNumbers), square, tripleEven)
		}
	})
	b.Run("3-stages", func(b *testing.B) {
		for range b.N {
			pipeline.Run(items(pipelineNumbers), pipelineBuffer, pipeline.Kept(square), tripleEven)
		}
	})
}
