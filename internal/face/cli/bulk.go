package cli

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"easel/internal/file/blobs"
	"easel/internal/work/bulk"
	"easel/internal/work/jobs"
	"easel/internal/work/jobs/verbs"
	"easel/internal/work/translate"
)

// batchesFolder has the batches that workers have, in the output folder. It is not that of
// experiments: what is left in it is of no worth.
const batchesFolder = ".easel-batches"

// checkBulk reports flags that --in does not go with, and what needs it.
func (f *translateFlags) checkBulk(args []string) error {
	if f.in == "" {
		if f.workers.wanted() {
			return usage(errors.New("--join-token-file and --nats go with --in"), "name the folder or the address of all pictures with --in")
		}
		if blobs.IsAddress(f.out) || slices.ContainsFunc(args, blobs.IsAddress) {
			return usage(errors.New("an address stands for all pictures of a place"), "name it with --in, and the other with --out: easel translate --in s3://bucket/labels/ --out s3://bucket/photos/")
		}
		return nil
	}
	switch {
	case len(args) > 0:
		return usage(errors.New("there are pictures besides those of --in"), "leave --in or the pictures out")
	case f.out == "" || f.out == "-":
		return usage(errors.New("--in needs --out"), "name the folder or the address for the translations")
	case f.files.Stack || f.files.Format == "same" || f.options.Tile > 0:
		return usage(errors.New("--in does not go with --stack, --tile and --format same"), "name pictures or folders without --in")
	}
	return nil
}

// modelFile is the path of a model, of which there is a copy here if it is elsewhere.
func modelFile(ctx context.Context, model string) (string, error) {
	if !blobs.IsAddress(model) {
		return model, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the folder for copies of models: %w", err)
	}
	return blobs.Fetch(ctx, model, filepath.Join(cache, "easel", "models"))
}

// translateAll translates the pictures of a place.
func (a *app) translateAll(ctx context.Context, m *translate.Model, f translateFlags) error {
	in, err := blobs.Open(ctx, f.in)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := blobs.Open(ctx, f.out)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	threads := a.threads
	if threads == 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	l := &bulkListener{app: a, bar: a.plainProgress("listing", -1)}
	o := bulk.Options{Files: f.files, Threads: threads}
	var result bulk.Result
	if !f.workers.wanted() {
		result, err = bulk.Run(ctx, m, in, out, o, l.hear)
	} else {
		result, err = a.translateWithWorkers(ctx, m, in, out, f, o, l.hear)
	}
	l.bar.finish()
	if result.LeftOut != "" {
		a.warn(result.LeftOut)
	}
	place := f.out
	if blobs.IsAddress(place) { // without what is for the store's client
		place, _, _ = strings.Cut(place, "?")
	}
	text := humanize.Comma(int64(result.Translated)) + " translated into " + place
	if result.Kept > 0 {
		text += fmt.Sprintf(", %s kept from before", humanize.Comma(int64(result.Kept)))
	}
	if result.Failed > 0 {
		text += fmt.Sprintf(", %s failed", humanize.Comma(int64(result.Failed)))
	}
	if result.Rate > 0 {
		text += fmt.Sprintf("; %.3g pictures/s, %.3g core-hours", result.Rate, result.CoreHours)
	}
	if err == nil || result.Translated > 0 {
		a.say("%s", text)
	}
	switch {
	case err != nil:
		return err
	case result.Failed > 0:
		a.hint("the same command tries them again; the reasons are in " + place + ", in .easel-translated")
		return errFailedQuietly
	}
	return nil
}

// translateWithWorkers translates the pictures of a place on this machine and others.
func (a *app) translateWithWorkers(ctx context.Context, m *translate.Model, in, out *blobs.Place, f translateFlags, o bulk.Options, hear func(bulk.Event)) (result bulk.Result, err error) {
	b := verbs.Bulk{Precision: f.precision, Translation: f.options, In: f.in, Out: f.out}
	if b.Model, err = filepath.Abs(f.model); err != nil {
		return result, err
	}
	if !blobs.IsAddress(in.String()) {
		b.In = in.String()
	}
	e := verbs.Env{Backend: a.backend, Threads: a.threads}
	state := filepath.Join(out.String(), batchesFolder)
	if blobs.IsAddress(out.String()) {
		cache, err := os.UserCacheDir()
		if err != nil {
			return result, fmt.Errorf("find the folder for jobs of workers: %w", err)
		}
		state = filepath.Join(cache, "easel", "workers", fmt.Sprintf("%x", sha256.Sum256([]byte(out.String())))[:16])
	} else {
		b.Out, e.Shared = blobs.FolderURL(out.String()), []string{out.String()}
	}
	if err := jobs.Forget(state); err != nil { // of a run that was killed, whose record is in the place
		return result, err
	}
	err = a.withWorkers(ctx, f.workers, state, e, func(ctx context.Context, q *jobs.Queue) (err error) {
		if err := verbs.Abandon(ctx, q); err != nil {
			return err
		}
		result, err = bulk.RunElsewhere(ctx, m, in, out, o, verbs.Batches(q, b, out), hear)
		return errors.Join(err, verbs.Abandon(context.WithoutCancel(ctx), q)) // if it was stopped
	})
	return result, errors.Join(err, jobs.Forget(state))
}

// bulkListener draws a bar with the counts that a bulk translation knows.
type bulkListener struct {
	*app
	bar   *bar
	begun bool
}

func (l *bulkListener) hear(e bulk.Event) {
	if e.Listed > 0 {
		l.bar.at(e.Listed, "listing")
		return
	}
	if !l.begun {
		l.bar.finish()
		l.begun, l.bar = true, l.plainProgress("translating", e.Total)
	}
	for _, w := range e.Warnings {
		l.warn(w.String())
	}
	if l.json {
		l.emit(bulkEvent(e))
	}
	if e.Err != nil {
		l.bar.clear()
		l.complain(e.Input, e.Err)
	}
	text := "translating"
	if e.Rate > 0 {
		text = fmt.Sprintf("%.3g/s, %v left", e.Rate, e.Left.Truncate(time.Second))
	}
	l.bar.at(e.Done, text)
}

// bulkEvent is an event as JSON: of a picture, or of a batch that an earlier run did.
func bulkEvent(e bulk.Event) map[string]any {
	event := map[string]any{"event": "kept", "done": e.Done, "total": e.Total, "kept": e.Kept}
	if e.Input != "" {
		event["event"], event["input"], event["output"] = "translated", e.Input, e.Output
		event["rate"], event["seconds_left"], event["core_hours"] = e.Rate, e.Left.Seconds(), e.CoreHours
	}
	if e.Err != nil {
		event["event"], event["error"] = "failed", e.Err.Error()
	}
	return event
}
