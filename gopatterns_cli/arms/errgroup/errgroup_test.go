package errgroup

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"gopat/leaks"
)

// site serves pages for as long as visit takes.
func site(handler http.HandlerFunc, visit func(client *http.Client, urls []string)) {
	server := httptest.NewServer(handler)
	defer server.Close()
	urls := make([]string, 10)
	for number := range urls {
		urls[number] = fmt.Sprintf("%s/page/%d", server.URL, number+1)
	}
	visit(server.Client(), urls)
}

func TestFetchReturnsThePagesInTheOrderOfTheirURLs(t *testing.T) {
	expected := []string{
		"/page/1", "/page/2", "/page/3", "/page/4", "/page/5", "/page/6", "/page/7", "/page/8", "/page/9", "/page/10",
	}
	for _, limit := range []int{0, 1, 3, 10} {
		left := leaks.Count(func() {
			var now, most atomic.Int64
			answer := func(writer http.ResponseWriter, request *http.Request) {
				running := now.Add(1)
				for seen := most.Load(); running > seen && !most.CompareAndSwap(seen, running); seen = most.Load() {
				}
				fmt.Fprint(writer, request.URL.Path)
				now.Add(-1)
			}
			site(answer, func(client *http.Client, urls []string) {
				pages, err := Fetch(context.Background(), client, urls, limit)
				if err != nil || !slices.Equal(pages, expected) {
					t.Errorf("limit %d: %q, %v", limit, pages, err)
				}
			})
			if limit > 0 && most.Load() > int64(limit) {
				t.Errorf("limit %d: %d requests at once", limit, most.Load())
			}
		})
		if left != 0 {
			t.Errorf("limit %d: %d goroutines are left", limit, left)
		}
	}
}

func TestTheFirstErrorCancelsTheOtherRequests(t *testing.T) {
	left := leaks.Count(func() {
		arrived, cancelled := make(chan struct{}, 9), make(chan struct{}, 9)
		answer := func(writer http.ResponseWriter, request *http.Request) {
			if request.URL.Path == "/page/7" {
				for range 9 {
					<-arrived
				}
				http.Error(writer, "out of order", http.StatusInternalServerError)
				return
			}
			arrived <- struct{}{}
			<-request.Context().Done() // the client hung up
			cancelled <- struct{}{}
		}
		site(answer, func(client *http.Client, urls []string) {
			pages, err := Fetch(context.Background(), client, urls, 10)
			if pages != nil || err == nil || !strings.Contains(err.Error(), "/page/7: answered 500") {
				t.Errorf("%q, %v", pages, err)
			}
			for range 9 {
				<-cancelled
			}
		})
	})
	if left != 0 {
		t.Errorf("%d goroutines are left", left)
	}
}

func TestFetchEndsWithItsContext(t *testing.T) {
	left := leaks.Count(func() {
		ctx, cancel := context.WithCancel(context.Background())
		answer := func(_ http.ResponseWriter, request *http.Request) {
			cancel()
			<-request.Context().Done()
		}
		site(answer, func(client *http.Client, urls []string) {
			if _, err := Fetch(ctx, client, urls, 2); !errors.Is(err, context.Canceled) {
				t.Errorf("the error is %v", err)
			}
		})
	})
	if left != 0 {
		t.Errorf("%d goroutines are left", left)
	}
}

func TestAURLThatIsNoneIsAnError(t *testing.T) {
	if _, err := Fetch(context.Background(), http.DefaultClient, []string{"://"}, 1); err == nil {
		t.Error("there is no error")
	}
}

func TestWaitReturnsTheFirstErrorAndCancelsTheContextWithIt(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	group, ctx := New(context.Background(), 0)
	group.Go(func() error {
		<-ctx.Done()
		return second
	})
	group.Go(func() error { return first })
	if err := group.Wait(); err != first {
		t.Errorf("Wait returned %v", err)
	}
	if cause := context.Cause(ctx); cause != first {
		t.Errorf("the cause is %v", cause)
	}
}

func TestWaitEndsTheContextWithoutAnError(t *testing.T) {
	group, ctx := New(context.Background(), 1)
	for range 5 {
		group.Go(func() error { return ctx.Err() })
	}
	if err := group.Wait(); err != nil {
		t.Errorf("Wait returned %v", err)
	}
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("the context's error is %v", ctx.Err())
	}
}
