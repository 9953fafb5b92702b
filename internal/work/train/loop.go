package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"time"

	"easel/internal/base/hint"
	"easel/internal/data/dataset"
	"easel/internal/engine/device"
	"easel/internal/file/imgio"
	"easel/internal/file/safetensors"
	"easel/internal/model/nn"
	"easel/internal/model/stored"
)

// loop is a training run of any kind: step after step, with validations, checkpoints, the
// log and the report.
type loop struct {
	subject subject
	notify  func(Event)

	kind    runKind
	folder  folder
	resumed bool // there is a checkpoint to continue from
	pace    pace
	seed    uint64
	perStep int // samples per step on all devices together
	goal    goal
	data    *dataset.Dataset
	jitter  dataset.Jitter
	cache   int64 // bytes for decoded pictures

	device     device.Device
	program    device.Program // runs a step
	losses     []string       // names of its outputs
	parameters nn.Parameters  // stored in checkpoints
	loader     *dataset.Loader

	health  *health
	trouble string // problem with the outputs of the last validation
	log     *logFile
	history *history

	done      int // number of steps
	saved     int // the step of the last checkpoint; -1 is none
	validated int // the step of the last validation; -1 is none
	state     state
	clock     clock
	running   bool   // steps are running
	fitted    *Event // the weights that the run started with
}

// subject is what a loop trains.
type subject interface {
	// begin gives the weights the run's current state: their first values, or those of
	// its latest checkpoint. It heeds a stop.
	begin(ctx context.Context) error
	// options are the run's, as its configuration keeps them.
	options() any
	// facts describe the run.
	facts() *Facts
	// step does the next step. Its rate and its number are set.
	step(ctx context.Context) error
	// rate returns the learning rate of a step, counted from 0.
	rate(step int) float64
	// measure looks at the network as it is now, on pictures that were held out; nil
	// if there are none. It heeds a stop.
	measure(ctx context.Context) (*validation, error)
	// judge says what is to be said about a validation, the goal's value being given.
	judge(v *validation, value float64) (warning string)
	// write writes a checkpoint of these tensors, and writeBest the current model.
	write(path string, training stored.Training, tensors []safetensors.Tensor) error
	writeBest(training stored.Training) error
	// shown describes what the report shows.
	shown() shown
}

// pace says how long a run is, and how often it does what.
type pace struct {
	Length
	checkpointEvery, valEvery, keep int
}

// validation is the result of one.
type validation struct {
	metrics map[string]float64
	sheet   [][]*imgio.Picture // rows of samples
	trouble string             // problem with the outputs, if any
}

// state is the loop's state in a checkpoint.
type state struct {
	BestStep int                `json:"best_step"` // 0 means none yet
	Best     float64            `json:"best"`      // value of the goal
	Planned  int                `json:"planned_steps"`
	Plateau  plateau            `json:"plateau,omitzero"`
	Metrics  map[string]float64 `json:"-"` // of the last validation
}

func newLoop(s subject, notify func(Event), now func() time.Time) loop {
	return loop{subject: s, notify: notify, clock: clock{now: now}, history: newHistory(), health: newHealth()}
}

// run is a session: from the run's current state to its end, or a stop.
func (l *loop) run(ctx context.Context) error {
	l.validated = -1
	l.clock.start()
	if err := l.start(ctx); err != nil {
		return err
	}
	if !l.resumed {
		// A sheet of samples of the untrained network, and a checkpoint, which proves that
		// there is room for one.
		if err := stopped(ctx); err != nil {
			return err
		}
		err := l.validate(ctx)
		if stop := stopped(ctx); stop != nil {
			return stop
		}
		if err := errors.Join(err, l.save()); err != nil {
			return err
		}
	}
	l.running = true
	err := l.steps(ctx)
	l.running = false
	var bad *NotFiniteError
	switch {
	case err == nil:
		return l.end(context.WithoutCancel(ctx))
	case errors.As(err, &bad):
		return errors.Join(err, l.writeReport())
	default:
		return l.rescue(ctx, err)
	}
}

