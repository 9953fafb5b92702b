package bulk

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"easel/internal/file/imgio"
)

// How batches are sized for others. The first ones are small; then one takes worth times as
// long as what is around it, such as fetching pictures and opening the model, but not so long
// that much is lost with a worker.
const (
	firstPictures = 16
	worth         = 60
	shortest      = 20 * time.Second
	longest       = time.Minute
)

// mostRetried is how many pictures are tried once more: if more fail, it is not by a machine.
const mostRetried = 10_000

// hopelessBatches in a row that failed as a whole end the run.
const hopelessBatches = 3

// lookAgain is how often it is looked whether there are more workers.
const lookAgain = time.Second

// spread is a run whose batches are done elsewhere. The run's mu guards it.
type spread struct {
	*run
	there    Elsewhere
	stop     context.CancelCauseFunc
	wait     sync.WaitGroup
	underway int
	ended    chan struct{} // holds one if a batch has ended
	broken   int           // batches in a row that failed as a whole
	// seconds of a picture, and of what is around a batch, on average; 0 before one is done.
	seconds, around float64
	core            float64 // seconds of all cores
	failed          []*lost
	lost            int // pictures of failed
}

// lost are pictures of a batch that failed on a worker.
type lost struct {
	record
	worker   string
	pictures []Picture
}

// spread goes through all pictures, elsewhere.
func (r *run) spread(ctx context.Context, there Elsewhere) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	s := &spread{run: r, there: there, stop: stop, ended: make(chan struct{}, 1)}
	r.coreHours = func(time.Duration) float64 { return s.core / time.Hour.Seconds() }
	err := s.all(ctx)
	s.wait.Wait()
	if err == nil && ctx.Err() == nil {
		s.retry(ctx)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// all begins all batches, as many at once as there is use for.
func (s *spread) all(ctx context.Context) error {
	next, stop := iter.Pull2(s.visible(ctx))
	defer stop()
	q := &queue{next: next}
	for {
		if !s.turn(ctx) {
			return nil
		}
		pictures, todo, err := s.next(q, s.size())
		if err != nil || len(pictures) == 0 {
			return err
		}
		s.wait.Go(func() {
			defer s.leave()
			if err := s.send(ctx, pictures, todo); err != nil {
				s.stop(err)
			}
		})
	}
}

// turn waits until there is use for another batch, or reports false.
func (s *spread) turn(ctx context.Context) bool {
	for ctx.Err() == nil {
		width := s.there.Width()
		s.mu.Lock()
		free := s.underway < width
		if free {
			s.underway++
		}
		s.mu.Unlock()
		if free {
			return true
		}
		select {
		case <-s.ended:
		case <-time.After(lookAgain):
		case <-ctx.Done():
		}
	}
	return false
}

func (s *spread) leave() {
	s.mu.Lock()
	s.underway--
	s.mu.Unlock()
	select {
	case s.ended <- struct{}{}:
	default:
	}
}

// size is how many pictures a batch should have.
func (s *spread) size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seconds == 0 {
		return firstPictures
	}
	long := min(max(worth*s.around, shortest.Seconds()), longest.Seconds())
	return min(max(int(long/s.seconds), 1), mostPictures)
}

// learn notes what a batch took of which so many pictures were translated. Those that failed
// count as nothing: they may take no time.
func (s *spread) learn(translated int, d Done) {
	s.core += d.Took * float64(max(d.Threads, 1))
	if translated == 0 {
		return
	}
	each, around := d.Seconds/float64(translated), max(d.Took-d.Seconds, 0)
	if s.seconds == 0 {
		s.seconds, s.around = each, around
		return
	}
	s.seconds += (each - s.seconds) / 4
	s.around += (around - s.around) / 4
}

func (s *spread) request(pictures []Picture, avoid string) Request {
	return Request{Files: s.Files, Pictures: pictures, Job: s.job.hash(), Signature: s.job.Signature, Avoid: avoid}
}

// send has pictures of a batch translated, and records it. The error is for what stops
// everything.
func (s *spread) send(ctx context.Context, pictures, todo []Picture) error {
	d, err := s.there.Do(ctx, s.request(todo, ""))
	if ctx.Err() != nil {
		return nil // nothing is lost but time
	}
	reasons := map[string]error{}
	if err != nil {
		d = Done{}
		for _, p := range todo {
			d.Failed = append(d.Failed, Failure{p.Name, err.Error()})
		}
	}
	for _, f := range d.Failed {
		reasons[f.Name] = errors.New(f.Reason)
	}
	warnings := map[string][]imgio.Warning{}
	for _, w := range d.Warnings {
		warnings[w.File] = append(warnings[w.File], w)
	}
	s.mu.Lock()
	if s.broken++; err == nil {
		s.broken = 0
		s.learn(len(todo)-len(d.Failed), d)
	}
	broken := s.broken
	s.mu.Unlock()
	for _, p := range todo {
		s.count(p, warnings[p.Name], reasons[p.Name])
	}
	rec := recordOf(pictures, d.Failed)
	if err := s.save(ctx, rec); err != nil {
		return err
	}
	if broken >= hopelessBatches {
		return fmt.Errorf("%d batches in a row failed, the last because: %w", broken, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(d.Failed); err == nil && n > 0 && s.lost+n <= mostRetried {
		s.failed, s.lost = append(s.failed, &lost{rec, d.Worker, failedIn(rec, todo)}), s.lost+n
	}
	return nil
}

// retry has the pictures that failed translated once more, by others if there are any. What
// fails again stays as it is.
func (s *spread) retry(ctx context.Context) {
	by := map[string][]*lost{}
	for _, l := range s.failed {
		by[l.worker] = append(by[l.worker], l)
	}
	for _, worker := range slices.Sorted(maps.Keys(by)) {
		s.wait.Go(func() {
			for left := by[worker]; len(left) > 0; {
				n := together(left)
				if err := s.another(ctx, worker, left[:n]); err != nil {
					s.stop(err)
				}
				left = left[n:]
			}
		})
	}
	s.wait.Wait()
}

// together is how many of the first may be one batch.
func together(all []*lost) (n int) {
	for pictures := 0; n < len(all); n++ {
		if pictures += len(all[n].pictures); n > 0 && pictures > batchPictures {
			break
		}
	}
	return n
}

// another is retry for some batches that a worker had.
func (s *spread) another(ctx context.Context, worker string, of []*lost) error {
	var pictures []Picture
	for _, l := range of {
		pictures = append(pictures, l.pictures...)
	}
	d, err := s.there.Do(ctx, s.request(pictures, worker))
	if err != nil || ctx.Err() != nil {
		return nil // they have failed before, for a reason of their own
	}
	fails := func(name string) bool {
		return slices.ContainsFunc(d.Failed, func(f Failure) bool { return f.Name == name })
	}
	for _, l := range of {
		s.mu.Lock()
		before := len(l.Failed)
		l.Failed = slices.DeleteFunc(l.Failed, func(f Failure) bool { return !fails(f.Name) })
		s.result.Failed -= before - len(l.Failed)
		s.result.Translated += before - len(l.Failed)
		for _, p := range l.pictures {
			if !fails(p.Name) {
				s.tell(p, nil, nil)
			}
		}
		s.mu.Unlock()
		if len(l.Failed) == before {
			continue
		}
		if err := s.save(ctx, l.record); err != nil {
			return err
		}
	}
	return nil
}
