package stylize

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"easel/internal/base/hint"
	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/engine/optimise"
	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
	"easel/internal/file/lock"
	"easel/internal/model/style"
)

// Run makes a picture and writes it to Options.Out. It reports to notify, which may be nil,
// from one goroutine; notify should return soon.
//
// Cancelling ctx writes the picture so far and a checkpoint, and returns an error that
// wraps ErrInterrupted; Resume continues from there.
func Run(ctx context.Context, o Options, notify func(Event)) (*imgio.Picture, Result, error) {
	if err := o.Validate(); err != nil {
		return nil, Result{}, fmt.Errorf("stylize: %w", err)
	}
	return run(ctx, o, nil, notify)
}

// ResumeOptions say how to continue. All options that affect the numbers come from the
// checkpoint.
type ResumeOptions struct {
	// Checkpoint is the file that the interrupted run left.
	Checkpoint string
	// Out is a new path for the result; "" is its old name, beside the checkpoint.
	Out string
	// Force overwrites a file at Out that this run did not write.
	Force bool
	// MaxMemory, if not 0, is a new limit, and Threads the number to work with now.
	MaxMemory int64
	Threads   int
	// Backend, if not "", runs the network from here on.
	Backend string
	// Moved, if not nil, says where pictures and weights are that are no longer where they
	// were, as on another machine: only its paths are used.
	Moved *Options
	// Pictures are the Options' pictures in memory.
	Pictures map[string]*imgio.Picture
}

// Resume continues a run from its checkpoint. It fails if a picture has changed since.
func Resume(ctx context.Context, re ResumeOptions, notify func(Event)) (*imgio.Picture, Result, error) {
	c, err := readCheckpoint(re.Checkpoint)
	if err != nil {
		return nil, Result{}, err
	}
	o := c.Options
	if re.Moved != nil {
		o.move(*re.Moved)
	}
	o.Pictures = re.Pictures
	if o.Out = re.Out; o.Out == "" {
		o.Out = filepath.Join(filepath.Dir(re.Checkpoint), filepath.Base(c.Options.Out))
	}
	if re.Backend != "" {
		o.Backend = re.Backend
	}
	if re.MaxMemory != 0 {
		o.MaxMemory = re.MaxMemory
	}
	o.Force, o.Threads = re.Force || c.wrote(o.Out, re.Out == ""), re.Threads
	if err := o.Validate(); err != nil {
		return nil, Result{}, fmt.Errorf("%s: %w", re.Checkpoint, err)
	}
	return run(ctx, o, c, notify)
}

// runner is a run in progress.
type runner struct {
	o       Options
	notify  func(Event)
	in      *pictures
	network *style.Network
	plan    *Plan
	method  optimise.Method

	stage     int  // current stage, from 0
	entered   bool // x and the optimiser have the stage's size
	iteration int  // iterations done in the stage
	done      int  // iterations done in all
	bad       int  // non-finite evaluations in a row
	x         []float32
	last      style.Losses // of the latest picture that was better
	written   bool         // the picture so far is at Out
	started   time.Time
	earlier   float64 // seconds of earlier sessions
	// moments are those of styles that earlier frames of a video have measured, nil for none.
	moments map[momentsKey]map[string]style.Moments
	pace    pace
}

func run(ctx context.Context, o Options, from *checkpointState, notify func(Event)) (*imgio.Picture, Result, error) {
	r := &runner{o: o, notify: notify, started: time.Now()}
	if notify == nil {
		r.notify = func(Event) {}
	}
	if err := r.o.checkOut(); err != nil {
		return nil, Result{}, err
	}
	if o.Out != "" {
		leave, err := atomicfile.Folder(o.folder())
		if err != nil {
			return nil, Result{}, fmt.Errorf("stylize: folder of the result: %w", err)
		}
		defer leave()
		owned, err := lock.File(o.Out)
		if err != nil {
			return nil, Result{}, fmt.Errorf("stylize: %w", err)
		}
		defer owned.Release()
	}
	if ctx.Err() != nil {
		return r.interrupted()
	}
	d, err := o.openDevice()
	if err != nil {
		return nil, Result{}, fmt.Errorf("stylize: %w", err)
	}
	defer func() { _ = d.Close() }()
	if err := r.prepare(d, from); err != nil {
		return nil, Result{}, fmt.Errorf("stylize: %w", err)
	}
	return r.stages(ctx)
}

