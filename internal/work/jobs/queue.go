package jobs

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"easel/internal/file/digest"
	"easel/internal/file/lock"
	"easel/internal/work/cluster"
)

// Options of a queue.
type Options struct {
	// State is the folder for everything, used by one process at a time.
	State string
	Kinds []Kind
	// Lease is how long a job may be silent before it is taken from its worker; 0 is
	// DefaultLease.
	Lease time.Duration
	// MaxAttempts is how many attempts in a row may fail by the job's own fault; 0 is 3.
	MaxAttempts int
	// CatchCrashes writes the process's crash report to State, where the next process finds
	// it, to tell a job that ends the process from somebody who does.
	CatchCrashes bool
	// MaxTime limits the time of one attempt; a job that exceeds it has failed. 0 is no
	// limit.
	MaxTime time.Duration
	// MaxSteps limits the steps of a job whose kind counts them, and MaxBytes the size of its
	// files; a job that exceeds them has failed, and keeps its files. 0 is no limit.
	MaxSteps int
	MaxBytes int64
	// MaxWaiting is how many jobs may wait; 0 is 1000.
	MaxWaiting int
	// StopTime is how long Close waits for running jobs to save; 0 is 20 seconds.
	StopTime time.Duration
	// Yield, if not nil, is called whenever a job reports progress; it may delay the job
	// for more urgent work.
	Yield func(ctx context.Context)
	// Version of easel, which workers on other machines must have too, and Bits what decides
	// the bits of results here: see Machine.
	Version, Bits string
	// OnlyWorkers leaves all jobs to workers on other machines.
	OnlyWorkers bool
	// Contact is how long such a worker may be out of touch; 0 is DefaultContact.
	Contact time.Duration
	// OneAtATime lets only one job run here at a time, because all use the same device.
	OneAtATime bool
	// Cluster, if not nil, has the jobs, for several queues: see the package. It is open, and
	// the caller closes it after the queue. State then has copies of their files.
	Cluster *cluster.Cluster
	// Complain, if not nil, receives errors that do not stop the queue.
	Complain func(error)
	// Clock tells the time of day, for records and ids; nil is time.Now. Leases and limits do
	// not depend on it.
	Clock func() time.Time
}

// DefaultLease is longer than any verb is silent.
const DefaultLease = 5 * time.Minute

// DefaultContact is longer than a network is down for a moment.
const DefaultContact = time.Minute

// Queue is an open state folder with its workers.
type Queue struct {
	options Options
	kinds   map[string]Kind
	lock    *lock.Lock
	records *records
	events  events
	shelf   shelf
	broker  *broker // nil if a cluster has the jobs
	worker  string
	current atomic.Pointer[rules]
	shared  *shared // nil if this process alone has the jobs

	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	workers sync.WaitGroup

	mu       sync.Mutex
	active   map[string]*active
	inside   map[string]chan struct{} // by job; closed when its folder is no longer in use
	progress map[string]Progress
	pace     map[string]float64 // mean seconds per job, by kind
	ids      time.Time          // time of the last id

	// Workers on other machines, and the jobs that they have. Lock mu before records.mu.
	crew     map[string]*member
	loans    map[string]*loan // by job
	reserved map[string]bool  // jobs about to be lent
	offers   notice           // that a job may be lent
	hashes   hashes
	device   chan struct{}   // held by a job that runs here, if OneAtATime
	refused  string          // the version of a worker that was not let in
	reported map[string]bool // reasons why jobs wait that were reported
}

// Open opens a state folder, which it makes if needed, and starts to work. If another
// process uses the folder, the error is a *lock.HeldError that says which.
func Open(o Options) (_ *Queue, err error) {
	o = o.withDefaults()
	if err := os.MkdirAll(o.State, 0o700); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	q := newQueue(o)
	if q.lock, err = lock.Folder(o.State); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			q.lock.Release()
		}
	}()
	if err := claim(o.State); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	var lanes []string
	for _, k := range o.Kinds {
		q.kinds[k.Name] = k
		if !slices.Contains(lanes, k.Lane) {
			lanes = append(lanes, k.Lane)
		}
	}
	if o.Cluster != nil {
		if err := q.share(); err != nil {
			q.stop()
			return nil, err
		}
		return q, nil
	}
	if q.records, err = openRecords(jobsFolder(o.State), q.now, o.Complain); err != nil {
		return nil, err
	}
	host, _ := os.Hostname()
	q.worker = fmt.Sprintf("%s/%d", host, os.Getpid())
	if q.broker, err = openBroker(natsFolder(o.State), lanes, o.Lease, o.Complain); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	q.events, q.shelf = q.broker, local{q}
	if err := q.recover(); err != nil {
		q.stop()
		q.broker.close()
		return nil, fmt.Errorf("jobs: %w", err)
	}
	if o.CatchCrashes {
		q.complain(catchCrashes(o.State))
	}
	q.workers.Go(q.repair)
	q.workers.Go(q.watchLoans)
	if !o.OnlyWorkers {
		for _, lane := range lanes {
			q.workers.Go(func() { q.work(lane) })
		}
	}
	return q, nil
}

