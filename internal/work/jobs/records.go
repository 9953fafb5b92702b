package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"easel/internal/file/atomicfile"
)

// records are what is known of all jobs, and kept by a keeper.
type records struct {
	root string // has the jobs' folders
	now  func() time.Time
	keeper
	mu   sync.Mutex
	jobs map[string]Job
	keys map[string]string // ids by key
	open []string          // ids of jobs that have not ended, in order
	// writing are jobs whose record is being written, without mu: the disk writes several
	// at once in the time of one.
	writing map[string]chan struct{}
	removed map[string]bool // ids are not used again
}

// keeper is where records are kept.
type keeper interface {
	// write makes a record of revision 1, or replaces the one whose revision is one less. If
	// that is not there any more, the error is ErrConflict.
	write(j *Job) error
	// remove removes a record with its files.
	remove(j Job) error
}

// folders is the keeper that has a folder for each job.
type folders string

func newRecords(root string, now func() time.Time, k keeper) *records {
	return &records{root: root, now: now, keeper: k, jobs: map[string]Job{}, keys: map[string]string{}, writing: map[string]chan struct{}{}, removed: map[string]bool{}}
}

const recordFile = "job.json"

// Size of what probe writes: more than a record.
const (
	probeFile  = ".probe"
	probeBytes = 64 << 10
)

// openRecords reads all records. Unreadable ones stay where they are and are reported.
func openRecords(root string, now func() time.Time, complain func(error)) (*records, error) {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	r := newRecords(root, now, folders(root))
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		j, err := readRecord(filepath.Join(root, e.Name(), recordFile))
		if err == nil && j.ID != e.Name() {
			err = fmt.Errorf("its record belongs to %q", j.ID)
		}
		if errors.Is(err, os.ErrNotExist) { // the process was killed before the job was accepted
			_ = os.RemoveAll(filepath.Join(root, e.Name()))
			continue
		}
		if err != nil {
			complain(fmt.Errorf("job %s is ignored: %w", e.Name(), err))
			continue
		}
		r.keep(j)
	}
	return r, nil
}

func readRecord(path string) (Job, error) {
	var j Job
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &j)
	}
	return j, err
}

// probe reports whether a record could be written.
func (r *records) probe() error {
	path := filepath.Join(r.root, probeFile)
	err := errors.Join(os.WriteFile(path, make([]byte, probeBytes), 0o600), os.RemoveAll(path))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	return nil
}

// keep notes a record, unless it is known, or a newer one. The caller has mu.
func (r *records) keep(j Job) (isNew bool) {
	if r.removed[j.ID] || r.jobs[j.ID].Revision >= j.Revision && j.Revision > 0 {
		return false
	}
	r.jobs[j.ID] = j
	at, listed := slices.BinarySearch(r.open, j.ID)
	switch {
	case !listed && !j.State.Ended():
		r.open = slices.Insert(r.open, at, j.ID)
	case listed && j.State.Ended():
		r.open = slices.Delete(r.open, at, at+1)
	}
	if j.Key != "" {
		r.keys[j.Key] = j.ID
	}
	return true
}

// forget notes that a record was removed. The caller has mu.
func (r *records) forget(id string) {
	r.removed[id] = true
	if at, listed := slices.BinarySearch(r.open, id); listed {
		r.open = slices.Delete(r.open, at, at+1)
	}
	if key := r.jobs[id].Key; r.keys[key] == id {
		delete(r.keys, key)
	}
	delete(r.jobs, id)
}

func (r *records) folder(id string) string { return filepath.Join(r.root, id) }
func (r *records) files(id string) string  { return filepath.Join(r.root, id, "files") }

// hasFiles reports whether a job has kept any files.
func (r *records) hasFiles(id string) bool {
	entries, err := os.ReadDir(r.files(id))
	return err == nil && len(entries) > 0
}