// openDevice opens what runs the network.
func (o Options) openDevice() (device.Device, error) {
	precision, err := device.ParsePrecision(o.Precision)
	if err != nil {
		return nil, err
	}
	return backend.Open(o.Backend, backend.Options{Threads: o.Threads, Precision: precision})
}

// checkOut reports early that the result could not be written.
func (o Options) checkOut() error {
	if o.Out == "" {
		return nil
	}
	if _, err := imgio.FormatOf(o.Out); err != nil {
		return fmt.Errorf("stylize: %w", err)
	}
	if source, path := o.overwritten(); source != "" {
		return hint.New(fmt.Errorf("stylize: %s would be overwritten by %s", source, path), "choose another {out}")
	}
	if _, err := os.Lstat(o.Out); err == nil && !o.Force {
		return hint.New(fmt.Errorf("%s: %w", o.Out, fs.ErrExist), "overwrite it with {force}, or choose another {out}")
	}
	return nil
}

// prepare reads everything and makes the plan, before any work.
func (r *runner) prepare(d device.Device, from *checkpointState) (err error) {
	if r.in, err = r.o.read(func(text string) { r.notify(Event{Kind: Warned, Text: text}) }); err != nil {
		return err
	}
	if err := r.o.checkFormat(r.in); err != nil {
		return err
	}
	if err := r.o.checkSizes(r.in); err != nil {
		return err
	}
	if err := r.in.checkTexture(r.o); err != nil {
		return err
	}
	if err := r.o.resolveWeights(); err != nil {
		return err
	}
	name := ""
	if r.network, name, err = r.o.openNetwork(d, r.in); err != nil {
		return err
	}
	if r.plan, err = r.o.plan(d, r.network, r.in); err != nil {
		return err
	}
	r.begin(name)
	if from != nil {
		if err := r.restore(from); err != nil {
			return err
		}
		r.written = r.o.Force && from.wrote(r.o.Out, true)
	}
	r.notify(Event{Kind: Planned, Plan: r.plan, Total: r.total(), Done: r.done})
	return nil
}

// begin makes the optimiser that the plan asks for, and names the network in the plan.
func (r *runner) begin(network string) {
	if r.plan.History > 0 {
		r.o.History = r.plan.History
	}
	r.method = r.o.method()
	r.plan.Network, r.plan.Random, r.plan.Small = network, r.o.Weights == RandomWeights, r.o.Weights == SmallWeights
}

// checkFormat reports a format that cannot store the result.
func (o Options) checkFormat(p *pictures) error {
	if o.Out == "" {
		return nil
	}
	f, _ := imgio.FormatOf(o.Out)
	if err := f.Holds(&imgio.Picture{Channels: 3, Depth: p.depth(o)}); err != nil {
		return fmt.Errorf("%s: %s: %w", o.Out, f, err)
	}
	if f == imgio.JPEG && p.alpha != nil {
		return hint.New(
			fmt.Errorf("%s: a JPEG cannot keep the transparency of %s", o.Out, o.Content),
			"write a .png or .tif",
		)
	}
	return nil
}

func (r *runner) total() (n int) {
	for _, s := range r.plan.Stages {
		n += s.Iterations
	}
	return n
}

