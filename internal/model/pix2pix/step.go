package pix2pix

import (
	"errors"
	"fmt"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
	"easel/internal/model/vgg"
)

// Step is one optimisation step as a graph.
//
// Its inputs are a [batch, height, width, InputChannels] and b [batch, height,
// width, OutputChannels], the input pictures and their targets, in [−1, 1], or
// if the configuration classifies, [batch, height, width, 1] numbers of classes,
// of which those outside [0, OutputChannels) do not count;
// augment [batch, 7] (AugmentNumbers), if the configuration augments what D sees;
// key [5] (graph.Key); rate and step, scalars, the first step being 1; on several
// devices, if the configuration classifies, share: see ClassShares.
//
// Its outputs are the scalars in Losses, and fake, the generator's pictures
// before the update (or logits), [batch, height, width, OutputChannels]. With a
// discriminator there are
// discriminator/real and discriminator/fake too, the mean of D's sigmoid on
// targets and on fakes before its update.
type Step struct {
	Graph *graph.Graph
	// Parameters are the weights of both networks and the optimiser's moments.
	Parameters nn.Parameters
	// Losses are the names of the outputs that are unweighted losses. With a discriminator
	// there are loss/d, the mean of its terms for real and for fake, and loss/gan; always
	// loss/l1, and loss/l2 if it is part of the objective. If the configuration classifies,
	// loss/cross_entropy is the only one. loss/features, loss/perceptual and loss/r1 exist
	// if the configuration has them.
	Losses []string
	// Perceptual are the parameters of the perceptual loss's VGG-19, if there is one. They
	// are set once (vgg.Weights.Store) and never change.
	Perceptual nn.Parameters
}

// StepOptions say how to run a step. The zero value is one device; options that do not
// concern devices are for tests and comparisons.
type StepOptions struct {
	// Devices is how many devices run the step, each on its own part of the batch; 0 is
	// one. Gradients are averaged over them before the updates, and so are scalar outputs:
	// both equal those of one device with the whole batch.
	Devices int
	// LocalStatistics computes a batch norm's statistics per device, as PyTorch's data
	// parallelism does, instead of over the whole batch.
	LocalStatistics bool
	// PerceptualWidth is the width of the perceptual loss's network; 0 is
	// VGG-19's 64.
	PerceptualWidth int
	// GivenMasks makes the dropout masks inputs, mask/decoder1 … : see
	// Mode.GivenMasks.
	GivenMasks bool
	// Gradients adds outputs gradient/<parameter> for every weight, and
	// logits/real, logits/fake and logits/generator: D's maps in its own step
	// and in the generator's.
	Gradients bool
}

func (o StepOptions) devices() int { return max(o.Devices, 1) }

// training is a step under construction.
type training struct {
	*Step
	config  Config
	options StepOptions
	scope   *nn.Scope
	mode    Mode

	a, b, fake *graph.Node
	rate, step *graph.Node
	how        *graph.Node // the pictures are augmented; nil if they are not
	fixed      *nn.Scope   // of networks that are not trained
}

// ClassShares returns the values of the input share, which a step on several devices has if
// the configuration classifies: how many positions in a device's part of b count, relative
// to the mean over all devices. A device's mean over its counted positions, times its
// share, is its part of the mean over all.
func ClassShares(b []float32, classes, devices int) []float32 {
	shares, total := make([]float32, devices), 0
	size := len(b) / devices
	for i := range shares {
		counted := 0
		for _, class := range b[i*size:][:size] {
			if class >= 0 && int(class) < classes {
				counted++
			}
		}
		shares[i], total = float32(counted), total+counted
	}
	for i := range shares {
		shares[i] *= float32(devices) / float32(max(total, 1))
	}
	return shares
}

