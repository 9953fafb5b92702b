package serve

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"time"

	"easel/internal/engine/backend"
	"easel/internal/work/cluster"
	"easel/internal/work/jobs"
	"easel/internal/work/jobs/verbs"
	"easel/internal/work/worker"
)

// queue is what the API needs of a job queue: that of package jobs, or a remote one.
type queue interface {
	Submit(ctx context.Context, kind string, options json.RawMessage, key string) (jobs.View, error)
	Get(id string) (jobs.View, error)
	List() []jobs.View
	Files(id string) (string, error)
	// Gather waits until the files of a job that has ended are there.
	Gather(ctx context.Context, id string) error
	Cancel(ctx context.Context, id string) (jobs.View, error)
	Pause(ctx context.Context, id string) (jobs.View, error)
	Resume(ctx context.Context, id string) (jobs.View, error)
	Remove(id string) error
	Next(ctx context.Context, id string, after uint64) (jobs.Event, error)
	Last(ctx context.Context) (uint64, error)
	Health() error
	// Lost receives the reason when another server has taken the jobs over.
	Lost() <-chan error
	Close()
	worker.Host
	Crew() []jobs.Member
}

// openState opens what persists across restarts.
func (s *Server) openState() error {
	if s.options.State == "" {
		return nil
	}
	bits, err := backend.Bits(s.options.Backend)
	if err != nil {
		return err
	}
	if s.options.Cluster != nil {
		if s.cluster, err = cluster.Connect(*s.options.Cluster); err != nil {
			return err
		}
		if err := s.cluster.Open(s.streams); err != nil {
			return err
		}
	}
	q, err := jobs.Open(jobs.Options{
		Cluster:      s.cluster,
		State:        s.options.State,
		Kinds:        verbs.All(verbs.Env{Backend: s.options.Backend, Threads: s.options.Threads, MaxPixels: s.options.MaxPixels, MaxSteps: s.options.MaxJobSteps}),
		Lease:        s.options.Lease,
		MaxTime:      s.options.MaxJobTime,
		MaxSteps:     s.options.MaxJobSteps,
		MaxBytes:     s.options.MaxJobDisk,
		CatchCrashes: true,
		Version:      s.options.Version,
		Bits:         bits,
		OnlyWorkers:  s.options.OnlyWorkers,
		Contact:      s.options.Contact,
		OneAtATime:   s.options.Backend != "" && s.options.Backend != backend.Default,
		Yield:        s.line.yield,
		Complain:     func(err error) { s.log.Warn("jobs", "error", err) },
	})
	if err != nil {
		return err
	}
	s.queue = q
	if s.blobs, err = openBlobs(filepath.Join(s.options.State, "blobs"), s.options.MaxBlobs); err != nil {
		q.Close()
		return err
	}
	if err := s.openUploads(); err != nil {
		q.Close()
		return err
	}
	for _, j := range q.List() {
		s.adopt(j)
	}
	go s.watch()
	return nil
}

// adopt registers the run of a job as a model, with the job's id.
func (s *Server) adopt(j jobs.View) {
	if j.State == jobs.Queued {
		return
	}
	folder := map[string]string{"train": verbs.RunFolder, "train-style": verbs.RunFolder, "demo": verbs.DemoFolder + "/run"}[j.Kind]
	if folder == "" {
		return
	}
	files, err := s.queue.Files(j.ID)
	if j.State.Ended() {
		err = errors.Join(err, s.queue.Gather(s.streams, j.ID))
	}
	if err == nil {
		s.models.adopt(j.ID, filepath.Join(files, filepath.FromSlash(folder)))
	}
}

// watch adopts runs as soon as they have a checkpoint.
func (s *Server) watch() {
	after, err := s.queue.Last(s.streams)
	for err == nil {
		var e jobs.Event
		if e, err = s.queue.Next(s.streams, "", after); err == nil {
			after = e.Sequence
			if j, err := s.queue.Get(e.Job); err == nil {
				s.adopt(j)
			}
		}
		if err != nil && s.streams.Err() == nil { // the event could not be read
			s.log.Warn("events", "error", err)
			after, err = after+1, nil
			time.Sleep(time.Second)
		}
	}
}

// yieldTime is the longest that a job pauses at a step for interactive requests.
const yieldTime = 2 * time.Second

// yield waits while pictures are translated or wait for it.
func (l *line) yield(ctx context.Context) {
	for end := time.Now().Add(yieldTime); l.busy() && time.Now().Before(end) && ctx.Err() == nil; {
		time.Sleep(2 * time.Millisecond)
	}
}

func (l *line) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiting > 0 || len(l.turn) > 0
}

// problemOfJobs words the errors of a queue for clients.
func problemOfJobs(err error) error {
	switch {
	case errors.Is(err, jobs.ErrNotFound):
		return failure(404, "no-job", "", "%v", err)
	case errors.Is(err, jobs.ErrKind):
		return failure(422, "kind", "there are train, stylize, translate, evaluate, experiment, inspect and demo", "%v", err)
	case errors.Is(err, jobs.ErrKeyUsed):
		return failure(422, "key-used", "use a new Idempotency-Key for each new request", "%v", err)
	case errors.Is(err, jobs.ErrConflict):
		return failure(409, "conflict", "cancel it first", "the job has not ended")
	case errors.Is(err, jobs.ErrEnded):
		return failure(409, "ended", "", "%v", err)
	case errors.Is(err, jobs.ErrStore):
		p := failure(503, "store", "the disk of the server may be full; see its log", "%v", jobs.ErrStore)
		p.retry = time.Minute
		return p
	case errors.Is(err, jobs.ErrFull):
		p := failure(429, "queue-full", "wait until some of them have ended", "%v", err)
		p.retry = time.Minute
		return p
	case errors.Is(err, jobs.ErrClosed):
		return failure(503, "stopping", "", "the server is stopping")
	}
	return err
}
