package distill

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"

	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/file/safetensors"
	"easel/internal/model/nn"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
	"easel/internal/work/stylize"
)

// Report is how far a run has come. Learned has the mean of each output of the training
// step since the last report, and Held those over the pictures that are only measured:
// feature/<layer>, gram/<layer> and loss.
type Report struct {
	Step, Steps   int
	Learned, Held map[string]float64
}

// measured is how many crops the closed form begins with, and judged how many held ones are
// measured.
const measured, judged = 64, 24

// runner is a run under way.
type runner struct {
	o       Options
	config  vgg.Config
	device  device.Device
	about   weights.About
	gallery *gallery
	held    [][]float32

	levels         []float64
	learns, judges *step
	training       device.Program
	judging        device.Program
	done           int
	sums           map[string]float64
}

// Run distils a network, or continues where the checkpoint of an earlier run is.
func Run(ctx context.Context, o Options, notify func(Report)) (err error) {
	if err := o.Validate(); err != nil {
		return err
	}
	r := &runner{o: o, config: vgg.Distilled(), sums: map[string]float64{}}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.prepare(); err != nil {
		return fmt.Errorf("distill: %w", err)
	}
	for {
		if err := r.pause(ctx, notify); err != nil {
			return fmt.Errorf("distill: %w", err)
		}
		if r.done >= o.Steps {
			return nil
		}
		if err := r.train(ctx); err != nil {
			return fmt.Errorf("distill: %w", err)
		}
	}
}

// prepare opens everything and makes the student's first weights, or reads those of the
// checkpoint.
func (r *runner) prepare() (err error) {
	precision, err := device.ParsePrecision(r.o.Precision)
	if err != nil {
		return err
	}
	if r.device, err = backend.Open(r.o.Backend, backend.Options{Threads: r.o.Threads, Precision: precision}); err != nil {
		return err
	}
	if r.gallery, err = newGallery(r.o); err != nil {
		return err
	}
	if err := r.openHeld(); err != nil {
		return err
	}
	w, about, err := weights.OpenFull(r.o.Weights, r.o.Kind)
	if err != nil {
		return err
	}
	r.about, r.config.Width = weights.About{Kind: about.Kind, Origin: r.o.Origin}, w.Width
	m, err := r.moments(w)
	if err != nil {
		return err
	}
	teacher, levels, err := levelled(w, m)
	if err != nil {
		return err
	}
	r.levels = levels
	if err := r.compile(teacher); err != nil {
		return err
	}
	if _, err := os.Stat(r.checkpoint()); err == nil {
		return r.restore()
	}
	student, err := begin(teacher, m, r.o.Rank)
	if err != nil {
		return err
	}
	return student.Store(r.device, r.weights())
}

// openHeld cuts crops from the held pictures, the same in every run.
func (r *runner) openHeld() error {
	if len(r.o.Held) == 0 {
		return nil
	}
	pictures, err := open(r.o.Held)
	random := rand.New(rand.NewPCG(0, 1))
	for i := 0; err == nil && i < judged; i++ {
		r.held = append(r.held, square(random, pictures[random.IntN(len(pictures))], r.o.Crop).Pix)
	}
	return err
}

// moments are those of the teacher's layers over crops.
func (r *runner) moments(w *vgg.Weights) (moments, error) {
	n, err := style.NewNetwork(r.device, r.config, w)
	if err != nil {
		return nil, err
	}
	var all []map[string]style.Moments
	var shares []float64
	random := rand.New(rand.NewPCG(r.o.Seed, 0))
	for range measured {
		p := r.gallery.crop(random, r.o.Crop)
		m, err := n.Moments(style.Picture{Height: p.Height, Width: p.Width, Pixels: p.Pix}, nil, style.Whole(), layers()...)
		if err != nil {
			return nil, err
		}
		all, shares = append(all, m), append(shares, 1)
	}
	return style.Mix(all, shares)
}

func (r *runner) compile(teacher *vgg.Weights) (err error) {
	if r.learns, err = r.o.step(r.config, r.o.Batch, true); err != nil {
		return err
	}
	if r.judges, err = r.o.step(r.config, 1, false); err != nil {
		return err
	}
	if err := r.learns.parameters.Store(r.device, r.o.Seed); err != nil {
		return err
	}
	if err := teacher.Store(r.device, r.learns.parameters.Under(teacherScope)); err != nil {
		return err
	}
	if r.training, err = r.device.Compile(r.learns.graph); err != nil {
		return err
	}
	r.judging, err = r.device.Compile(r.judges.graph)
	return err
}

// weights are the student's own parameters.
func (r *runner) weights() nn.Parameters {
	return r.judges.parameters.Under(studentScope)
}

// train does the steps up to the next pause.
func (r *runner) train(ctx context.Context) error {
	clear(r.sums)
	until := min(r.o.Steps, r.done+r.o.Every)
	first := r.done
	next, stop := make(chan []float32, 1), make(chan struct{})
	defer close(stop)
	go func() { // the next batch is cut while a step runs
		for i := first; i < until; i++ {
			select {
			case next <- r.batch(i):
			case <-stop:
				return
			}
		}
	}()
	for ; r.done < until; r.done++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		copy(r.training.Input("picture"), <-next)
		device.Fill(r.training.Input("rate"), float32(r.o.rate(r.done)))
		device.Fill(r.training.Input("step"), float32(r.done+1))
		if err := r.training.Run(); err != nil {
			return err
		}
		for _, name := range r.losses() {
			r.sums[name] += float64(r.training.Output(name)[0]) / float64(until-first)
		}
	}
	return nil
}

