package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"easel/internal/base/hint"
	"easel/internal/data/dataset"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/model/pix2pix"
	"easel/internal/model/vgg"
)

// trainer is a run that is being trained.
type trainer struct {
	*resolved
	notify func(Event)

	device    device.Device
	step      *pix2pix.Step
	program   device.Program
	loader    *dataset.Loader
	loaded    bool         // the next step's pairs are in the program's inputs
	failed    error        // or why they are not
	average   *average     // of the generator's weights; nil if there is none
	seen      *vgg.Weights // of the perceptual loss; nil if there is none
	validator *validator
	cache     int64     // bytes for decoded pairs
	labels    []float32 // label pictures of a step, of which b is the classes

	inputs, targets dataset.Description

	health  *health
	trouble string // with the outputs of the last validation
	log     *logFile
	history *history

	done      int // steps
	saved     int // the step of the last checkpoint; -1 is none
	validated int // the step of the last validation; -1 is none
	state     state
	clock     clock
	running   bool   // steps are being made
	fitted    *Event // of an InitFrom
}

// state is the loop's state in a checkpoint.
type state struct {
	BestStep int                `json:"best_step"` // 0 is none yet
	Best     float64            `json:"best"`      // of the goal
	Planned  int                `json:"planned_steps"`
	Plateau  plateau            `json:"plateau,omitzero"`
	Metrics  map[string]float64 `json:"-"` // of the last validation
}

// run is a sitting: from where the run stands to its end, or a stop.
func (t *trainer) run(ctx context.Context) error {
	t.validated = -1
	t.clock.start()
	if err := t.start(); err != nil {
		return err
	}
	if !t.resumed {
		// An untrained sheet of samples, and a checkpoint that shows that there
		// is room for one.
		if err := errors.Join(t.validate(), t.save()); err != nil {
			return err
		}
	}
	t.running = true
	err := t.loop(ctx)
	t.running = false
	var bad *NotFiniteError
	switch {
	case err == nil:
		return t.end()
	case errors.As(err, &bad):
		return errors.Join(err, t.writeReport())
	default:
		return t.rescue(ctx, err)
	}
}

func (t *trainer) loop(ctx context.Context) error {
	t.plan()
	for !t.finished() {
		if err := t.advance(ctx); err != nil {
			return err
		}
		t.plan()
		if t.done%t.o.ValEvery == 0 {
			if err := t.validate(); err != nil {
				return err
			}
		}
		if t.done%t.o.CheckpointEvery == 0 {
			if err := t.save(); err != nil {
				return err
			}
		}
	}
	return nil
}

// advance does one step.
func (t *trainer) advance(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := t.pictures(ctx); err != nil {
		return fmt.Errorf("step %d: read pictures: %w", t.done+1, err)
	}
	rate := t.rate(t.done)
	key := graph.Key(t.o.Seed, uint64(t.done))
	device.Fill(t.program.Input("key"), key[:]...)
	if n := t.o.Network; n.Augment && n.Adversarial() {
		copy(t.program.Input("augment"), pix2pix.AugmentNumbers(t.o.Seed, uint64(t.done), t.perStep, n.ImageSize, n.ImageSize))
	}
	device.Fill(t.program.Input("rate"), float32(rate))
	device.Fill(t.program.Input("step"), float32(t.done+1))
	if err := t.compute(ctx); err != nil {
		return fmt.Errorf("step %d: %w", t.done+1, err)
	}
	losses, err := t.losses()
	if err != nil {
		return err
	}
	if err := t.average.stepped(t.done + 1); err != nil {
		return fmt.Errorf("step %d: %w", t.done+1, err)
	}
	t.done++
	t.clock.stepped()
	warning, broken := t.health.stepped(t.done, losses)
	if err := errors.Join(broken, t.warn(warning)); err != nil {
		return err
	}
	e := Event{Kind: Stepped, Losses: losses, LearningRate: rate, Epoch: t.epoch(t.done - 1)}
	e.StepsPerSecond = t.clock.stepsPerSecond()
	e.SecondsLeft = t.secondsLeft()
	return t.report(e)
}

// compute runs the step. While a device works on its own, the next step's pairs are
// fetched and uploaded; if that fails, the next step reports it.
func (t *trainer) compute(ctx context.Context) error {
	s, ok := t.program.(device.Starter)
	if !ok {
		return t.program.Run()
	}
	if err := s.Start(); err != nil {
		return err
	}
	if t.done+1 < t.planned() {
		if t.failed = t.batch(ctx); t.failed == nil {
			t.failed = s.Upload("a", "b")
		}
		t.loaded = true
	}
	return s.Wait()
}