// TrainStep builds the optimisation step of a configuration for batches of pictures of the
// given size on each device: D's update, then G's, in one graph that runs the generator
// once. It fails if the sizes do not fit the networks.
func TrainStep(c Config, batch, height, width int, options StepOptions) (*Step, error) {
	if err := c.checkSizes(batch, height, width, options); err != nil {
		return nil, fmt.Errorf("training step: %w", err)
	}
	if c.NormStatistics == StoredStatistics {
		return nil, errors.New("training step: norms with stored statistics can be run, but not trained")
	}
	step := &Step{}
	g, err := graph.Build(func(g *graph.Graph) {
		newTraining(g, step, c, graph.Shape{batch, height, width}, options).build()
	})
	if err != nil {
		return nil, fmt.Errorf("training step: %w", err)
	}
	step.Graph = g
	return step, nil
}

func newTraining(g *graph.Graph, step *Step, c Config, size graph.Shape, options StepOptions) *training {
	key := g.Input("key", graph.KeySize)
	mode := Mode{Statistics: c.statistics(size[0], options), Key: key, GivenMasks: options.GivenMasks}
	t := &training{
		Step: step, config: c, options: options, scope: nn.NewScope(g), fixed: nn.NewScope(g), mode: mode,
		a:    g.Input("a", size[0], size[1], size[2], c.InputChannels),
		b:    g.Input("b", size[0], size[1], size[2], c.targetChannels()),
		rate: g.Input("rate"), step: g.Input("step"),
	}
	if c.Augment && c.Adversarial() {
		t.how = g.Input("augment", size[0], graph.AugmentSize)
	}
	return t
}

// judge applies the discriminators of a scope to y, given a.
func (t *training) judge(s *nn.Scope, y *graph.Node) []verdict {
	x, y := t.augmented(t.a, y)
	return discriminators(s, t.config, x, y, t.mode)
}

func (t *training) build() {
	t.fake = Generator(t.scope.Sub("generator"), t.config, t.a, t.mode)
	if t.config.Adversarial() {
		t.adversarial()
	} else {
		t.update(t.gradients(t.objective(nil, nil), "generator"), t.rate)
	}
	t.scope.Graph().Output("fake", t.fake)
	t.Parameters, t.Perceptual = t.scope.Parameters(), t.fixed.Parameters()
}

// adversarial is D's step and G's, in the configured order. G's gradient passes through D
// as it is after D's step, or before it in the simultaneous order; it does not reach D's
// weights.
func (t *training) adversarial() {
	ofD := t.discriminatorStep()
	if t.config.Order == Simultaneous {
		ofG := t.generatorStep(t.scope)
		t.update(ofD, t.discriminatorRate())
		t.update(ofG, t.rate)
		return
	}
	t.update(ofD, t.discriminatorRate())
	t.update(t.generatorStep(t.scope.Using(ofD.Values())), t.rate)
}

// discriminatorRate is D's learning rate, in constant proportion to G's.
func (t *training) discriminatorRate() *graph.Node {
	if t.config.DiscriminatorRate == 0 {
		return t.rate
	}
	return graph.Scale(t.rate, float32(t.config.DiscriminatorRate/t.config.LearningRate))
}

// discriminatorStep computes D's gradients. Real and fake pictures are separate batches,
// each with its own statistics, and the fakes are constants: no gradient reaches the
// generator.
func (t *training) discriminatorStep() nn.Updates {
	scope := t.scope.Sub("discriminator")
	real := t.judge(scope, t.b)
	fake := t.judge(scope, graph.Detach(t.fake))
	losses := make([]*graph.Node, len(real))
	for i := range losses {
		ofReal, ofFake := t.config.discriminatorLosses(real[i].logits, fake[i].logits)
		losses[i] = graph.Add(ofReal, ofFake)
	}
	loss := meanOf(losses)
	mean := graph.Scale(loss, 0.5)
	t.loss("loss/d", mean)
	t.judgement("real", real[0].logits)
	t.judgement("fake", fake[0].logits)
	if t.config.HalveDiscriminatorLoss {
		loss = mean
	}
	if t.config.R1 > 0 {
		penalty := gradientPenalty(real[0].logits, t.b)
		t.loss("loss/r1", penalty)
		loss = graph.Add(loss, graph.Scale(penalty, float32(t.config.R1/2)))
	}
	return t.gradients(loss, "discriminator")
}