func newQueue(o Options) *Queue {
	q := &Queue{
		options: o, kinds: map[string]Kind{}, active: map[string]*active{}, inside: map[string]chan struct{}{}, progress: map[string]Progress{}, pace: map[string]float64{},
		crew: map[string]*member{}, loans: map[string]*loan{}, reserved: map[string]bool{}, offers: newNotice(), hashes: hashes{known: map[string]hashed{}}, device: make(chan struct{}, 1), reported: map[string]bool{},
	}
	q.ctx, q.stop = context.WithCancel(context.Background())
	q.current.Store(&rules{o.Version, o.Lease, o.Contact, o.MaxTime, o.MaxAttempts, o.MaxSteps, o.MaxBytes})
	return q
}

// rules are what all workers of a queue go by, wherever they are.
type rules struct {
	Version     string        `json:"version"`
	Lease       time.Duration `json:"lease"`
	Contact     time.Duration `json:"contact"`
	MaxTime     time.Duration `json:"max_time"`
	MaxAttempts int           `json:"max_attempts"`
	MaxSteps    int           `json:"max_steps"`
	MaxBytes    int64         `json:"max_bytes"`
}

func (q *Queue) rules() *rules { return q.current.Load() }

func (o Options) withDefaults() Options {
	if o.Cluster != nil { // no job runs here
		o.OnlyWorkers, o.CatchCrashes = true, false
	}
	if o.Lease == 0 {
		o.Lease = DefaultLease
	}
	if o.MaxAttempts == 0 {
		o.MaxAttempts = 3
	}
	if o.MaxWaiting == 0 {
		o.MaxWaiting = 1000
	}
	if o.Contact == 0 {
		o.Contact = DefaultContact
	}
	if o.StopTime == 0 {
		o.StopTime = 20 * time.Second
	}
	if o.Yield == nil {
		o.Yield = func(context.Context) {}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Complain == nil {
		o.Complain = func(error) {}
	}
	return o
}

// recover puts all unfinished jobs on the list. Running ones have no worker, because this
// process has the folder, unless they are lent. Which of them ended the process, if one did,
// is not known for certain.
func (q *Queue) recover() error {
	words, err := lastWords(q.options.State)
	q.complain(err)
	if words != "" {
		q.complain(fmt.Errorf("the server crashed in its last run, see %s: %s", filepath.Join(q.options.State, lastCrashFile), words))
	}
	all := q.records.all()
	running := 0
	for _, j := range all {
		if j.State == Running && !j.Lent {
			running++
		}
	}
	for _, j := range all {
		q.measure(j)
		if t := timeOf(j.ID); t.After(q.ids) {
			q.ids = t
		}
		if !j.State.Ended() {
			if err := applyChange(q.records.folder(j.ID)); err != nil {
				q.complain(fmt.Errorf("job %s: files of its worker are not all in place: %w", j.ID, errors.Join(err, forgetChange(q.records.folder(j.ID)))))
			}
		}
		if j.State == Running && j.Lent {
			q.readopt(j)
			continue
		}
		if j.State == Running {
			if j, err = q.records.update(j, func(j *Job) { j.died(words, running) }); err != nil {
				return err
			}
		}
		if j.State != Queued {
			continue
		}
		k, known := q.kinds[j.Kind]
		if !known {
			q.options.Complain(fmt.Errorf("job %s waits: this version of easel has no jobs of kind %q", j.ID, j.Kind))
			continue
		}
		if err := q.put(q.ctx, k.Lane, j.ID, j.Revision); err != nil {
			return err
		}
	}
	return q.republish()
}

// repair reopens the list after it could not be written, as soon as there is room, and puts
// the waiting jobs on it.
func (q *Queue) repair() {
	for {
		select {
		case <-q.broker.fault:
		case <-q.ctx.Done():
			return
		}
		q.complain(q.Health())
		for q.ctx.Err() == nil {
			pause(q.ctx, retryTime)
			err := q.records.probe()
			if err == nil {
				err = q.broker.restart()
			}
			if err == nil {
				break
			}
		}
		for lane := range q.lanes() {
			q.relist(lane)
		}
		if q.ctx.Err() == nil {
			q.complain(q.republish())
		}
	}
}

// put puts an id on the list, from which this process works. Workers elsewhere are lent
// jobs by their records.
func (q *Queue) put(ctx context.Context, lane, id string, round uint64) error {
	if q.options.OnlyWorkers {
		return nil
	}
	return q.broker.put(ctx, lane, id, round)
}

// lanes returns the lanes of all kinds, possibly repeated.
func (q *Queue) lanes() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, k := range q.kinds {
			if !yield(k.Lane) {
				return
			}
		}
	}
}

