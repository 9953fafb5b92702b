package train

import (
	"context"
	"fmt"

	"easel/internal/data/dataset"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/file/imgio"
	"easel/internal/model/pix2pix"
	"easel/internal/model/vgg"
)

// trainer is a training run on pairs.
type trainer struct {
	loop
	o          Options // fully resolved
	numbers    imgio.Range
	perceptual string // describes the perceptual loss

	network   *pix2pix.Step
	loaded    bool         // the next step's pairs are in the program's inputs
	failed    error        // or why they are not
	average   *average     // average of the generator's weights; nil if there is none
	seen      *vgg.Weights // weights of the perceptual loss; nil if there is none
	validator *validator
	labels    []float32 // label pictures of a step, whose classes are b

	inputs, targets dataset.Description
}

// step implements subject.
func (t *trainer) step(ctx context.Context) error {
	if err := t.pictures(ctx); err != nil {
		return fmt.Errorf("read pictures: %w", err)
	}
	key := graph.Key(t.o.Seed, uint64(t.done))
	device.Fill(t.program.Input("key"), key[:]...)
	if n := t.o.Network; n.Augment && n.Adversarial() {
		copy(t.program.Input("augment"), pix2pix.AugmentNumbers(t.o.Seed, uint64(t.done), t.perStep, n.ImageSize, n.ImageSize))
	}
	if err := t.compute(ctx); err != nil {
		return err
	}
	return t.average.stepped(t.done + 1)
}

// rate implements subject. Plateaus are included.
func (t *trainer) rate(step int) float64 { return t.scheduled(step) * t.state.Plateau.factor() }

// scheduled returns the rate of a step by the run's schedule alone. Runs of whole epochs
// change the rate once per epoch, as the papers' programs do; others change it at every
// step.
func (t *trainer) scheduled(step int) float64 {
	if n := t.o.Length.Epochs; n > 0 {
		return t.o.Network.Rate(float64(t.epoch(step)), float64(n))
	}
	total := t.planned()
	if total == 0 {
		return t.o.Network.LearningRate
	}
	return t.o.Network.Rate(float64(min(step+1, total)), float64(total))
}

// compute runs the step. While the device works, the next step's pairs are fetched and
// uploaded; if that fails, the next step reports it.
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

func (t *trainer) close() {
	if t.validator != nil {
		t.validator.program.Close()
	}
	t.average.close()
	t.loop.close()
}
