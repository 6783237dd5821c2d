// Package errgroup runs tasks that work on one thing: the first error cancels the rest and is returned.
//
// Ten pages at once, or the first error:
//
//	pages, err := errgroup.Fetch(ctx, http.DefaultClient, urls, 10)
package errgroup

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// Group is a number of tasks under one context. New makes one.
type Group struct {
	cancel  context.CancelCauseFunc
	slots   chan struct{}
	working sync.WaitGroup
	once    sync.Once
	err     error
}

// New returns a group of which up to limit tasks run at once, any number if that is below 1, and the context
// for them: it is done at the first error, with that as its cause, and at the end of Wait.
func New(ctx context.Context, limit int) (*Group, context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	group := &Group{cancel: cancel}
	if limit > 0 {
		group.slots = make(chan struct{}, limit)
	}
	return group, ctx
}

// Go starts a task; it waits for one to end when as many as the limit run.
func (group *Group) Go(task func() error) {
	if group.slots != nil {
		group.slots <- struct{}{}
	}
	group.working.Add(1)
	go func() {
		defer group.done()
		if err := task(); err != nil {
			group.once.Do(func() {
				group.err = err
				group.cancel(err)
			})
		}
	}()
}

// Wait returns the first error, or nil, when all tasks have ended.
func (group *Group) Wait() error {
	group.working.Wait()
	group.cancel(group.err)
	return group.err
}

func (group *Group) done() {
	if group.slots != nil {
		<-group.slots
	}
	group.working.Done()
}

// Fetch gets all URLs, up to limit of them at once, and returns their bodies in the same order. The first
// error, be it of the line or an answer other than 200, cancels the other requests and is returned.
func Fetch(ctx context.Context, client *http.Client, urls []string, limit int) ([]string, error) {
	group, ctx := New(ctx, limit)
	pages := make([]string, len(urls))
	for number, url := range urls {
		group.Go(func() (err error) {
			pages[number], err = fetch(ctx, client, url)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	return pages, nil
}

func fetch(ctx context.Context, client *http.Client, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: answered %s", url, response.Status)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return "", fmt.Errorf("%s: %w", url, err)
	}
	return string(body), nil
}