// stages runs the remaining stages.
func (r *runner) stages(ctx context.Context) (*imgio.Picture, Result, error) {
	for ; r.stage < len(r.plan.Stages); r.stage++ {
		if err := r.runStage(ctx); err != nil {
			if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
				return r.interrupted()
			}
			return nil, Result{}, fmt.Errorf("stylize: %w", err)
		}
		if r.stage < len(r.plan.Stages)-1 {
			r.iteration, r.entered = 0, false
		}
	}
	return r.end()
}

// runStage makes the picture of one size.
func (r *runner) runStage(ctx context.Context) error {
	// Garbage from the weights' file and the previous stage must not add to the planned
	// memory.
	debug.FreeOSMemory()
	s := r.plan.Stages[r.stage]
	if !r.entered {
		r.enter(s)
		r.entered = true
	}
	r.precondition(s)
	if err := ctx.Err(); err != nil {
		return err
	}
	r.notify(r.report(Event{Kind: Staged}))
	e, err := r.evaluator(s)
	if err != nil {
		return err
	}
	err = r.iterate(ctx, e, s)
	return errors.Join(err, e.Close())
}

// enter prepares the picture and the optimiser for a stage.
func (r *runner) enter(s Stage) {
	if r.stage == 0 && r.in.painted == nil {
		r.x = r.in.initial(r.o, s.Width, s.Height).Pixels
		return
	}
	from, found := r.before()
	r.x = enlarge(found, from, s, 1)
	if r.o.Detail && len(r.o.objective().ContentLayers()) > 0 {
		r.addDetail(from, s)
	}
	// A loss is a mean over positions, so the gradient of a pixel shrinks as their number
	// grows.
	shrink := float32(from.Width*from.Height) / float32(s.Width*s.Height)
	r.method.Resize(
		func(v []float32) []float32 { return enlarge(v, from, s, 1) },
		func(v []float32) []float32 { return enlarge(v, from, s, shrink) },
	)
}

// before returns the stage before the current one and what it has found.
func (r *runner) before() (Stage, []float32) {
	if r.stage == 0 {
		return r.in.painting(r.o)
	}
	return r.plan.Stages[r.stage-1], r.best()
}

// addDetail adds what the content loses when it is enlarged as the picture was. Without it
// a third of a stage's iterations go into finding the content's edges again.
func (r *runner) addDetail(from, to Stage) {
	blurred := enlarge(r.in.contentAt(r.o, from.Width, from.Height).Pixels, from, to, 1)
	for i, v := range r.in.contentAt(r.o, to.Width, to.Height).Pixels {
		r.x[i] += v - blurred[i]
	}
}

// precondition gives L-BFGS a stage's pyramid.
func (r *runner) precondition(s Stage) {
	if m, ok := r.method.(*optimise.LBFGS); ok && r.o.Pyramid > 0 {
		p := optimise.Pyramid{Height: s.Height, Width: s.Width, Channels: 3, Levels: r.o.Pyramid, Threads: m.Threads()}
		m.Precondition(p.Apply)
	}
}

// best returns the picture to keep.
func (r *runner) best() []float32 {
	if b := r.method.Best(); b != nil {
		return b
	}
	return r.x
}

// evaluator compares with the content and style pictures at the stage's size.
func (r *runner) evaluator(s Stage) (*style.Evaluator, error) {
	objective := r.o.objective()
	problem := style.Problem{Height: s.Height, Width: s.Width, Objective: objective, Temporal: r.in.before}
	var err error
	if layers := objective.ContentLayers(); len(layers) > 0 {
		if problem.Content, err = r.network.Features(r.in.contentAt(r.o, s.Width, s.Height), s.Tiles, layers...); err != nil {
			return nil, err
		}
	}
	for _, members := range r.o.regions() {
		if len(objective.StyleLayers()) == 0 {
			break
		}
		region := style.Region{Mask: r.in.maskAt(members[0], s.Width, s.Height)}
		var all []map[string]style.Moments
		var weights []float64
		for _, i := range members {
			m, err := r.styleMoments(i, s, objective.StyleLayers())
			if err != nil {
				return nil, fmt.Errorf("style picture %s: %w", r.o.Styles[i].Path, err)
			}
			all, weights = append(all, m), append(weights, r.o.Styles[i].Weight)
			region.Weight += r.o.Styles[i].Weight / r.o.meanWeight()
		}
		if region.Mask == nil {
			region.Weight = 1
		}
		if region.Target, err = style.Mix(all, weights); err != nil {
			return nil, err
		}
		problem.Regions = append(problem.Regions, region)
	}
	return r.network.Evaluator(problem, s.Tiles)
}

