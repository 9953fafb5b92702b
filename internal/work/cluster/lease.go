package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Holder is who has the lease.
type Holder struct {
	// Session is kept where only one process at a time can be its owner, such as a locked
	// folder: whoever comes with the same one succeeds a process that has ended.
	Session string    `json:"session"`
	Host    string    `json:"host"`
	PID     int       `json:"pid"`
	Since   time.Time `json:"since"`
	// Beats grows while it is alive.
	Beats uint64 `json:"beats"`
}

// HeldError means that somebody else has the lease.
type HeldError struct {
	Prefix string
	Holder Holder
}

// Error says who.
func (e *HeldError) Error() string {
	return fmt.Sprintf("the jobs with the prefix %s on this NATS cluster are those of another easel: process %d on %s since %s", e.Prefix, e.Holder.PID, e.Holder.Host, e.Holder.Since.Format("2006-01-02 15:04:05"))
}

// Hint returns advice.
func (e *HeldError) Hint() string {
	return "stop it, or choose another prefix with {nats_prefix}, for its workers too"
}

// How often a lease is renewed, and how long it may stay as it is before others take it.
const (
	leaseKey  = "lease"
	renewTime = 2 * time.Second
	leaseTime = 12 * time.Second
)

// Hold takes the lease of the table, and renews it until release is called. It takes that of
// a holder that is silent. When somebody else has taken it, lost is called.
func (c *Cluster) Hold(ctx context.Context, h Holder, lost func(error)) (release func(), err error) {
	revision, err := c.acquire(ctx, h)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	var renewing sync.WaitGroup
	renewing.Go(func() {
		tick := time.NewTicker(renewTime)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			now, err := c.renew(ctx, &h, revision)
			var held *HeldError
			switch {
			case err == nil:
				revision = now
			case errors.As(err, &held), errors.Is(err, errTaken):
				lost(err)
				return
			}
		}
	})
	return func() {
		stop()
		renewing.Wait()
		end, cancel := context.WithTimeout(context.Background(), tryTime)
		defer cancel()
		last, revision, err := c.holder(end) // the last renewal may have been cut off
		if err == nil && last != nil && last.is(h) {
			_, _ = c.putHolder(end, nil, revision) // or it runs out
		}
	}, nil
}

// errTaken means that somebody else has taken the lease, and released it.
var errTaken = errors.New("NATS: somebody else has taken the lease")

// renew renews a lease that had a revision, and returns its new one. An earlier renewal that
// failed may have been made after all.
func (c *Cluster) renew(ctx context.Context, h *Holder, was uint64) (now uint64, err error) {
	h.Beats++
	if now, err = c.putHolder(ctx, h, was); !errors.Is(err, ErrChanged) {
		return now, err
	}
	has, now, err := c.holder(ctx)
	switch {
	case err != nil:
		return 0, err
	case has == nil:
		return 0, errTaken
	case has.is(*h):
		return now, nil
	}
	return 0, &HeldError{c.options.Prefix, *has}
}

// is reports whether two holders are the same process.
func (h Holder) is(other Holder) bool {
	return h.Session == other.Session && h.Host == other.Host && h.PID == other.PID && h.Since.Equal(other.Since)
}

func (c *Cluster) putHolder(ctx context.Context, h *Holder, was uint64) (uint64, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return 0, err
	}
	return c.Put(ctx, leaseKey, text, was)
}

// holder returns who has the lease, or nil.
func (c *Cluster) holder(ctx context.Context) (h *Holder, revision uint64, err error) {
	e, err := c.Get(ctx, leaseKey)
	if err == nil && e.Value != nil {
		err = json.Unmarshal(e.Value, &h)
	}
	return h, e.Revision, err
}

// acquire takes the lease if nobody has it, or its holder is silent.
func (c *Cluster) acquire(ctx context.Context, mine Holder) (uint64, error) {
	first := uint64(0)
	for began, looked := time.Now(), time.Now(); ; looked = time.Now() {
		h, revision, err := c.holder(ctx)
		if err != nil {
			return 0, err
		}
		if time.Since(looked) > renewTime { // without the cluster, no renewal is seen
			began = time.Now()
		}
		switch {
		case h == nil || h.Session == mine.Session || revision == first && time.Since(began) > leaseTime:
			now, err := c.putHolder(ctx, &mine, revision)
			if !errors.Is(err, ErrChanged) {
				return now, err
			}
			first, began = 0, time.Now()
			continue
		case first == 0:
			first = revision
			c.options.Log(fmt.Errorf("%w; if it is gone, this takes %s", &HeldError{c.options.Prefix, *h}, leaseTime))
		case revision != first:
			return 0, &HeldError{c.options.Prefix, *h}
		}
		select {
		case <-time.After(renewTime / 6):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}
