package dataset

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
)

// LoaderOptions say how batches are made.
type LoaderOptions struct {
	Batch     int // pairs per batch, at least 1
	Seed      uint64
	StartStep int // the step of the first batch, counted from 0 over the whole run

	// Jitter is for training. Other splits are resized to its ImageSize without cropping
	// or mirroring, and come in natural order.
	Jitter Jitter

	// Workers is how many goroutines decode; 0 is one per processor, at most 8. Prefetch
	// is how many batches are ready or in progress; 0 is two more than the workers. Neither
	// changes the batches.
	Workers, Prefetch int

	// CacheBytes is the memory for decoded pairs, resized to LoadSize: a pair takes
	// 4·LoadSize²·(input+output channels) bytes. 0 is no cache. It does not change the
	// batches.
	CacheBytes int64
}

func (o LoaderOptions) withDefaults() (LoaderOptions, error) {
	if o.Batch < 1 || o.StartStep < 0 || o.Workers < 0 || o.Prefetch < 0 || o.CacheBytes < 0 {
		return o, fmt.Errorf("batch %d, first step %d, %d workers, prefetch %d, cache of %d bytes: none may be negative, and the batch must be at least 1",
			o.Batch, o.StartStep, o.Workers, o.Prefetch, o.CacheBytes)
	}
	if o.Workers == 0 {
		o.Workers = min(runtime.GOMAXPROCS(0), 8)
	}
	if o.Prefetch == 0 {
		o.Prefetch = o.Workers + 2
	}
	return o, o.Jitter.validate()
}

// Batch describes a batch.
type Batch struct {
	Step  int      // counted from 0
	Epoch int      // of the first pair, counted from 0
	Names []string // of the pairs
}

// Loader makes batches ahead of time. Only one goroutine may call Next; any may call Close.
// The package documentation says what a batch depends on.
type Loader struct {
	d      *Dataset
	split  Split
	opts   LoaderOptions
	cache  *cache
	cancel context.CancelFunc
	ended  <-chan struct{}
	wg     sync.WaitGroup

	free  chan *slot // to be filled
	jobs  chan *slot // for the workers
	queue chan *slot // the same slots in the order of their steps

	order      []int // of orderEpoch; the scheduler's
	orderEpoch int
	current    *slot // taken from queue and not filled yet; Next's
	failed     error
}

// slot is a reusable batch. ready receives a value when a worker has filled it.
type slot struct {
	batch         Batch
	samples       []drawn
	input, target []float32
	err           error
	ready         chan struct{}
}

// drawn is one sample of a batch: a pair, and the epoch for its random choices.
type drawn struct{ epoch, index int }

// NewLoader starts making the batches of a split, from StartStep on. Close it after use.
func (d *Dataset) NewLoader(s Split, opts LoaderOptions) (*Loader, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("load batches: %w", err)
	}
	if d.Len(s) == 0 {
		return nil, fmt.Errorf("load batches: there are no %s pairs in %s", s, d.root)
	}
	if s != Train {
		opts.Jitter = opts.Jitter.still()
	}
	ctx, cancel := context.WithCancel(context.Background())
	l := &Loader{d: d, split: s, opts: opts, cache: newCache(opts.CacheBytes),
		cancel: cancel, ended: ctx.Done(), orderEpoch: -1,
		free:  make(chan *slot, opts.Prefetch),
		jobs:  make(chan *slot, opts.Prefetch),
		queue: make(chan *slot, opts.Prefetch),
	}
	for range opts.Prefetch {
		l.free <- l.newSlot()
	}
	l.wg.Go(l.schedule)
	for range opts.Workers {
		l.wg.Go(l.work)
	}
	return l, nil
}

func (l *Loader) newSlot() *slot {
	input, output := l.d.Channels()
	pixels := l.opts.Batch * l.opts.Jitter.ImageSize * l.opts.Jitter.ImageSize
	return &slot{
		batch:   Batch{Names: make([]string, l.opts.Batch)},
		samples: make([]drawn, l.opts.Batch),
		input:   make([]float32, pixels*input),
		target:  make([]float32, pixels*output),
		ready:   make(chan struct{}, 1),
	}
}