// stopped is the error of a stop before the first step, when there is nothing worth
// keeping.
func stopped(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("%w before the first step", ErrInterrupted)
}

// steps makes the steps that are left, with validations and checkpoints between them.
func (l *loop) steps(ctx context.Context) error {
	l.plan()
	for !l.finished() {
		if err := l.advance(ctx); err != nil {
			return err
		}
		l.plan()
		if l.done%l.pace.valEvery == 0 {
			if err := l.validate(context.WithoutCancel(ctx)); err != nil {
				return err
			}
		}
		if l.done%l.pace.checkpointEvery == 0 {
			if err := l.save(); err != nil {
				return err
			}
		}
	}
	return nil
}

// start sets the weights to the run's current state and opens the log.
func (l *loop) start(ctx context.Context) error {
	l.saved = -1
	keep := -1 // the last step of the log that stays: of a new run, none
	if err := l.subject.begin(ctx); err != nil {
		return err
	}
	if l.resumed {
		keep = l.done
	}
	// The configuration comes first: it shows whose the other files are, even if the run is
	// killed.
	if err := l.folder.write(l.kind, l.subject.options(), l.data.Record()); err != nil {
		return err
	}
	var err error
	if l.log, err = openLog(l.folder.log(), keep, l.history.record); err != nil {
		return err
	}
	if l.loader, err = l.data.NewLoader(dataset.Train, dataset.LoaderOptions{
		Batch: l.perStep, Seed: l.seed, StartStep: l.done, CacheBytes: l.cache, Jitter: l.jitter,
	}); err != nil {
		return err
	}
	if err := l.report(Event{Kind: Started, Path: string(l.folder), Facts: l.subject.facts()}); err != nil || l.fitted == nil {
		return err
	}
	return l.report(*l.fitted)
}

// advance does one step.
func (l *loop) advance(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	rate := l.subject.rate(l.done)
	device.Fill(l.program.Input("rate"), float32(rate))
	device.Fill(l.program.Input("step"), float32(l.done+1))
	if err := l.subject.step(ctx); err != nil {
		return fmt.Errorf("step %d: %w", l.done+1, err)
	}
	losses, err := l.readLosses()
	if err != nil {
		return err
	}
	l.done++
	l.clock.stepped()
	warning, broken := l.health.stepped(l.done, losses)
	if err := errors.Join(broken, l.warn(warning)); err != nil {
		return err
	}
	e := Event{Kind: Stepped, Losses: losses, LearningRate: rate, Epoch: l.epoch(l.done - 1)}
	e.StepsPerSecond = l.clock.stepsPerSecond()
	e.SecondsLeft = l.secondsLeft()
	return l.report(e)
}

// readLosses reads the losses of the last step.
func (l *loop) readLosses() (map[string]float64, error) {
	losses := make(map[string]float64, len(l.losses))
	for _, name := range l.losses {
		value, err := device.Read(l.program, name)
		if err != nil {
			return nil, err
		}
		v := float64(value[0])
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, &NotFiniteError{Step: l.done + 1, What: name, Value: v, Checkpoint: l.folder.checkpoint(l.saved)}
		}
		losses[strings.TrimPrefix(name, "loss/")] = v
	}
	return losses, nil
}

