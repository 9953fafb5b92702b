package jobs

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"easel/internal/file/atomicfile"
	"easel/internal/work/cluster"
)

// shared is what a queue has whose jobs are on a cluster.
type shared struct {
	*Queue
	cluster    *cluster.Cluster
	assists    bool // it only works: another process submits
	release    func()
	lost       chan error
	news       notice
	sending    chan struct{} // held while what a job needs is sent
	inputs     used
	tombstones map[string]tombstone // by job; Queue.mu
	// supplying are jobs of which what they need is being sent; Queue.mu.
	supplying map[string]bool
}

// Keys of the table.
const (
	rulesKey = "rules"
	jobsKey  = "jobs."
)

// share opens a queue whose jobs are on a cluster, for the process that submits them. No
// other may do so at the same time.
func (q *Queue) share() error {
	s := q.sharing(false)
	q.records.root = filepath.Join(clusterFolder(q.options.State), q.options.Cluster.Prefix())
	if err := os.MkdirAll(q.records.root, 0o700); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	q.leftBehind()
	session, err := sessionOf(q.options.State)
	if err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	host, _ := os.Hostname()
	h := cluster.Holder{Session: session, Host: host, PID: os.Getpid(), Since: q.now()}
	if s.release, err = s.cluster.Hold(q.ctx, h, func(err error) { s.lost <- err; q.stop() }); err != nil {
		return err
	}
	if err := s.storeRules(); err != nil {
		s.release()
		return fmt.Errorf("jobs: %w", err)
	}
	shelf := newCopies(s)
	q.shelf = shelf
	q.workers.Go(shelf.copyAll)
	if err := s.start(q.ctx); err != nil {
		s.release()
		return fmt.Errorf("jobs: %w", err)
	}
	for _, j := range q.records.all() {
		if t := timeOf(j.ID); t.After(q.ids) {
			q.ids = t
		}
	}
	q.workers.Go(func() { q.complain(passing(q.republish())) })
	q.workers.Go(s.sweep)
	return nil
}

// leftBehind complains about jobs in the state folder from before there was a cluster.
func (q *Queue) leftBehind() {
	folder, waiting := jobsFolder(q.options.State), 0
	entries, _ := os.ReadDir(folder) // there need not be any
	for _, e := range entries {
		if j, err := readRecord(filepath.Join(folder, e.Name(), recordFile)); err == nil && !j.State.Ended() {
			waiting++
		}
	}
	if waiting > 0 {
		q.complain(fmt.Errorf("unfinished jobs in %s are not on the cluster, and wait for a server without one: %d", folder, waiting))
	}
}

// Assist opens a queue on a cluster for a worker, which takes jobs itself by the rules of the
// process that submits them, whether that is there or not. Of the options, Cluster, Kinds
// and Complain count. It waits until there are rules.
func Assist(ctx context.Context, o Options) (*Queue, error) {
	q := newQueue(o.withDefaults())
	for _, k := range o.Kinds {
		q.kinds[k.Name] = k
	}
	s := q.sharing(true)
	s.release = func() {}
	q.shelf = blobs{s}
	for said := false; ; said = true {
		err := s.cluster.Find(ctx)
		var e cluster.Entry
		if err == nil {
			e, err = s.cluster.Get(ctx, rulesKey)
		}
		if err == nil && e.Value != nil {
			break
		}
		if err != nil && !errors.Is(err, cluster.ErrNone) {
			return nil, err
		}
		if !said {
			q.complain(fmt.Errorf("no easel serve has used this cluster with the prefix %s yet: waiting for one", s.cluster.Prefix()))
		}
		if pause(ctx, retryTime); ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	if err := s.start(ctx); err != nil {
		q.stop()
		return nil, fmt.Errorf("jobs: %w", err)
	}
	q.workers.Go(s.publishHeartbeats)
	return q, nil
}

func (q *Queue) sharing(assists bool) *shared {
	s := &shared{Queue: q, cluster: q.options.Cluster, assists: assists, lost: make(chan error, 1), sending: make(chan struct{}, senders), news: newNotice(), inputs: newUsed(), tombstones: map[string]tombstone{}, supplying: map[string]bool{}}
	q.shared, q.events, q.records = s, s, newRecords("", q.now, s)
	return s
}

// start follows the cluster, and returns when all of its jobs are known.
func (s *shared) start(ctx context.Context) error {
	if err := s.cluster.SubscribeHeartbeats(s.ctx, s.receiveHeartbeat); err != nil {
		return err
	}
	known := make(chan struct{})
	s.workers.Go(func() { s.cluster.Watch(s.ctx, s.applyEntry, func() { close(known) }) })
	s.workers.Go(func() { s.cluster.WatchEvents(s.ctx, s.news.broadcast) })
	for seen := -1; ; {
		select {
		case <-known:
			s.workers.Go(s.watchLoans)
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(cluster.Patience):
		}
		now := len(s.records.all())
		if now == seen {
			return fmt.Errorf("the records cannot be read from the NATS cluster: nothing came for %s", cluster.Patience)
		}
		seen = now
	}
}

// sessionOf names a state folder.
func sessionOf(state string) (string, error) {
	path := filepath.Join(clusterFolder(state), "session")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text = []byte(rand.Text())
		err = atomicfile.WriteBytes(path, text)
	}
	return string(text), err
}

// storeRules writes the rules for all workers.
func (s *shared) storeRules() error {
	text, err := json.Marshal(s.rules())
	if err != nil {
		return err
	}
	e, err := s.cluster.Get(s.ctx, rulesKey)
	if err == nil {
		_, err = s.cluster.Put(s.ctx, rulesKey, text, e.Revision)
	}
	return err
}