// schedule decides what is in each batch, in order.
func (l *Loader) schedule() {
	for step := l.opts.StartStep; ; step++ {
		var s *slot
		select {
		case s = <-l.free:
		case <-l.ended:
			return
		}
		l.plan(s, step)
		l.jobs <- s // never blocks: the channel has room for all Prefetch slots
		l.queue <- s
	}
}

// plan sets which pairs of which epochs the batch of a step has.
func (l *Loader) plan(s *slot, step int) {
	pairs := l.d.splits[l.split]
	for i := range s.samples {
		at := step*l.opts.Batch + i
		epoch := at / len(pairs)
		index := at % len(pairs)
		if l.split == Train {
			if epoch != l.orderEpoch {
				l.order, l.orderEpoch = Order(len(pairs), l.opts.Seed, epoch), epoch
			}
			index = l.order[index]
		}
		s.samples[i] = drawn{epoch, index}
		s.batch.Names[i] = pairs[index].name
	}
	s.batch.Step, s.batch.Epoch, s.err = step, s.samples[0].epoch, nil
}

func (l *Loader) work() {
	for {
		select {
		case s := <-l.jobs:
			s.err = guarded(func() error { return l.fill(s) })
			s.ready <- struct{}{}
		case <-l.ended:
			return
		}
	}
}

// fill computes the numbers of a planned batch.
func (l *Loader) fill(s *slot) error {
	size := l.opts.Jitter.ImageSize
	nIn, nOut := len(s.input)/l.opts.Batch, len(s.target)/l.opts.Batch
	inputNames, targetNames := l.d.Named()
	alpha, _ := l.d.Alphas()
	for i, sample := range s.samples {
		p, err := l.pair(sample.index)
		if err != nil {
			return fmt.Errorf("load batch %d: %w", s.batch.Step, err)
		}
		at := middle(p.Input, size)
		if l.split == Train {
			at = l.opts.Jitter.draw(p.Input, l.opts.Seed, sample.epoch, sample.index)
		}
		input, target := s.input[i*nIn:][:nIn], s.target[i*nOut:][:nOut]
		at.cut(input, p.Input, size, inputNames)
		if p.Target != nil {
			at.cut(target, p.Target, size, targetNames)
		}
		at.colour.of(input, p.Input.Channels, alpha)
	}
	return nil
}

// pair returns a pair resized to LoadSize.
func (l *Loader) pair(index int) (Pair, error) {
	if p, ok := l.cache.get(index); ok {
		return p, nil
	}
	p, err := l.d.Sample(l.split, index, l.opts.Jitter.LoadSize)
	if err == nil {
		l.cache.put(index, p)
	}
	return p, err
}

var errClosed = errors.New("load batches: the loader is closed")

// Next waits for the next batch and copies it to input, [batch, height, width,
// input channels], and target, [batch, height, width, output channels], both in
// −1..1; for single pictures, target is nil. A pair that cannot be read any more is an
// error that names it; the same error is returned from then on. When ctx ends, its error
// is returned and the batch is not lost.
func (l *Loader) Next(ctx context.Context, input, target []float32) (Batch, error) {
	if l.failed != nil {
		return Batch{}, l.failed
	}
	s, err := l.await(ctx)
	if err != nil {
		return Batch{}, err
	}
	if len(input) != len(s.input) || len(target) != len(s.target) {
		panic(fmt.Sprintf("dataset: room for %d and %d numbers, a batch has %d and %d", len(input), len(target), len(s.input), len(s.target)))
	}
	if s.err != nil {
		l.failed = s.err
		return Batch{}, s.err
	}
	copy(input, s.input)
	copy(target, s.target)
	b := s.batch
	b.Names = append([]string(nil), b.Names...)
	l.free <- s
	return b, nil
}

// await returns the slot of the next step once it is filled.
func (l *Loader) await(ctx context.Context) (*slot, error) {
	select {
	case <-l.ended:
		return nil, errClosed
	default:
	}
	if l.current == nil {
		select {
		case l.current = <-l.queue:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-l.ended:
			return nil, errClosed
		}
	}
	select {
	case <-l.current.ready:
		s := l.current
		l.current = nil
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.ended:
		return nil, errClosed
	}
}

// Close stops the goroutines and waits for them; files that are being decoded are finished
// first. Afterwards Next returns an error. Closing again does nothing.
func (l *Loader) Close() error {
	l.cancel()
	l.wg.Wait()
	return nil
}