// batch returns the crops of a step.
func (r *runner) batch(step int) []float32 {
	random := rand.New(rand.NewPCG(r.o.Seed, uint64(step)+1))
	batch := make([]float32, 0, r.o.Batch*r.o.Crop*r.o.Crop*3)
	for range r.o.Batch {
		batch = append(batch, r.gallery.crop(random, r.o.Crop).Pix...)
	}
	return batch
}

// losses are the names of the outputs of a step.
func (r *runner) losses() []string {
	names := []string{"loss"}
	for _, layer := range rectified() {
		names = append(names, "feature/"+layer)
		if styled[layer] {
			names = append(names, "gram/"+layer)
		}
	}
	return names
}

// pause saves, reports, and lets the student paint.
func (r *runner) pause(ctx context.Context, notify func(Report)) error {
	student, err := r.read()
	if err != nil {
		return err
	}
	if err := weights.WriteHalf(r.o.Out, unlevelled(student, r.levels), r.about); err != nil {
		return err
	}
	if err := r.save(); err != nil {
		return err
	}
	held, err := r.judge()
	if err != nil {
		return err
	}
	notify(Report{Step: r.done, Steps: r.o.Steps, Learned: r.sums, Held: held})
	random := rand.New(rand.NewPCG(r.o.Seed+1, uint64(r.done)))
	for i := 0; i < r.o.Paintings && r.done < r.o.Steps; i++ {
		p, err := r.gallery.paint(ctx, random, r.o)
		var flat *stylize.LossError
		if errors.As(err, &flat) || errors.Is(err, stylize.ErrNoTexture) {
			continue // a crop of one colour has no style
		}
		if err != nil {
			return err
		}
		r.gallery.hang(p)
	}
	return nil
}

// judge measures the held pictures.
func (r *runner) judge() (map[string]float64, error) {
	means := map[string]float64{}
	for _, p := range r.held {
		copy(r.judging.Input("picture"), p)
		if err := r.judging.Run(); err != nil {
			return nil, err
		}
		for _, name := range r.losses() {
			means[name] += float64(r.judging.Output(name)[0]) / float64(len(r.held))
		}
	}
	return means, nil
}

// read returns the student as it is on the device.
func (r *runner) read() (*vgg.Weights, error) {
	values := map[string][]float32{}
	for _, p := range r.weights() {
		_, value, err := r.device.Parameter(p.Name)
		if err != nil {
			return nil, err
		}
		values[strings.TrimPrefix(p.Name, studentScope+"/")] = value
	}
	w := &vgg.Weights{Width: r.config.Width, Rank: r.o.Rank}
	for c, v := range values["input/shift"] {
		w.Mean[c] = -v
	}
	for _, name := range layers() {
		if isConvolution(name) {
			w.Filters = append(w.Filters, vgg.Filter{
				Layer: name, Kernel: values[name+"/kernel"], Bias: values[name+"/bias"], Down: values[name+"/down"], Up: values[name+"/up"],
			})
		}
	}
	return w, w.Validate()
}

func (r *runner) checkpoint() string { return r.o.Out + ".checkpoint" }

// kept are the parameters in a checkpoint: all but the teacher's.
func (r *runner) kept() (list nn.Parameters) {
	teacher := map[string]bool{}
	for _, p := range r.learns.parameters.Under(teacherScope) {
		teacher[p.Name] = true
	}
	for _, p := range r.learns.parameters {
		if !teacher[p.Name] {
			list = append(list, p)
		}
	}
	return list
}

const stepKey = "step"

func (r *runner) save() error {
	var list []safetensors.Tensor
	for _, p := range r.kept() {
		_, value, err := r.device.Parameter(p.Name)
		if err != nil {
			return err
		}
		list = append(list, safetensors.Tensor{Name: p.Name, Shape: p.Shape, Data: value})
	}
	return safetensors.Write(r.checkpoint(), map[string]string{stepKey: strconv.Itoa(r.done)}, list)
}

func (r *runner) restore() (err error) {
	file, err := safetensors.Open(r.checkpoint())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if r.done, err = strconv.Atoi(file.Metadata()[stepKey]); err != nil {
		return fmt.Errorf("%s: %w", r.checkpoint(), err)
	}
	for _, p := range r.kept() {
		shape, value, err := file.Tensor(p.Name)
		if err != nil {
			return err
		}
		if !p.Shape.Equal(graph.Shape(shape)) {
			return fmt.Errorf("%s: %s is %v, not %v: it belongs to other options", r.checkpoint(), p.Name, shape, p.Shape)
		}
		if err := r.device.SetParameter(p.Name, p.Shape, value); err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) close() (err error) {
	for _, p := range []device.Program{r.training, r.judging} {
		if p != nil {
			err = errors.Join(err, p.Close())
		}
	}
	if r.device != nil {
		err = errors.Join(err, r.device.Close())
	}
	return err
}