// relist puts waiting jobs of a lane on the list if they are missing; it runs when the lane
// has nothing to do.
func (q *Queue) relist(lane string) {
	for _, j := range q.records.all() {
		if j.State != Queued || q.kinds[j.Kind].Lane != lane {
			continue
		}
		on, err := q.broker.listed(q.ctx, lane, j.ID)
		if err == nil && !on {
			err = q.put(q.ctx, lane, j.ID, uint64(time.Now().UnixNano()))
		}
		q.complain(err)
	}
}

// Submit accepts a job after checking the options of its kind. A repeated request with the
// same key returns the earlier job, or ErrKeyUsed if its content differs.
func (q *Queue) Submit(ctx context.Context, kind string, options json.RawMessage, key string) (View, error) {
	if q.ctx.Err() != nil {
		return View{}, ErrClosed
	}
	k, ok := q.kinds[kind]
	if !ok {
		return View{}, fmt.Errorf("%w: %q", ErrKind, kind)
	}
	resolved, err := k.Check(options)
	if err != nil {
		return View{}, err
	}
	if q.waiting() >= q.options.MaxWaiting {
		return View{}, ErrFull
	}
	j := Job{ID: q.newID(), Kind: kind, Options: resolved, Key: key, Request: requestOf(kind, options), Created: q.now()}
	j.to(Queued)
	j, isNew, err := q.records.create(j)
	if err != nil || !isNew {
		return q.view(j), err
	}
	if err := q.put(ctx, k.Lane, j.ID, j.Revision); err != nil {
		return View{}, errors.Join(fmt.Errorf("%w: %w", ErrStore, err), q.records.remove(j))
	}
	q.announce(j)
	q.supply(j)
	q.offer()
	return q.view(j), nil
}

// requestOf identifies a request, however its JSON is formatted.
func requestOf(kind string, options json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, options) != nil {
		b.Write(options)
	}
	return digest.Bytes(append([]byte(kind+"\x00"), b.Bytes()...))
}

// newID returns a word that sorts by time, behind all earlier ones even if the clock was set
// back.
func (q *Queue) newID() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	t := q.options.Clock().UTC().Truncate(time.Microsecond)
	if !t.After(q.ids) {
		t = q.ids.Add(time.Microsecond)
	}
	q.ids = t
	var random [3]byte
	_, _ = rand.Read(random[:]) // never fails
	return fmt.Sprintf("%s-%06d-%s", t.Format(idTime), t.Nanosecond()/1000, hex.EncodeToString(random[:]))
}

// idTime is the time at the beginning of an id, to the second.
const idTime = "20060102-150405"

// timeOf returns the time of an id, rounded up to a second; zero if it has none.
func timeOf(id string) time.Time {
	t, err := time.Parse(idTime, id[:min(len(id), len(idTime))])
	if err != nil {
		return time.Time{}
	}
	return t.Add(time.Second)
}

// now returns the time of day for records.
func (q *Queue) now() time.Time { return q.options.Clock().UTC().Round(time.Millisecond) }

func (q *Queue) waiting() (n int) {
	q.records.unfinished(func(j *Job) bool {
		if j.State == Queued {
			n++
		}
		return true
	})
	return n
}

// Health returns nil, or why no job can be accepted now: the state folder cannot be
// written, or the to-do list is not available.
func (q *Queue) Health() error {
	if q.ctx.Err() != nil {
		return ErrClosed
	}
	if err := q.records.probe(); err != nil {
		return err
	}
	return q.events.health(q.ctx)
}

// Close stops the queue: running jobs save, and continue at the next Open. It waits for at
// most StopTime.
func (q *Queue) Close() {
	q.stop()
	done := make(chan struct{})
	go func() { q.workers.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(q.options.StopTime):
		q.options.Complain(errors.New("some jobs did not save in time; they will continue from their last checkpoint"))
	}
	q.events.close()
	if q.shared != nil {
		q.shared.release()
	}
	if q.options.CatchCrashes {
		q.complain(letCrashes(q.options.State))
	}
	q.lock.Release()
}