// validate measures, draws, and keeps the best weights.
func (l *loop) validate(ctx context.Context) error {
	l.validated = l.done
	defer l.clock.outside(&l.clock.validation)()
	v, err := l.subject.measure(ctx)
	if err != nil {
		return err
	}
	if v == nil {
		return l.writeReport()
	}
	goal, larger := l.goal.measure, l.goal.larger
	value := v.metrics[goal]
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return &NotFiniteError{Step: l.done, What: "validation's " + goal, Value: value, Checkpoint: l.folder.checkpoint(max(l.saved, 0))}
	}
	l.state.Metrics, l.trouble = v.metrics, v.trouble
	if err := l.warn(l.subject.judge(v, value)); err != nil {
		return err
	}
	// An untrained or collapsed network is never the best.
	best := l.done > 0 && v.trouble == "" && (l.state.BestStep == 0 || !larger && value < l.state.Best || larger && value > l.state.Best)
	if best {
		l.state.BestStep, l.state.Best = l.done, value
		training, err := l.training()
		if err == nil {
			err = l.subject.writeBest(training)
		}
		if err != nil {
			return fmt.Errorf("best model: %w", err)
		}
	}
	e := Event{Kind: Validated, Epoch: l.epoch(max(l.done-1, 0)), Metrics: v.metrics, Best: best, Seconds: l.clock.total()}
	if err := l.report(e); err != nil {
		return err
	}
	if err := l.writeSamples(v.sheet); err != nil {
		return err
	}
	return l.writeReport()
}

// collapse warns once of collapsed outputs.
func (l *loop) collapse(trouble string) string {
	return l.health.once(trouble, "%s; a lower learning rate or more steps may help", trouble)
}

// warn reports something that does not stop the run, if there is anything.
func (l *loop) warn(text string) error {
	if text == "" {
		return nil
	}
	return l.report(Event{Kind: Warned, Text: text})
}

func (l *loop) writeSamples(sheet [][]*imgio.Picture) error {
	if len(sheet) == 0 {
		return nil
	}
	grid, err := imgio.Grid(sheet, 4)
	if err != nil {
		return fmt.Errorf("samples: %w", err)
	}
	path := filepath.Join(string(l.folder), filepath.FromSlash(sampleName(l.done)))
	if err := imgio.Write(path, grid); err != nil {
		return fmt.Errorf("samples: %w", err)
	}
	return l.report(Event{Kind: Sampled, Path: path})
}

// rescue saves the run after a cancellation, or after an error that left the weights
// intact.
func (l *loop) rescue(ctx context.Context, cause error) error {
	interrupted := ctx.Err() != nil
	var full *unsaved
	if errors.As(cause, &full) {
		return cause
	}
	if l.saved != l.done {
		if err := l.save(); err != nil {
			return errors.Join(cause, err)
		}
	}
	err := l.writeReport()
	if interrupted && errors.Is(cause, ctx.Err()) {
		stop := fmt.Errorf("%w at step %d; saved in %s", ErrInterrupted, l.done, l.folder.checkpoint(l.done))
		return hint.New(errors.Join(stop, err), "continue with: "+l.folder.resume())
	}
	return errors.Join(cause, err)
}

// end completes a finished run.
func (l *loop) end(ctx context.Context) error {
	news := l.clock.steps > 0 && l.validated != l.done
	if news {
		if err := l.validate(ctx); err != nil {
			return err
		}
	}
	if news || l.saved != l.done {
		if err := l.save(); err != nil {
			return err
		}
	}
	if err := l.report(Event{Kind: Ended, Seconds: l.clock.total()}); err != nil {
		return err
	}
	if err := l.writeReport(); err != nil || l.trouble == "" || l.state.BestStep > 0 || l.done < fairSteps && l.trouble != saturated {
		return err
	}
	return hint.New(fmt.Errorf("the network learned nothing in %d steps: %s", l.done, l.trouble), "train again with a lower learning rate ({lr})")
}

// report reports an event to the caller and the log.
func (l *loop) report(e Event) error {
	e.Step, e.Steps = l.done, l.planned()
	l.history.record(e)
	err := l.log.append(e)
	l.notify(e)
	return err
}

// close frees what the loop has opened.
func (l *loop) close() {
	if l.loader != nil {
		l.loader.Close()
	}
	if l.program != nil {
		l.program.Close()
	}
	if l.log != nil {
		l.log.close()
	}
	if l.device != nil {
		l.device.Close()
	}
}