// momentsKey is a style picture beside a result of some size, and how that is cut: other
// tiles round differently.
type momentsKey struct {
	style, width, height int
	tiles                style.Layout
}

// styleMoments measures a style picture in as many tiles as the result.
func (r *runner) styleMoments(i int, s Stage, layers []string) (map[string]style.Moments, error) {
	key := momentsKey{i, s.Width, s.Height, s.Tiles}
	if known := r.moments[key]; known != nil {
		return known, nil
	}
	p := r.in.styleAt(r.o, i, s.Width, s.Height)
	m, err := r.network.Moments(p, nil, s.Tiles.For(p.Height, p.Width), layers...)
	if r.moments != nil && r.o.Colours == StyleColours && err == nil { // others depend on the content
		r.moments[key] = m
	}
	return m, err
}

// regions groups the styles: those without masks share a region, with their mean as target;
// each style with a mask has its own.
func (o Options) regions() (regions [][]int) {
	var free []int
	for i, s := range o.Styles {
		if s.Mask == "" {
			free = append(free, i)
		}
	}
	if free != nil {
		regions = append(regions, free)
	}
	for i, s := range o.Styles {
		if s.Mask != "" {
			regions = append(regions, []int{i})
		}
	}
	return regions
}

func (o Options) meanWeight() float64 {
	sum := 0.0
	for _, s := range o.Styles {
		sum += s.Weight
	}
	return sum / float64(len(o.Styles))
}

// iterate runs the iterations of a stage.
func (r *runner) iterate(ctx context.Context, e *style.Evaluator, s Stage) error {
	gradient := make([]float32, len(r.x))
	for r.iteration < s.Iterations {
		if err := ctx.Err(); err != nil {
			return err
		}
		begun := time.Now()
		if r.in.grey {
			project(r.x)
		}
		losses, err := e.Evaluate(r.x, gradient)
		if err != nil {
			return err
		}
		if r.in.grey {
			project(gradient)
		}
		status := r.method.Step(r.x, losses.Total, gradient)
		r.iteration++
		r.done++
		if err := r.checkLoss(losses.Total, gradient, status); err != nil {
			return err
		}
		r.pace.add(time.Since(begun), s)
		if status != optimise.Retreated {
			r.last = losses
		}
		if err := r.after(losses, status); err != nil {
			return err
		}
		if status == optimise.Converged {
			r.done += s.Iterations - r.iteration
			return nil
		}
	}
	return nil
}

// maxBad is how many evaluations in a row may be non-finite: more than L-BFGS needs to
// shorten its step before it gives up. Adam would return to the same point forever.
const maxBad = 20

// checkLoss ends the run if a non-finite loss or gradient leaves the optimiser nothing to
// continue from. It tolerates a single step that went too far, which is undone.
func (r *runner) checkLoss(loss float64, gradient []float32, status optimise.Status) error {
	sum := loss
	if status != optimise.Moved {
		for _, g := range gradient {
			sum += float64(g)
		}
	}
	if !math.IsNaN(sum) && !math.IsInf(sum, 0) {
		r.bad = 0
		return nil
	}
	if r.bad++; status == optimise.Retreated && r.bad < maxBad {
		return nil
	}
	return &LossError{Iteration: r.done, Loss: loss}
}
