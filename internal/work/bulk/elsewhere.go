package bulk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"easel/internal/base/hint"
	"easel/internal/base/strictjson"
	"easel/internal/file/imgio"
	"easel/internal/work/translate"
)

// Request is a batch that is to be translated elsewhere, as on another machine.
type Request struct {
	Files    translate.FileOptions `json:"files"`
	Pictures []Picture             `json:"pictures"`
	// Job identifies what the output place says of itself. It is a hash, since workers put
	// their own paths where they read one of the host's.
	Job string `json:"job"`
	// Signature identifies the model and the options.
	Signature string `json:"signature"`
	// Avoid is a worker on which the pictures have failed, if there is one.
	Avoid string `json:"-"`
}

// Done is what became of a batch.
type Done struct {
	Failed   []Failure       `json:"failed,omitempty"`
	Warnings []imgio.Warning `json:"warnings,omitempty"`
	// Seconds are those of the translation itself, on so many threads.
	Seconds float64 `json:"seconds"`
	Threads int     `json:"threads"`
	// Worker has done it, in so many seconds with all that is around it.
	Worker string  `json:"-"`
	Took   float64 `json:"-"`
}

// Elsewhere translates batches in other places, several at once.
type Elsewhere interface {
	// Width is how many batches should be waiting or under way, so that nobody is idle.
	Width() int
	// Do translates a batch. An error means that nothing is known of any of its pictures.
	Do(ctx context.Context, r Request) (Done, error)
}

// RunElsewhere is Run with the pictures translated elsewhere. Of t only the signature and the
// format are asked for. Pictures that fail are tried once more in the end, by another worker
// where there is one, unless there are very many.
func RunElsewhere(ctx context.Context, t Translator, in, out Place, o Options, there Elsewhere, notify func(Event)) (Result, error) {
	return runAll(ctx, t, in, out, o, there, notify)
}

// Serve translates a batch that was requested elsewhere. at, which may be nil, hears how many
// pictures are done. Pictures of the request whose translations are there already are to be
// left out of it. It fails if the model is not that of the request: its file may have changed.
func Serve(ctx context.Context, t Translator, in, out Place, r Request, at func(done int)) (Done, error) {
	var d Done
	if signature, err := t.Signature(r.Files); err != nil || signature != r.Signature {
		return d, cmp.Or(err, hint.New(errors.New("the model has changed since the command began"), "name a file that stays as it is with {model}, and another place with {out}"))
	}
	done := 0
	h := &here{translator: t, in: in, out: out, files: r.Files, now: time.Now, pause: time.Second, heard: func(_ Picture, warnings []imgio.Warning, _ error) {
		d.Warnings = append(d.Warnings, warnings...)
		if done++; at != nil {
			at(done)
		}
	}}
	began := time.Now()
	var err error
	_, d.Failed, err = h.translate(ctx, r.Pictures, time.Time{})
	d.Seconds = time.Since(began).Seconds()
	return d, err
}

// Check fails if a place is not the output place of the request, such as a folder of the same
// path on another machine.
func (r Request) Check(ctx context.Context, out Place) error {
	var there Job
	text, err := out.Read(ctx, jobFile)
	if err == nil {
		err = strictjson.Decode(text, &there)
	}
	if err == nil && there.hash() != r.Job {
		err = errors.New("it has translations of another job")
	}
	if err != nil {
		return hint.New(fmt.Errorf("%s is not the place that the command writes to: %w", out, err), "name as {shared} only what both machines see under the same path")
	}
	return nil
}

// Guard is the output place of the request, to which nothing is written any more when it is
// not that: a worker that does not hear of the command's end may go on for a while, and the
// next command has another model.
func (r Request) Guard(out Place) Place { return &guarded{Place: out, request: r} }

type guarded struct {
	Place
	request Request
	mu      sync.Mutex
	checked time.Time
}

// guardEvery is how often a place is checked.
const guardEvery = time.Second

// Write implements Place.
func (g *guarded) Write(ctx context.Context, name string, data []byte) error {
	if err := g.check(ctx); err != nil {
		return err
	}
	return g.Place.Write(ctx, name, data)
}

func (g *guarded) check(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Since(g.checked) < guardEvery {
		return nil
	}
	if err := g.request.Check(ctx, g.Place); err != nil {
		return err
	}
	g.checked = time.Now()
	return nil
}
