package jobs

import (
	"errors"
	"fmt"
	"os"
	"sync"
)

// senders is of how many jobs what they need is sent to the cluster at once, and writers how
// many files of each.
const (
	senders = 2
	writers = 8
)

// supply sends what a waiting job needs to the cluster, if there is one and it is not there:
// then the job can be lent.
func (q *Queue) supply(j Job) {
	s := q.shared
	if s == nil || s.assists || !j.lacks() {
		return
	}
	s.mu.Lock()
	begun := s.supplying[j.ID]
	s.supplying[j.ID] = true
	s.mu.Unlock()
	if begun {
		return
	}
	q.workers.Go(func() {
		select {
		case s.sending <- struct{}{}:
			defer func() { <-s.sending }()
		case <-s.ctx.Done():
		}
		for said := ""; s.ctx.Err() == nil && !s.supplied(j.ID); {
			err := s.send(j.ID)
			if err == nil {
				continue
			}
			if err.Error() != said { // not each time
				said = err.Error()
				s.complain(passing(fmt.Errorf("job %s: what it needs could not be sent to the cluster: %w", j.ID, err)))
			}
			pause(s.ctx, retryTime)
		}
	})
}

// lacks reports whether a job waits for what it needs to be sent.
func (j *Job) lacks() bool { return j.State == Queued && j.needs == (blob{}) }

// supplied reports whether there is nothing more to send for a job, and notes that supply may
// begin again.
func (s *shared) supplied(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j, err := s.records.get(id); err == nil && j.lacks() {
		return false
	}
	delete(s.supplying, id)
	return true
}

// sent reports whether workers can fetch what a job needs.
func (q *Queue) sent(j *Job) bool { return q.shared == nil || j.needs != (blob{}) }

// send is one try.
func (s *shared) send(id string) error {
	j, err := s.records.get(id)
	if err != nil || !j.lacks() {
		return nil
	}
	loaned := &Loan{Kind: j.Kind, Options: j.Options, Folder: s.records.files(id)}
	sources := map[string]source{}
	if err := s.addInputs(loaned, sources, nil); err != nil { // such as a model that was removed
		if err = s.unlendable(s.ctx, j, err); errors.Is(err, errNotToDo) || errors.Is(err, ErrNotFound) {
			err = nil
		}
		return err
	}
	var places []string
	for hash := range sources {
		places = append(places, inputs+"."+hash)
	}
	defer s.inputs.hold(places)()
	if err := s.sendFiles(sources); err != nil {
		return err
	}
	needs, err := s.store(s.ctx, inputs, loaned)
	if err != nil {
		return err
	}
	s.inputs.use(needs.Place)
	for {
		j, err := s.records.get(id)
		if err != nil || j.State != Queued {
			return nil
		}
		if _, err = s.records.update(j, func(j *Job) { j.needs = needs }); !errors.Is(err, ErrConflict) {
			s.offer()
			return err
		}
	}
}

// sendFiles sends the files that are not on the cluster.
func (s *shared) sendFiles(sources map[string]source) error {
	var wait sync.WaitGroup
	todo, failed := make(chan string), make(chan error, writers)
	for range writers {
		wait.Go(func() {
			for hash := range todo {
				if err := s.sendFile(hash, sources[hash]); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	var err error
	for hash := range sources {
		if err == nil {
			select {
			case todo <- hash:
			case err = <-failed:
			}
		}
	}
	close(todo)
	wait.Wait()
	close(failed)
	return errors.Join(err, <-failed)
}

func (s *shared) sendFile(hash string, from source) error {
	place := inputs + "." + hash
	if has, err := s.cluster.HasFile(s.ctx, place, from.size); has || err != nil {
		return err
	}
	f, err := os.Open(from.at)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	err = s.cluster.WriteFile(s.ctx, place, File{Size: from.size, SHA256: hash}.verified(f))
	if errors.Is(err, ErrFile) { // it was changed meanwhile
		err = errors.Join(err, s.cluster.RemoveFiles(s.ctx, place, 0))
	}
	return err
}