// losses reads the losses of the step that has just run.
func (t *trainer) losses() (map[string]float64, error) {
	losses := make(map[string]float64, len(t.step.Losses))
	for _, name := range t.step.Losses {
		value, err := device.Read(t.program, name)
		if err != nil {
			return nil, err
		}
		v := float64(value[0])
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, &NotFiniteError{Step: t.done + 1, What: name, Value: v, Checkpoint: t.folder.checkpoint(t.saved)}
		}
		losses[strings.TrimPrefix(name, "loss/")] = v
	}
	return losses, nil
}

// rescue saves the run after a cancellation, or after an error that leaves the
// weights intact.
func (t *trainer) rescue(ctx context.Context, cause error) error {
	interrupted := ctx.Err() != nil
	var full *unsaved
	if errors.As(cause, &full) {
		return cause
	}
	if t.saved != t.done {
		if err := t.save(); err != nil {
			return errors.Join(cause, err)
		}
	}
	err := t.writeReport()
	if interrupted && errors.Is(cause, ctx.Err()) {
		stop := fmt.Errorf("%w at step %d; saved in %s", ErrInterrupted, t.done, t.folder.checkpoint(t.done))
		return hint.New(errors.Join(stop, err), "go on with: "+t.folder.resume())
	}
	return errors.Join(cause, err)
}

// end completes a finished run.
func (t *trainer) end() error {
	news := t.clock.steps > 0 && t.validated != t.done
	if news {
		if err := t.validate(); err != nil {
			return err
		}
	}
	if news || t.saved != t.done {
		if err := t.save(); err != nil {
			return err
		}
	}
	if err := t.report(Event{Kind: Ended, Seconds: t.clock.total()}); err != nil {
		return err
	}
	if err := t.writeReport(); err != nil || t.trouble == "" || t.state.BestStep > 0 || t.done < fairSteps && t.trouble != saturated {
		return err
	}
	return hint.New(fmt.Errorf("nothing was learnt in %d steps: %s", t.done, t.trouble), "train again with a lower learning rate ({lr})")
}

// report tells the caller and the log.
func (t *trainer) report(e Event) error {
	e.Step, e.Steps = t.done, t.planned()
	t.history.record(e)
	err := t.log.append(e)
	t.notify(e)
	return err
}

func (t *trainer) close() {
	if t.loader != nil {
		t.loader.Close()
	}
	if t.validator != nil {
		t.validator.program.Close()
	}
	t.average.close()
	if t.program != nil {
		t.program.Close()
	}
	if t.log != nil {
		t.log.close()
	}
	if t.device != nil {
		t.device.Close()
	}
}

// clock measures a run.
type clock struct {
	now        func() time.Time
	before     float64 // seconds of earlier sittings
	began      time.Time
	last       time.Time // end of the last step, or of what came after it
	steps      int       // of this sitting
	secondsOne float64   // of a step, a running mean
	validation float64   // seconds of the last one
	checkpoint float64
	estimated  bool
}

func (c *clock) start() { c.began = c.now(); c.last = c.began }

// total is the run's seconds over all sittings.
func (c *clock) total() float64 { return c.before + c.now().Sub(c.began).Seconds() }

// warmUp steps are not measured: caches are cold and the loader has just started.
const (
	warmUp = 2
	enough = 10 // measured steps for an estimate
)

func (c *clock) stepped() {
	now := c.now()
	took := now.Sub(c.last).Seconds()
	c.last = now
	c.steps++
	n := c.steps - warmUp
	if n <= 0 {
		return
	}
	// The mean of the first fifty, then a mean that forgets.
	c.secondsOne += (took - c.secondsOne) / float64(min(n, 50))
}

// aside measures work other than steps.
func (c *clock) aside(into *float64) func() {
	began := c.now()
	return func() {
		c.last = c.now()
		*into = c.last.Sub(began).Seconds()
	}
}

func (c *clock) measured() bool { return c.steps > warmUp }

func (c *clock) stepsPerSecond() float64 {
	if !c.measured() || c.secondsOne <= 0 {
		return 0
	}
	return 1 / c.secondsOne
}
