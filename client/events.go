package client

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Event is something that happened to a job.
type Event struct {
	Job string `json:"job"`
	// Type is "job" for a Job whose state has changed, "progress" for an event of the
	// verb in the form of easel --json.
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// againAfter is the pause before reconnecting to a stream that broke.
const againAfter = time.Second

// Wait waits until a job has ended. Notify, which may be nil, gets every event from the
// beginning, once each, even if the connection breaks or the server restarts.
func (c *Client) Wait(ctx context.Context, id string, notify func(Event)) (Job, error) {
	last := "0"
	for {
		last = c.follow(ctx, id, last, notify)
		j, err := c.Job(ctx, id)
		if problem, told := err.(*Problem); err == nil && j.Ended() || told && problem.Status == http.StatusNotFound {
			return j, err
		}
		select {
		case <-ctx.Done():
			return j, ctx.Err()
		case <-time.After(againAfter):
		}
	}
}

// follow reads a job's events from after the given one until the job's end, or the
// stream's, and returns the id of the last.
func (c *Client) follow(ctx context.Context, id, last string, notify func(Event)) string {
	answer, err := c.do(ctx, http.MethodGet, "/v1/jobs/"+id+"/events", nil, "Last-Event-ID", last)
	if err != nil {
		return last
	}
	defer func() { _ = answer.Body.Close() }()
	lines, next := bufio.NewScanner(answer.Body), ""
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		switch key {
		case "id":
			next = value
		case "data":
			if next == "" {
				continue // the snapshot
			}
			last, next = next, ""
			var e Event
			if json.Unmarshal([]byte(value), &e) != nil {
				continue
			}
			if notify != nil {
				notify(e)
			}
			var j Job
			if e.Type == "job" && json.Unmarshal(e.Data, &j) == nil && j.Ended() {
				return last
			}
		}
	}
	return last
}