// generatorStep computes G's gradients through the D of the given scope.
func (t *training) generatorStep(scope *nn.Scope) nn.Updates {
	scope = scope.Sub("discriminator")
	made := t.judge(scope, t.fake)
	if t.options.Gradients {
		t.scope.Graph().Output("logits/generator", made[0].logits)
	}
	losses := make([]*graph.Node, len(made))
	for i, v := range made {
		losses[i] = t.config.generatorLoss(v.logits)
	}
	gan := meanOf(losses)
	t.loss("loss/gan", gan)
	var matching *graph.Node
	if t.config.FeatureMatching > 0 {
		matching = featureMatching(made, t.judge(scope, t.b))
		t.loss("loss/features", matching)
	}
	return t.gradients(t.objective(gan, matching), "generator")
}

// objective is what G minimises: adversarial loss + λ·pixel loss (eq. 4), and the losses
// beyond the paper. The pixel losses are reported whether or not they are part of it.
func (t *training) objective(gan, matching *graph.Node) *graph.Node {
	if t.config.Classifies() {
		loss := graph.ClassCrossEntropy(t.fake, t.b)
		if t.options.devices() > 1 {
			loss = graph.Mul(loss, t.scope.Graph().Input("share"))
		}
		t.loss("loss/cross_entropy", loss)
		return loss
	}
	pixel := t.config.pixelLoss(t.fake, t.b)
	if t.config.Objective.Pixel == L1 {
		t.loss("loss/l1", pixel)
	} else {
		t.loss("loss/l1", graph.L1(t.fake, t.b))
	}
	if t.config.Objective.Pixel == L2 {
		t.loss("loss/l2", pixel)
	}
	sum := plus(gan, pixel, t.config.Lambda)
	sum = plus(sum, matching, t.config.FeatureMatching)
	if t.config.Perceptual > 0 {
		seen := t.perceptual()
		t.loss("loss/perceptual", seen)
		sum = plus(sum, seen, t.config.Perceptual)
	}
	return sum
}

// plus returns sum + weight·loss, where either may be missing.
func plus(sum, loss *graph.Node, weight float64) *graph.Node {
	if loss == nil {
		return sum
	}
	loss = graph.Scale(loss, float32(weight))
	if sum == nil {
		return loss
	}
	return graph.Add(sum, loss)
}

func (t *training) perceptual() *graph.Node {
	c := vgg.Default()
	if t.options.PerceptualWidth > 0 {
		c.Width = t.options.PerceptualWidth
	}
	return perceptual(t.fixed.Sub("perceptual"), c, t.fake, t.b)
}

func (t *training) gradients(loss *graph.Node, network string) nn.Updates {
	updates := nn.Gradients(loss, t.scope.Parameters().Trainable().Under(network))
	for i := range updates {
		updates[i].Gradient = t.mean(updates[i].Gradient)
	}
	if t.options.Gradients {
		for _, u := range updates {
			t.scope.Graph().Output("gradient/"+u.Parameter.Name, u.Gradient)
		}
	}
	return updates
}

func (t *training) update(updates nn.Updates, rate *graph.Node) {
	c := t.config
	adam := nn.Adam{Beta1: c.Beta1, Beta2: c.Beta2, Epsilon: c.Epsilon, EpsilonHat: c.EpsilonHat}
	adam.Step(t.scope, updates, rate, t.step)
}

// mean averages over all devices.
func (t *training) mean(n *graph.Node) *graph.Node {
	if t.options.devices() == 1 {
		return n
	}
	return graph.DeviceMean(n)
}

func (t *training) loss(name string, n *graph.Node) {
	t.scope.Graph().Output(name, t.mean(n))
	t.Losses = append(t.Losses, name)
}

// judgement reports how real a batch looks to D.
func (t *training) judgement(of string, logits *graph.Node) {
	t.scope.Graph().Output("discriminator/"+of, t.mean(graph.Mean(graph.Sigmoid(logits))))
	if t.options.Gradients {
		t.scope.Graph().Output("logits/"+of, logits)
	}
}

func maskName(decoder int) string { return fmt.Sprintf("mask/decoder%d", decoder) }
