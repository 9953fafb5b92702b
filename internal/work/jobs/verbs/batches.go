package verbs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"

	"easel/internal/base/hint"
	"easel/internal/file/blobs"
	"easel/internal/work/bulk"
	"easel/internal/work/jobs"
	"easel/internal/work/translate"
)

// TranslateBatch is the kind of a batch of a bulk translation. Only Batches asks for it.
const TranslateBatch = "translate-batch"

// Bulk is a bulk translation whose batches are jobs.
type Bulk struct {
	Model       string            `json:"model"`
	Precision   string            `json:"precision"`
	Translation translate.Options `json:"translation"`
	// In is the place of the pictures: the path of a folder, or an address.
	In string `json:"in"`
	// Out is the address of the place for translations. That of a folder is a URL, so that it
	// is no path in whose place a worker puts its own.
	Out string `json:"out"`
}

// batchOptions are those of a job.
type batchOptions struct {
	Bulk
	Batch bulk.Request `json:"batch"`
	Avoid string       `json:"avoid,omitempty"`
}

// batchResult is that of a job. Direct says that the translations are in their place, and
// not among the job's files.
type batchResult struct {
	bulk.Done
	Direct bool `json:"direct,omitempty"`
}

func batchKind(e Env) jobs.Kind {
	return jobs.Kind{
		Name: TranslateBatch, Lane: short,
		Check: func(options json.RawMessage) (json.RawMessage, error) {
			var o batchOptions
			if err := decode(options, &o); err != nil {
				return nil, err
			}
			return options, o.Translation.Validate()
		},
		Inputs: func(options json.RawMessage) (json.RawMessage, []jobs.Input, error) {
			var o batchOptions
			if err := decode(options, &o); err != nil {
				return nil, nil, err
			}
			m, err := model(o.Model)
			if err != nil || blobs.IsAddress(o.In) {
				return options, []jobs.Input{m}, err
			}
			pictures := jobs.Input{Path: o.In, Only: []string{}}
			for _, p := range o.Batch.Pictures {
				if file, err := os.Open(filepath.Join(o.In, filepath.FromSlash(p.Name))); err == nil { // else it fails there
					pictures.Only = append(pictures.Only, p.Name)
					_ = file.Close()
				}
			}
			return options, []jobs.Input{m, pictures}, nil
		},
		Run: e.runBatch,
	}
}

