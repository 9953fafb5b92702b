// Package client uses a running easel serve from Go programs.
//
//	c := client.New("http://127.0.0.1:8420", "")
//	photo, err := c.Translate(ctx, "facades", label, client.Translation{Seed: 1})
//
//	name, err := c.Upload(ctx, content)
//	job, err := c.Submit(ctx, "stylize", map[string]any{"content": name, …}, "my-key")
//	job, err = c.Wait(ctx, job.ID, func(e client.Event) { … })
//
// Pictures are files, in any format that easel reads. The server's errors are *Problem,
// with its advice. Requests are not repeated; only Wait reconnects when its stream of
// events breaks.
package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client talks to one server. Many goroutines may use it at once.
type Client struct {
	base, token string
	http        *http.Client
}

// New returns a client of the server at an address such as http://127.0.0.1:8420. token
// is "" if the server has none.
func New(address, token string) *Client {
	return &Client{strings.TrimSuffix(address, "/"), token, &http.Client{}}
}

// Problem is an error of the server (RFC 9457).
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Advice string `json:"hint"`
	// RetryAfter is how long to wait before another try; 0 if the server does not say.
	RetryAfter time.Duration `json:"-"`
}

// Error implements error.
func (p *Problem) Error() string {
	if p.Advice != "" {
		return p.Detail + "; " + p.Advice
	}
	return p.Detail
}

// do makes a request. Status codes of 400 and more are errors.
func (c *Client) do(ctx context.Context, method, path string, body io.Reader, header ...string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i+1] != "" {
			r.Header.Set(header[i], header[i+1])
		}
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode < http.StatusBadRequest {
		return answer, nil
	}
	defer func() { _ = answer.Body.Close() }()
	p := &Problem{Status: answer.StatusCode, Detail: answer.Status}
	_ = json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(p)
	if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil {
		p.RetryAfter = time.Duration(seconds) * time.Second
	}
	return nil, p
}

// read makes a request and decodes the answer.
func (c *Client) read(ctx context.Context, into any, method, path string, body io.Reader, header ...string) error {
	answer, err := c.do(ctx, method, path, body, header...)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	return json.NewDecoder(answer.Body).Decode(into)
}

// Translation is how to translate a picture. The zero value is the default.
type Translation struct {
	Seed    uint64
	NoNoise bool
	// Tile is the side of the tiles in which a picture is translated that does not fit into
	// the server's memory, and Overlap how many pixels they share; 0 as for easel translate.
	Tile, Overlap int
	// Accept is the format of the answer; "" is image/png.
	Accept string
}

// Translate translates a picture file with a model and returns a picture file.
func (c *Client) Translate(ctx context.Context, model string, picture []byte, t Translation) ([]byte, error) {
	query := url.Values{"model": {model}, "seed": {strconv.FormatUint(t.Seed, 10)}}
	if t.NoNoise {
		query.Set("noise", "off")
	}
	if t.Tile > 0 {
		query.Set("tile", strconv.Itoa(t.Tile))
	}
	if t.Overlap > 0 {
		query.Set("overlap", strconv.Itoa(t.Overlap))
	}
	answer, err := c.do(ctx, http.MethodPost, "/v1/translate?"+query.Encode(), bytes.NewReader(picture), "Accept", t.Accept)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	return io.ReadAll(answer.Body)
}

// Model is a model of the server.
type Model struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"`
	ImageSize int    `json:"image_size"`
	Step      int    `json:"step"`
}

// Models lists the server's models.
func (c *Client) Models(ctx context.Context) ([]Model, error) {
	var list struct {
		Models []Model `json:"models"`
	}
	err := c.read(ctx, &list, http.MethodGet, "/v1/models", nil)
	return list.Models, err
}

// Upload sends a file for jobs and returns the name to use in their options. A file
// that the server already has is not sent again.
func (c *Client) Upload(ctx context.Context, file []byte) (name string, err error) {
	hash := fmt.Sprintf("%x", sha256.Sum256(file))
	answer, err := c.do(ctx, http.MethodPut, "/v1/blobs/"+hash, bytes.NewReader(file))
	if err != nil {
		return "", err
	}
	return "sha256:" + hash, answer.Body.Close()
}

// Job is a job on the server.
type Job struct {
	ID      string          `json:"id"`
	Kind    string          `json:"kind"`
	State   string          `json:"state"`
	Attempt int             `json:"attempt"`
	Error   string          `json:"error"`
	Hint    string          `json:"hint"`
	Result  json.RawMessage `json:"result"`
	// Place is how many jobs are ahead of it. SecondsLeft is 0 where it is not known.
	Place       int     `json:"place"`
	SecondsLeft float64 `json:"seconds_left"`
	// Waits says why nobody can do it now; empty if somebody can.
	Waits   string `json:"waits"`
	History []struct {
		State   string `json:"state"`
		Attempt int    `json:"attempt"`
	} `json:"history"`
}

// Ended reports whether the job has reached its final state.
func (j Job) Ended() bool { return j.State == "done" || j.State == "failed" || j.State == "cancelled" }

// Submit starts a job: train, stylize, translate, evaluate, experiment, inspect or demo.
// With a key, repeating the request returns the same job.
func (c *Client) Submit(ctx context.Context, kind string, options any, key string) (j Job, err error) {
	body, err := json.Marshal(map[string]any{"kind": kind, "options": options})
	if err != nil {
		return j, err
	}
	err = c.read(ctx, &j, http.MethodPost, "/v1/jobs", bytes.NewReader(body), "Content-Type", "application/json", "Idempotency-Key", key)
	return j, err
}

// Job returns a job.
func (c *Client) Job(ctx context.Context, id string) (j Job, err error) {
	err = c.read(ctx, &j, http.MethodGet, "/v1/jobs/"+id, nil)
	return j, err
}

// Jobs lists all jobs, the oldest first.
func (c *Client) Jobs(ctx context.Context) ([]Job, error) {
	var list struct {
		Jobs []Job `json:"jobs"`
	}
	err := c.read(ctx, &list, http.MethodGet, "/v1/jobs", nil)
	return list.Jobs, err
}

// Cancel ends a job in any state; its files stay.
func (c *Client) Cancel(ctx context.Context, id string) (j Job, err error) {
	err = c.read(ctx, &j, http.MethodDelete, "/v1/jobs/"+id, nil)
	return j, err
}

// Pause makes a job save and wait for Resume.
func (c *Client) Pause(ctx context.Context, id string) (j Job, err error) {
	err = c.read(ctx, &j, http.MethodPost, "/v1/jobs/"+id+"/pause", nil)
	return j, err
}

// Resume continues a paused job; the result has the same bits as without the pause.
func (c *Client) Resume(ctx context.Context, id string) (j Job, err error) {
	err = c.read(ctx, &j, http.MethodPost, "/v1/jobs/"+id+"/resume", nil)
	return j, err
}

// File returns a file of a job.
func (c *Client) File(ctx context.Context, id, path string) ([]byte, error) {
	answer, err := c.do(ctx, http.MethodGet, "/v1/jobs/"+id+"/files/"+path, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	return io.ReadAll(answer.Body)
}
