package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"easel/internal/file/atomicfile"
)

// copies is the shelf on a cluster of the process that submits: files of jobs are copied to
// its state folder, as soon as they are put in place.
type copies struct {
	blobs
	mu     sync.Mutex
	wanted map[string]bool // jobs whose files may have changed
	busy   map[string]bool // jobs that are copied
	have   map[string]blob // what was copied last, by job
	failed map[string]failure
	news   notice
}

// failure is what of a job could not be copied, and how often.
type failure struct {
	holds blob
	times int
}

func newCopies(s *shared) *copies {
	return &copies{blobs: blobs{s}, wanted: map[string]bool{}, busy: map[string]bool{}, have: map[string]blob{}, failed: map[string]failure{}, news: newNotice()}
}

// copiers is how many jobs are copied at once.
const copiers = 4

// want notes that a job's files may have changed.
func (c *copies) want(id string) {
	c.mu.Lock()
	c.wanted[id] = true
	c.mu.Unlock()
	c.news.broadcast()
}

// take chooses a job to copy.
func (c *copies) take() (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.wanted {
		if !c.busy[id] {
			delete(c.wanted, id)
			c.busy[id] = true
			return id, true
		}
	}
	return "", false
}

// copyAll copies what is wanted until the queue is closed.
func (c *copies) copyAll() {
	var copying sync.WaitGroup
	for range copiers {
		copying.Go(func() {
			for c.ctx.Err() == nil {
				news := c.news.wait()
				id, ok := c.take()
				if !ok {
					select {
					case <-news:
					case <-c.ctx.Done():
					}
					continue
				}
				err := c.copy(id)
				c.mu.Lock()
				delete(c.busy, id)
				c.mu.Unlock()
				if c.news.broadcast(); err != nil {
					c.unable(id, err)
					pause(c.ctx, retryTime)
					c.want(id)
				}
			}
		})
	}
	copying.Wait()
}

// unable notes that a job's files could not be copied. It complains once for each record, the
// second time: after the first, it may turn out that the record has changed.
func (c *copies) unable(id string, err error) {
	j, gone := c.records.get(id)
	if gone != nil {
		return
	}
	c.mu.Lock()
	f := c.failed[id]
	if f.holds != j.holds {
		f = failure{holds: j.holds}
	}
	f.times++
	c.failed[id] = f
	c.mu.Unlock()
	if f.times == 2 {
		c.complain(passing(fmt.Errorf("job %s: its files cannot be copied from the cluster: %w", id, err)))
	}
}

// gather implements shelf.
func (c *copies) gather(ctx context.Context, j Job) error {
	for {
		news := c.news.wait()
		c.mu.Lock()
		here := c.have[j.ID] == j.holds
		c.mu.Unlock()
		if here {
			return nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return ctx.Err()
		case <-c.ctx.Done():
			return ErrClosed
		}
		var err error
		if j, err = c.records.get(j.ID); err != nil {
			return err
		}
	}
}

// copied is what was copied of a job, as a file beside it.
type copied struct {
	Holds blob   `json:"holds"`
	Files []held `json:"files"`
}

const copiedFile = "copied.json"

// copy makes a job's folder as its record says.
func (c *copies) copy(id string) error {
	j, err := c.records.get(id)
	if err != nil { // it was removed
		c.mu.Lock()
		delete(c.have, id)
		delete(c.failed, id)
		c.mu.Unlock()
		return nil
	}
	var was copied
	note := filepath.Join(c.records.folder(id), copiedFile)
	if text, err := os.ReadFile(note); err == nil {
		_ = json.Unmarshal(text, &was) // or all is copied again
	}
	if was.Holds != j.holds {
		if was, err = c.change(j, was); err != nil {
			return err
		}
		text, err := json.Marshal(was)
		if err == nil {
			err = atomicfile.WriteBytes(note, text)
		}
		if err != nil {
			return err
		}
	}
	c.mu.Lock()
	c.have[id] = j.holds
	delete(c.failed, id)
	c.mu.Unlock()
	if _, err := c.records.get(id); err != nil { // it was removed meanwhile
		return os.RemoveAll(c.records.folder(id))
	}
	return nil
}

// change copies what is new and removes what is gone.
func (c *copies) change(j Job, was copied) (copied, error) {
	list, err := c.files(c.ctx, j)
	if err != nil {
		return was, err
	}
	before, now := map[string]File{}, map[string]bool{}
	for _, f := range was.Files {
		before[f.Name] = f.File
	}
	for _, f := range list {
		if err := f.valid(); err != nil {
			return was, err
		}
		now[f.Name] = true
	}
	at := func(name string) string { return filepath.Join(c.records.files(j.ID), filepath.FromSlash(name)) }
	for _, f := range was.Files {
		if !now[f.Name] {
			if err := os.RemoveAll(at(f.Name)); err != nil {
				return was, err
			}
		}
	}
	for _, f := range list {
		if info, err := os.Lstat(at(f.Name)); err == nil && before[f.Name] == f.File && info.Size() == f.Size {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(at(f.Name)), 0o755); err != nil {
			return was, err
		}
		from := c.cluster.OpenFile(c.ctx, writtenBy(j.ID, f.Epoch, f.SHA256), f.Size)
		if err := atomicfile.Write(at(f.Name), func(w io.Writer) error { _, err := io.Copy(w, f.verified(from)); return err }); err != nil {
			return was, err
		}
	}
	return copied{j.holds, list}, nil
}