// assists reports whether this process works for a cluster.
func (q *Queue) assists() bool { return q.shared != nil && q.shared.assists }

// connected reports whether reports of workers can arrive.
func (q *Queue) connected() bool { return q.shared == nil || q.shared.cluster.Connected() }

// Lost receives the reason when another process has taken the jobs over.
func (q *Queue) Lost() <-chan error {
	if q.shared == nil {
		return nil
	}
	return q.shared.lost
}

// passing returns nil for an error that means that the queue is being closed.
func passing(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// record is a job on the cluster.
type record struct {
	Job
	Needs blob `json:"needs,omitzero"`
	Holds blob `json:"holds,omitzero"`
}

func (s *shared) write(j *Job) error {
	text, err := json.Marshal(record{*j, j.needs, j.holds})
	if err != nil {
		return err
	}
	now, err := s.cluster.Put(s.ctx, jobsKey+j.ID, text, j.sequence)
	if err != nil {
		return s.changed(j.ID, err)
	}
	j.sequence = now
	return nil
}

func (s *shared) remove(j Job) error {
	if _, err := s.cluster.Put(s.ctx, jobsKey+j.ID, nil, j.sequence); err != nil {
		return s.changed(j.ID, err)
	}
	if err := s.cluster.RemoveFiles(s.ctx, filesOf(j.ID), 0); err != nil {
		s.complain(err) // sweep tries again
	}
	return os.RemoveAll(s.records.folder(j.ID))
}

// changed reads what somebody else has made of a job, if that is the error.
func (s *shared) changed(id string, err error) error {
	if !errors.Is(err, cluster.ErrChanged) {
		return err
	}
	e, err := s.cluster.Get(s.ctx, jobsKey+id)
	if err != nil {
		return err
	}
	s.applyEntry(e)
	return ErrConflict
}

// applyEntry takes over a new entry of the table.
func (s *shared) applyEntry(e cluster.Entry) {
	id, isJob := strings.CutPrefix(e.Key, jobsKey)
	switch {
	case e.Key == rulesKey:
		s.applyRules(e.Value)
		return
	case !isJob:
		return
	case e.Value == nil:
		s.records.mu.Lock()
		s.records.forget(id)
		s.records.mu.Unlock()
		if !s.assists && e.Revision > 0 {
			s.mu.Lock()
			s.tombstones[id] = tombstone{e.Revision, time.Now()}
			s.mu.Unlock()
		}
		return
	}
	var r record
	if err := json.Unmarshal(e.Value, &r); err != nil {
		s.complain(fmt.Errorf("job %s is ignored: %w", id, err))
		return
	}
	j := r.Job
	j.sequence, j.needs, j.holds = e.Revision, r.Needs, r.Holds
	s.records.mu.Lock()
	isNew := s.records.keep(j)
	s.records.mu.Unlock()
	if isNew {
		s.follow(j)
	}
}

// follow does what a change of a job by another process means here.
func (s *shared) follow(j Job) {
	s.mu.Lock()
	if l := s.loans[j.ID]; l != nil && (j.State != Running || l.Epoch != j.Epoch) {
		delete(s.loans, j.ID)
	}
	if j.State == Running && s.loans[j.ID] == nil {
		s.readopt(j)
	}
	for name, m := range s.crew {
		if m.job == j.ID && (j.State != Running || j.Worker != name) {
			m.job = ""
		}
		if j.State == Failed { // wherever it is
			delete(m.faults, j.ID)
		}
	}
	s.mu.Unlock()
	if c, ok := s.shelf.(*copies); ok {
		c.want(j.ID)
	}
	s.supply(j) // who has changed it may not know that: the answer was lost
	s.measure(j)
	s.offer()
}

// applyRules takes rules from the process that submits. If they are new, workers have to join
// again, which those of another version cannot.
func (s *shared) applyRules(text []byte) {
	var r rules
	if err := json.Unmarshal(text, &r); err != nil || !s.assists {
		s.complain(err)
		return
	}
	if was := s.current.Swap(&r); *was == r {
		return
	}
	s.mu.Lock()
	for _, m := range s.crew {
		m.mustRejoin = m.here // but it ends the job that it has
	}
	s.mu.Unlock()
	s.offer()
}

// publish implements events.
func (s *shared) publish(ctx context.Context, e Event) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return s.cluster.Publish(ctx, e.Job, text)
}

// next implements events.
func (s *shared) next(ctx context.Context, id string, after uint64) (e Event, err error) {
	for {
		news := s.news.wait()
		data, at, ok, err := s.cluster.Next(ctx, id, after)
		if err != nil || ok {
			if err == nil {
				err = json.Unmarshal(data, &e)
				e.Sequence = at
			}
			return e, err
		}
		select {
		case <-news:
		case <-ctx.Done():
			return e, ctx.Err()
		}
	}
}

// lastOf implements events.
func (s *shared) lastOf(ctx context.Context, id string) (e Event, ok bool, err error) {
	data, ok, err := s.cluster.LastOf(ctx, id)
	if ok && err == nil {
		err = json.Unmarshal(data, &e)
	}
	return e, ok, err
}

// last implements events.
func (s *shared) last(ctx context.Context) (uint64, error) { return s.cluster.Last(ctx) }

// health implements events.
func (s *shared) health(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	_, err := s.cluster.Last(ctx)
	return err
}

func (s *shared) close() {}