func (e Env) runBatch(ctx context.Context, r *jobs.Run) (_ any, err error) {
	var o batchOptions
	if err := decode(r.Options, &o); err != nil {
		return nil, err
	}
	m, err := translate.Open(o.Model, translate.ModelOptions{Backend: e.Backend, Precision: o.Precision, Threads: e.Threads, Translation: o.Translation})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	in, err := blobs.Open(ctx, o.In)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, direct, err := e.batchOut(ctx, r, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	total, place := len(o.Batch.Pictures), bulk.Place(out)
	if direct {
		place = o.Batch.Guard(out)
	} else {
		o.Batch.Pictures = notIn(out.String(), o.Batch.Pictures)
	}
	before := total - len(o.Batch.Pictures)
	result := batchResult{Direct: direct}
	result.Done, err = bulk.Serve(ctx, m, in, place, o.Batch, func(done int) {
		p := jobs.Progress{Done: before + done, Total: total}
		if !direct {
			p.Kept = p.Done
		}
		r.Report(map[string]any{"event": "translated"}, p, false)
	})
	result.Threads = cmp.Or(e.Threads, runtime.GOMAXPROCS(0))
	return result, err
}

// batchOut opens the place for the translations: where they belong, if this machine sees
// that, or else among the job's files.
func (e Env) batchOut(ctx context.Context, r *jobs.Run, o batchOptions) (out *blobs.Place, direct bool, err error) {
	if folder, ok := blobs.FolderOf(o.Out); ok && !jobs.Shares(e.Shared, folder) {
		out, err = blobs.Open(ctx, filepath.Join(r.Folder, PicturesFolder))
		return out, false, err
	}
	if out, err = blobs.Open(ctx, o.Out); err != nil {
		return nil, false, err
	}
	if err := o.Batch.Check(ctx, out); err != nil {
		return nil, false, errors.Join(err, out.Close())
	}
	return out, true, nil
}

// batchFile is the name of a translation among a job's files. Those of pictures may be such
// as not all systems have.
func batchFile(number int, p bulk.Picture) string {
	return fmt.Sprintf("%06d%s", number, path.Ext(p.Output))
}

// notIn are the pictures whose translations are not in a job's folder yet, with their names
// there.
func notIn(folder string, all []bulk.Picture) (left []bulk.Picture) {
	for i, p := range all {
		p.Output = batchFile(i, p)
		if _, err := os.Stat(filepath.Join(folder, p.Output)); err != nil {
			left = append(left, p)
		}
	}
	return left
}

// BatchQueue is what Batches needs of a queue.
type BatchQueue interface {
	Queue
	Crew() []jobs.Member
}

// Batches does the batches of a bulk translation as jobs of a queue, on its workers. What
// these send is put into out.
func Batches(q BatchQueue, b Bulk, out bulk.Place) bulk.Elsewhere { return batches{q, b, out} }

// Abandon ends the batches that a command has left in a queue which was stopped or killed: on
// a cluster, workers would go on with them. What was done of them is in its place, and the
// rest is divided anew.
func Abandon(ctx context.Context, q interface {
	List() []jobs.View
	Cancel(ctx context.Context, id string) (jobs.View, error)
	Remove(id string) error
}) error {
	for _, j := range q.List() {
		if j.Kind != TranslateBatch {
			continue
		}
		left, err := q.Cancel(ctx, j.ID)
		if err == nil && left.State.Ended() { // else a worker has it, which is told to stop
			err = q.Remove(j.ID)
		}
		if err != nil && !errors.Is(err, jobs.ErrNotFound) {
			return err
		}
	}
	return nil
}

type batches struct {
	BatchQueue
	Bulk
	out bulk.Place
}

// Width implements bulk.Elsewhere: a batch for each machine, and one that waits for it.
func (b batches) Width() int {
	machines := 1
	for _, m := range b.Crew() {
		if m.State == "idle" || m.State == "busy" {
			machines++
		}
	}
	return 2 * machines
}

// Do implements bulk.Elsewhere.
func (b batches) Do(ctx context.Context, r bulk.Request) (bulk.Done, error) {
	text, err := json.Marshal(batchOptions{b.Bulk, r, r.Avoid})
	if err != nil {
		return bulk.Done{}, err
	}
	j, err := b.Submit(ctx, TranslateBatch, text, "")
	if err != nil {
		return bulk.Done{}, err
	}
	if j, err = follow(ctx, b, j.ID, func(json.RawMessage) {}); err != nil {
		return bulk.Done{}, err
	}
	d, err := b.collect(ctx, j, r)
	return d, errors.Join(err, b.Remove(j.ID))
}

// collect takes over what a job has made.
func (b batches) collect(ctx context.Context, j jobs.View, r bulk.Request) (bulk.Done, error) {
	if j.State != jobs.Done {
		return bulk.Done{}, hint.New(errors.New(cmp.Or(j.Error, "it was cancelled")), j.Hint)
	}
	var result batchResult
	if err := json.Unmarshal(j.Result, &result); err != nil {
		return bulk.Done{}, fmt.Errorf("the result of job %s: %w", j.ID, err)
	}
	d := result.Done
	d.Worker, d.Took = j.Worker, j.Seconds
	if result.Direct {
		return d, nil
	}
	if err := b.Gather(ctx, j.ID); err != nil {
		return d, err
	}
	files, err := b.Files(j.ID)
	if err != nil {
		return d, err
	}
	failed := map[string]bool{}
	for _, f := range d.Failed {
		failed[f.Name] = true
	}
	for i, p := range r.Pictures {
		if failed[p.Name] {
			continue
		}
		data, err := os.ReadFile(filepath.Join(files, PicturesFolder, batchFile(i, p)))
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("worker %s has not sent %s", j.Worker, p.Output)
		}
		if err == nil {
			err = b.out.Write(ctx, p.Output, data)
		}
		if err != nil {
			return d, err
		}
	}
	return d, nil
}
