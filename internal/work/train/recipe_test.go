package train_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/file/imgio"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
	"easel/internal/model/vgg"
	weightsfile "easel/internal/model/weights"
	"easel/internal/work/train"
)

// recipe has everything that the paper has not and that keeps a state.
func recipe(t *testing.T, data string) train.Options {
	t.Helper()
	o := tiny(t, data)
	n := &o.Network
	n.Upsample, n.FeatureMatching, n.SpectralNorm, n.LabelSmoothing, n.Augment = "resize", 40, true, 0.1, true
	n.Average, n.DiscriminatorRate, n.Schedule, n.Init = 0.9, 1e-4, "plateau", "orthogonal"
	n.Perceptual, o.PerceptualWeights = 1, t.TempDir()+"/vgg.safetensors"
	if err := weightsfile.Write(o.PerceptualWeights, vgg.Random(2, 1), weightsfile.About{Kind: vgg.Torchvision}); err != nil {
		t.Fatal(err)
	}
	return o
}

// A run of everything, stopped between two averagings and resumed, ends with the
// bits of one that was not: average, singular vectors and moments included.
func TestRecipeResumes(t *testing.T) {
	t.Parallel()
	data := pairs(t, 8, 1)
	whole := recipe(t, data)
	whole.Length.Steps = 20
	mustTrain(t, whole, nil)

	parts := recipe(t, data)
	parts.Length.Steps = 20
	ctx, cancel := context.WithCancel(t.Context())
	err := train.Train(ctx, parts, func(e train.Event) {
		if e.Kind == train.Stepped && e.Step == 11 {
			cancel()
		}
	})
	if !errors.Is(err, train.ErrInterrupted) {
		t.Fatal(err)
	}
	mustTrain(t, resume(t, parts.Out, 20), nil)
	a, _ := weights(t, whole.Out)
	b, _ := weights(t, parts.Out)
	sameBits(t, a, b)
	averages := 0
	for _, tensor := range a.Tensors {
		if strings.HasPrefix(tensor.Name, "average/generator/") {
			averages++
		}
		if strings.HasPrefix(tensor.Name, "perceptual/") {
			t.Errorf("the checkpoint has %s", tensor.Name)
		}
	}
	if averages == 0 {
		t.Error("the checkpoint has no average")
	}
}

// The model is the average, in a checkpoint and in the best model's file.
func TestTheAverageIsTheModel(t *testing.T) {
	t.Parallel()
	o := recipe(t, pairs(t, 8, 1))
	o.Length.Steps = 16
	o.ValEvery, o.CheckpointEvery = 16, 16
	mustTrain(t, o, nil)
	run, err := stored.Open(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	best, err := stored.Open(o.Out + "/best.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	defer best.Close()
	const kernel = "generator/encoder1/kernel"
	if got := best.Weight(kernel); got != kernel {
		t.Errorf("the best model has %s beside it", got)
	}
	tensor := func(m *stored.Model, name string) []float32 {
		_, value, err := m.Tensor(name)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	averaged, kept, trained := tensor(run, run.Weight(kernel)), tensor(best, kernel), tensor(run, kernel)
	for i, v := range averaged {
		if kept[i] != v {
			t.Fatalf("weight %d of the best model is %g, the average %g", i, kept[i], v)
		}
	}
	if averaged[0] == trained[0] {
		t.Error("the average is the last weights")
	}
}

func TestPerceptualLossWantsWeights(t *testing.T) {
	t.Parallel()
	o := recipe(t, pairs(t, 8, 1))
	o.PerceptualWeights = ""
	err := train.Train(t.Context(), o, nil)
	if err == nil || !strings.Contains(err.Error(), "needs VGG-19's weights") {
		t.Errorf("%v", err)
	}
}

// A named file is meant to be used: it brings the loss's weight, but not into a run that was
// begun without.
func TestNamedWeightsAreUsed(t *testing.T) {
	t.Parallel()
	o := recipe(t, pairs(t, 8, 1))
	file := o.PerceptualWeights
	o.Network.Perceptual = 0
	perceptual := func(o train.Options) (weight float64) {
		if err := train.Train(t.Context(), o, nil); err != nil {
			t.Fatal(err)
		}
		again, err := train.ResumeOptions(cmp.Or(o.Resume, o.Out))
		if err != nil {
			t.Fatal(err)
		}
		return again.Network.Perceptual
	}
	if w := perceptual(o); w != pix2pix.PerceptualBest {
		t.Errorf("a new run has the weight %g", w)
	}
	o = recipe(t, o.Data)
	o.Network.Perceptual, o.PerceptualWeights = 0, ""
	perceptual(o)
	again, err := train.ResumeOptions(cmp.Or(o.Resume, o.Out))
	if err != nil {
		t.Fatal(err)
	}
	again.PerceptualWeights = file
	if w := perceptual(again); w != 0 {
		t.Errorf("a resumed run has the weight %g", w)
	}
}

// A rate that nothing can be learnt at ends with an error and without a best model.
func TestAnAbsurdRateFails(t *testing.T) {
	t.Parallel()
	for _, objective := range []string{"l1+cgan", "l1"} {
		o := tiny(t, pairs(t, 8, 1))
		o.Network.LearningRate = 1e6
		o.Network.Objective = pix2pix.L1.With(pix2pix.CGAN)
		if objective == "l1" {
			o.Network.Objective, o.Network.Discriminator = pix2pix.L1.Alone(), "none"
		}
		best := false
		err := train.Train(t.Context(), o, func(e train.Event) { best = best || e.Best })
		if err == nil || best {
			t.Errorf("%s: best %v, error %v", objective, best, err)
		}
	}
}

// TestAutoWeightsFrom: the file of another machine is used like one that was fetched here,
// which pictures of one channel cannot.
func TestAutoWeightsFrom(t *testing.T) {
	t.Parallel()
	grey := t.TempDir()
	for i := range 8 {
		p := imgio.New(80, 40, 1)
		for x := range 40 {
			for y := range 40 {
				p.Set(x, y, 0, float32((x/8*5+y/8*3+i)%7)/7)
				p.Set(40+x, y, 0, 1-float32((x/8*5+y/8*3+i)%7)/14)
			}
		}
		if err := imgio.Write(filepath.Join(grey, fmt.Sprintf("%d.png", i)), p); err != nil {
			t.Fatal(err)
		}
	}
	for data, want := range map[string]float64{pairs(t, 8, 1): pix2pix.PerceptualBest, grey: 0} {
		o := recipe(t, data)
		file := o.PerceptualWeights
		o.Network.Perceptual, o.PerceptualWeights, o.Length.Steps = 0, train.AutoWeightsFrom(file), 2
		if err := train.Train(t.Context(), o, nil); err != nil {
			t.Fatal(err)
		}
		again, err := train.ResumeOptions(o.Out)
		if err != nil {
			t.Fatal(err)
		}
		if w := again.Network.Perceptual; w != want || want > 0 && again.PerceptualWeights != file {
			t.Errorf("%d channels: the weight is %g, by %q", again.Network.OutputChannels, w, again.PerceptualWeights)
		}
	}
}
