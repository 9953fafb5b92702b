package worker

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"easel/internal/work/jobs"
)

// moving counts what is read as progress.
type moving struct {
	from  io.Reader
	moves *atomic.Int64
	alive func() // called, too
}

func (m moving) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	if n > 0 {
		m.moves.Add(1)
		m.alive()
	}
	return n, err
}

const (
	// eventEvery is how often frequent events are passed on.
	eventEvery = 200 * time.Millisecond
	// maxEvents is how many events wait for the next report; more are dropped.
	maxEvents = 200
)

// reported takes a report of the job's kind.
func (t *task) reported(event any, p jobs.Progress, rare bool) {
	t.moves.Add(1)
	text, err := json.Marshal(event)
	t.mu.Lock()
	defer t.mu.Unlock()
	if p.Preview == "" && t.progress != nil {
		p.Preview = t.progress.Preview
	}
	t.progress = &p
	if due := rare || time.Since(t.lastEvent) >= eventEvery; due && err == nil && len(t.events) < maxEvents {
		t.lastEvent = time.Now()
		t.events = append(t.events, jobs.ProgressEvent{Event: t.paths.toThere(text), Progress: p})
	}
	t.kept = max(t.kept, p.Kept)
	if t.kept > t.saved && !t.sending && time.Since(t.sent) >= t.SaveEvery {
		t.keep()
	}
}

// keep sends what the job has kept, in the background, from a copy of this moment: the kind
// waits for its report to be taken. The caller has t.mu.
func (t *task) keep() {
	c, err := t.mirror.look(t.paths)
	if err != nil {
		t.warn(err)
		t.sent = time.Now()
		return
	}
	t.sending = true
	kept := t.kept
	t.saving.Go(func() {
		err := t.send(t.sends, c, kept)
		if err != nil {
			t.warn(err)
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		t.sending, t.sent = false, time.Now()
		if err == nil {
			t.saved = kept
		}
	})
}

// save sends all that has changed.
func (t *task) save(ctx context.Context, kept int) error {
	c, err := t.mirror.look(t.paths)
	if err != nil {
		return err
	}
	t.mu.Lock()
	saved := t.saved
	t.mu.Unlock()
	if len(c.Put)+len(c.Remove) == 0 && kept <= saved {
		c.close()
		return nil
	}
	return t.send(ctx, c, kept)
}

// send sends a copy of what has changed.
func (t *task) send(ctx context.Context, c *changes, kept int) error {
	defer c.close()
	var sends []func() error
	for _, f := range c.Put {
		sends = append(sends, func() error {
			return t.persist(ctx, func(ctx context.Context, alive func()) error {
				from, err := c.open(f)
				if err != nil {
					return err
				}
				defer func() { _ = from.Close() }()
				return t.Host.Send(ctx, t.Ref, f, moving{from, &t.moves, alive})
			})
		})
	}
	if err := each(sends); err != nil {
		return err
	}
	c.Kept = kept
	if err := t.persist(ctx, func(ctx context.Context, _ func()) error { return t.Host.Save(ctx, t.Ref, c.Written) }); err != nil {
		return err
	}
	t.mirror.same(c)
	return nil
}

// beat reports to the host until ctx ends, and stops the job if the host wants that, has
// given it to others, or is out of reach.
func (t *task) beat(ctx context.Context, stop context.CancelCauseFunc) {
	tick := time.NewTicker(max(t.terms.Beat, time.Millisecond))
	defer tick.Stop()
	for contact := time.Now(); ; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		call, cancel := context.WithTimeout(ctx, max(t.terms.Contact/2, time.Second))
		order, err := t.sendBeat(call)
		cancel()
		switch {
		case errors.Is(err, jobs.ErrGone):
			stop(errGone)
			return
		case err == nil:
			contact = time.Now()
			if order.Stop {
				stop(errOrdered)
			}
		case time.Since(contact) > t.Patience:
			stop(errOut)
			return
		}
	}
}

// report tells the host what it does not know yet.
func (t *task) report(ctx context.Context) error {
	return t.persist(ctx, func(ctx context.Context, _ func()) error {
		_, err := t.sendBeat(ctx)
		return err
	})
}

// sendBeat makes one report. Events of one that fails are part of the next.
func (t *task) sendBeat(ctx context.Context) (jobs.Order, error) {
	t.mu.Lock()
	b := jobs.Beat{Moves: t.moves.Load(), Progress: t.progress, Events: t.events}
	t.events = nil
	t.mu.Unlock()
	order, err := t.Host.Beat(ctx, t.Ref, b)
	if err != nil {
		t.mu.Lock()
		t.events = append(b.Events, t.events...)
		t.mu.Unlock()
	}
	return order, err
}
