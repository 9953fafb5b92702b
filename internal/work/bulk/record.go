package bulk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync"

	"easel/internal/base/hint"
	"easel/internal/base/strictjson"
)

// Names in the output place.
const (
	recordFolder = ".easel-translated/"
	jobFile      = recordFolder + "job.json"
)

// version of the records.
const version = 1

// Job is what an output place was made from: job.json.
type Job struct {
	Version int    `json:"version"`
	In      string `json:"in"`
	// Signature identifies the model and the options.
	Signature string `json:"signature"`
}

// hash identifies a job.
func (j Job) hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %q %q", j.Version, j.In, j.Signature))
	return hex.EncodeToString(sum[:16])
}

// record says that a batch is done: the pictures that are listed from First on, Count of
// them.
type record struct {
	First string `json:"first"`
	Count int    `json:"count"`
	// Pictures identifies their names, states and outputs.
	Pictures string `json:"pictures"`
	// Failed are those that could not be translated.
	Failed []Failure `json:"failed,omitempty"`
}

// recordOf is the record of a batch in which all that was asked for was done.
func recordOf(pictures []Picture, failed []Failure) record {
	sum := sha256.New()
	for _, p := range pictures {
		fmt.Fprintf(sum, "%q %d %x %d %q\n", p.Name, p.Size, p.MD5, p.Time.UnixNano(), p.Output)
	}
	return record{First: pictures[0].Name, Count: len(pictures), Pictures: hex.EncodeToString(sum.Sum(nil)[:16]), Failed: failed}
}

func (r *run) save(ctx context.Context, rec record) error {
	text, err := json.Marshal(rec)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // whose end is no reason to lose what was done
	return r.here.patiently(ctx, func() error {
		if err := r.out.Write(ctx, rec.file(), append(text, '\n')); err != nil {
			return unanswered{err}
		}
		return nil
	})
}

// file is the name of a record.
func (rec record) file() string {
	sum := sha256.Sum256([]byte(rec.First))
	return recordFolder + hex.EncodeToString(sum[:12]) + ".json"
}

// enter reads the records of the output place, or reports that it is to be one anew. It
// refuses a place that something else is in.
func (r *run) enter(ctx context.Context) (anew bool, err error) {
	signature, err := r.translator.Signature(r.Files)
	if err != nil {
		return false, err
	}
	now := Job{version, r.in.String(), signature}
	r.job = now
	before, err := r.jobBefore(ctx)
	if err != nil && !r.Files.Force {
		return false, err
	}
	switch {
	case r.Files.Force:
		return true, nil
	case before == Job{}:
		for o, err := range r.out.List(ctx, "") {
			if err != nil {
				return false, err
			}
			if !hidden(o.Name) {
				return false, hint.New(fmt.Errorf("%s has files that no earlier run made, such as %s", r.out, o.Name), "choose another place with {out}, or overwrite with {force}")
			}
		}
		return true, nil
	case before.In != now.In:
		return false, hint.New(fmt.Errorf("%s has translations of %s", r.out, before.In), "choose another place with {out}, or overwrite with {force}")
	case before != now:
		return false, hint.New(fmt.Errorf("%s has translations by another model or with other options", r.out), "choose another place with {out}, or overwrite with {force}")
	}
	return false, r.load(ctx)
}

// jobBefore is what the place was made from; it is empty if there is no job.json.
func (r *run) jobBefore(ctx context.Context) (Job, error) {
	var before Job
	text, err := r.out.Read(ctx, jobFile)
	if errors.Is(err, fs.ErrNotExist) {
		return before, nil
	}
	if err != nil {
		return before, err
	}
	if err := strictjson.Decode(text, &before); err != nil {
		return before, hint.New(fmt.Errorf("%s in %s: %w", jobFile, r.out, err), "choose another place with {out}, or overwrite with {force}")
	}
	return before, nil
}

// begin removes the records of an earlier job and writes that of this one.
func (r *run) begin(ctx context.Context) error {
	for o, err := range r.out.List(ctx, recordFolder) {
		if err != nil {
			return err
		}
		if err := r.out.Remove(ctx, o.Name); err != nil {
			return err
		}
	}
	r.records = map[string]record{}
	text, err := json.Marshal(r.job)
	if err != nil {
		return err
	}
	return r.out.Write(ctx, jobFile, append(text, '\n'))
}

// reading is how many records are read at a time.
const reading = 16

// load reads the records. One that cannot be read is as if its batch had not been done.
func (r *run) load(ctx context.Context) error {
	r.records = map[string]record{}
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		slots = make(chan struct{}, reading)
	)
	defer wg.Wait()
	for o, err := range r.out.List(ctx, recordFolder) {
		if err != nil {
			return err
		}
		if o.Name == jobFile || path.Ext(o.Name) != ".json" {
			continue
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			var rec record
			text, err := r.out.Read(ctx, o.Name)
			if err != nil || strictjson.Decode(text, &rec) != nil || rec.Count < 1 || rec.Count > mostPictures {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			r.records[rec.First] = rec
		})
	}
	wg.Wait()
	return ctx.Err()
}

// failedIn are the pictures that failed in an earlier run.
func failedIn(rec record, pictures []Picture) []Picture {
	var again []Picture
	for _, p := range pictures {
		if slices.ContainsFunc(rec.Failed, func(f Failure) bool { return f.Name == p.Name }) {
			again = append(again, p)
		}
	}
	return again
}