func (f folders) write(j *Job) error {
	text, err := json.MarshalIndent(j, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(filepath.Join(string(f), j.ID, recordFile), append(text, '\n'))
}

// create makes a job, or returns the one that already has its key.
func (r *records) create(j Job) (_ Job, isNew bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if id, ok := r.keys[j.Key]; ok && j.Key != "" {
		r.await(id)
	}
	if id, ok := r.keys[j.Key]; ok && j.Key != "" {
		old := r.jobs[id]
		if old.Request != j.Request {
			return Job{}, false, ErrKeyUsed
		}
		return old, false, nil
	}
	j.Revision = 1
	j.stamp(r.now())
	if err := os.MkdirAll(r.files(j.ID), 0o700); err != nil {
		return Job{}, false, fmt.Errorf("%w: %w", ErrStore, err)
	}
	if j.Key != "" {
		r.keys[j.Key] = j.ID // others with the same key wait
	}
	if err := r.unlocked(j.ID, func() error { return r.write(&j) }); err != nil {
		if written, ok := r.jobs[j.ID]; ok { // only the answer was lost
			return written, true, nil
		}
		if r.keys[j.Key] == j.ID {
			delete(r.keys, j.Key)
		}
		return Job{}, false, errors.Join(fmt.Errorf("%w: %w", ErrStore, err), os.RemoveAll(r.folder(j.ID)))
	}
	r.keep(j)
	return j, true, nil
}

func (r *records) get(id string) (Job, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	j, ok := r.jobs[id]
	if !ok {
		return Job{}, ErrNotFound
	}
	return j, nil
}

// update changes a record if it still has the revision; if two try, one gets ErrConflict.
func (r *records) update(j Job, edit func(*Job)) (Job, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.await(j.ID)
	current, ok := r.jobs[j.ID]
	if !ok {
		return Job{}, ErrNotFound
	}
	if current.Revision != j.Revision {
		return Job{}, ErrConflict
	}
	current.History = slices.Clone(current.History)
	edit(&current)
	current.stamp(r.now())
	current.Revision++
	if err := r.unlocked(j.ID, func() error { return r.write(&current) }); err != nil {
		if !errors.Is(err, ErrConflict) {
			err = fmt.Errorf("%w: %w", ErrStore, err)
		}
		return Job{}, err
	}
	r.keep(current)
	return current, nil
}

// await waits until a record is not being written. The caller has mu.
func (r *records) await(id string) {
	for {
		written, busy := r.writing[id]
		if !busy {
			return
		}
		r.mu.Unlock()
		<-written
		r.mu.Lock()
	}
}

// unlocked writes a record without mu, which the caller has.
func (r *records) unlocked(id string, write func() error) error {
	written := make(chan struct{})
	r.writing[id] = written
	r.mu.Unlock()
	err := write()
	r.mu.Lock()
	delete(r.writing, id)
	close(written)
	return err
}

// unfinished calls see with the jobs that have not ended, in order, until it returns false.
func (r *records) unfinished(see func(*Job) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range r.open {
		j := r.jobs[id]
		if !see(&j) {
			return
		}
	}
}

// all returns the jobs in the order of their ids, which is that of their creation.
func (r *records) all() []Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.SortedFunc(maps.Values(r.jobs), func(a, b Job) int { return strings.Compare(a.ID, b.ID) })
}

// remove removes a job with its files, if its record still has the revision.
func (r *records) remove(j Job) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.await(j.ID)
	current, ok := r.jobs[j.ID]
	if !ok {
		return ErrNotFound
	}
	if current.Revision != j.Revision {
		return ErrConflict
	}
	if err := r.unlocked(j.ID, func() error { return r.keeper.remove(current) }); err != nil {
		return err
	}
	r.forget(j.ID)
	return nil
}

// The record goes last: a folder without one belongs to no job, and a record without files
// would be wrong.
func (f folders) remove(j Job) error {
	folder := filepath.Join(string(f), j.ID)
	if err := os.RemoveAll(filepath.Join(folder, "files")); err != nil {
		return err
	}
	return os.RemoveAll(folder)
}
