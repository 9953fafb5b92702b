package bulk

import (
	"context"
	"errors"
	"iter"
	"time"

	"easel/internal/file/blobs"
	"easel/internal/file/imgio"
)

// Picture is one of a batch, with the name of its translation.
type Picture struct {
	blobs.Object
	Output string `json:"output"`
}

// Failure is a picture that could not be translated.
type Failure struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// next returns the next batch that is not done, of at most so many pictures, and those of it
// that are to be translated: all, or those that failed in an earlier run. It returns none at
// the end.
func (r *run) next(q *queue, most int) (pictures, todo []Picture, err error) {
	for {
		objects, err := q.gather(r.records, most)
		if err != nil || len(objects) == 0 {
			return nil, nil, err
		}
		pictures = pictures[:0]
		for _, o := range objects {
			pictures = append(pictures, Picture{o, r.output(o.Name)})
		}
		rec, ok := r.records[pictures[0].Name]
		if !ok || recordOf(pictures, nil).Pictures != rec.Pictures {
			return pictures, pictures, nil
		}
		todo = failedIn(rec, pictures)
		r.keep(len(pictures) - len(todo))
		if len(todo) > 0 {
			return pictures, todo, nil
		}
	}
}

// work goes through all pictures on this machine.
func (r *run) work(ctx context.Context) error {
	next, stop := iter.Pull2(r.visible(ctx))
	defer stop()
	q := &queue{next: next}
	for {
		pictures, todo, err := r.next(q, batchPictures)
		if err != nil {
			return err
		}
		switch {
		case len(pictures) == 0:
			return ctx.Err()
		case len(todo) < len(pictures):
			err = r.again(ctx, pictures, todo)
		default:
			err = r.batch(ctx, pictures)
		}
		if err != nil {
			return err
		}
	}
}

// again tries those pictures of a batch that failed in an earlier run.
func (r *run) again(ctx context.Context, pictures, todo []Picture) error {
	n, failed, err := r.here.translate(ctx, todo, time.Time{})
	if n < len(todo) {
		return err // the record still says that they failed
	}
	return errors.Join(err, r.save(ctx, recordOf(pictures, failed)))
}

// batch translates pictures and records them, those that are done after a while at once.
func (r *run) batch(ctx context.Context, pictures []Picture) error {
	for len(pictures) > 0 {
		n, failed, err := r.here.translate(ctx, pictures, r.now().Add(batchTime))
		if n > 0 {
			err = errors.Join(err, r.save(ctx, recordOf(pictures[:n], failed)))
		}
		if err != nil {
			return err
		}
		pictures = pictures[n:]
	}
	return nil
}

// keep counts pictures that an earlier run did, and reports them.
func (r *run) keep(pictures int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Kept += pictures
	r.notify(r.progress())
}

// count counts a picture and reports it.
func (r *run) count(p Picture, warnings []imgio.Warning, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		r.result.Translated++
	} else {
		r.result.Failed++
	}
	r.tell(p, warnings, err)
}

// tell reports a picture. The caller has r.mu.
func (r *run) tell(p Picture, warnings []imgio.Warning, err error) {
	e := r.progress()
	e.Input, e.Output, e.Warnings, e.Err = p.Name, p.Output, warnings, err
	r.notify(e)
}
