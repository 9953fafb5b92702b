package pix2pix

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
	"easel/internal/model/vgg"
)

type (
	// PixelLoss compares the output with the target, pixel by pixel.
	PixelLoss string
	// AdversarialLoss says what a discriminator is shown.
	AdversarialLoss string
)

const (
	// NoPixelLoss leaves the output to the discriminator alone.
	NoPixelLoss PixelLoss = ""
	// L1 is the mean absolute difference (eq. 3).
	L1 PixelLoss = "l1"
	// L2 is the mean squared difference.
	L2 PixelLoss = "l2"
	// ClassEntropy is the softmax cross-entropy of classes. The generator is then a
	// segmentation network without a discriminator, which can judge pictures by whether
	// labels can be read in them (§3.4). OutputChannels is the number of classes, and the
	// output are their logits.
	ClassEntropy PixelLoss = "cross-entropy"

	// NoAdversary means no discriminator.
	NoAdversary AdversarialLoss = ""
	// GAN shows the discriminator the output alone (eq. 2).
	GAN AdversarialLoss = "gan"
	// CGAN shows it the input as well (eq. 1).
	CGAN AdversarialLoss = "cgan"
)

// Objective is what the generator minimises: a pixel loss, an adversarial loss, or
// both. Its text is "l1", "cgan" or "l1+cgan".
type Objective struct {
	Pixel       PixelLoss
	Adversarial AdversarialLoss
}

// Alone returns the objective with only the pixel loss.
func (p PixelLoss) Alone() Objective { return Objective{Pixel: p} }

// With is the objective of both losses.
func (p PixelLoss) With(a AdversarialLoss) Objective { return Objective{p, a} }

// Alone returns the objective with only the adversarial loss.
func (a AdversarialLoss) Alone() Objective { return Objective{Adversarial: a} }

// Objectives returns all objectives: the rows of the paper's Table 1, the same with L2, and
// finally ClassEntropy.
func Objectives() (all []Objective) {
	for _, a := range []AdversarialLoss{NoAdversary, GAN, CGAN} {
		for _, p := range []PixelLoss{NoPixelLoss, L1, L2} {
			if o := p.With(a); o != (Objective{}) {
				all = append(all, o)
			}
		}
	}
	return append(all, ClassEntropy.Alone())
}

// inWords describes the objectives for people, except that of the task labels, which is
// implied.
const inWords = "a pixel loss (l1 or l2), an adversarial loss (gan or cgan), or both, such as l1+cgan"

// ParseObjective is the inverse of String.
func ParseObjective(text string) (Objective, error) {
	for _, o := range Objectives() {
		if strings.EqualFold(o.String(), text) {
			return o, nil
		}
	}
	return Objective{}, errors.New("expected " + inWords)
}

// String returns the objective's name, such as "l1+cgan".
func (o Objective) String() string {
	if o.Pixel == NoPixelLoss || o.Adversarial == NoAdversary {
		return string(o.Pixel) + string(o.Adversarial)
	}
	return string(o.Pixel) + "+" + string(o.Adversarial)
}

// MarshalText implements encoding.TextMarshaler.
func (o Objective) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (o *Objective) UnmarshalText(text []byte) (err error) {
	if *o, err = ParseObjective(string(text)); err != nil {
		return fmt.Errorf("objective %q: %w", text, err)
	}
	return nil
}

// valid reports whether the two losses exist and can be combined.
func (o Objective) valid() bool { return slices.Contains(Objectives(), o) }

// discriminatorLosses returns the two halves of the discriminator's loss (§3.1, eq. 1),
// each a mean over patches and batch, from its logits.
func (c Config) discriminatorLosses(real, fake *graph.Node) (ofReal, ofFake *graph.Node) {
	target := float32(1 - c.LabelSmoothing)
	switch c.GANLoss {
	case LeastSquares:
		return graph.LeastSquares(real, target), graph.LeastSquares(fake, 0)
	case Hinge:
		return graph.Hinge(real, 1), graph.Hinge(fake, -1)
	}
	return graph.CrossEntropy(real, target), graph.CrossEntropy(fake, 0)
}

// generatorLoss returns the generator's adversarial loss, a mean over patches and batch,
// from the discriminator's logits for its output: maximise log D(x, G(x)) instead of
// minimising log(1 − D(x, G(x))) (§3.3).
func (c Config) generatorLoss(fake *graph.Node) *graph.Node {
	switch c.GANLoss {
	case LeastSquares:
		return graph.LeastSquares(fake, 1)
	case Hinge:
		return graph.Scale(graph.Mean(fake), -1)
	}
	return graph.CrossEntropy(fake, 1)
}

// pixelLoss is the mean over all elements of |y − G(x)| (eq. 3), or of its
// square; nil if the objective has neither.
func (c Config) pixelLoss(fake, y *graph.Node) *graph.Node {
	switch c.Objective.Pixel {
	case L2:
		return graph.L2(fake, y)
	case L1:
		return graph.L1(fake, y)
	}
	return nil
}

// meanOf is the mean of losses.
func meanOf(losses []*graph.Node) *graph.Node {
	sum := losses[0]
	for _, loss := range losses[1:] {
		sum = graph.Add(sum, loss)
	}
	if len(losses) == 1 {
		return sum
	}
	return graph.Scale(sum, 1/float32(len(losses)))
}

// featureMatching is the mean over discriminators and their layers, except the
// last, of the mean absolute difference between their features of generated
// pictures and of the targets (Wang et al. 2018, eq. 4).
func featureMatching(made, targets []verdict) *graph.Node {
	var losses []*graph.Node
	for i, v := range made {
		for k, f := range v.features {
			losses = append(losses, graph.L1(f, targets[i].features[k]))
		}
	}
	return meanOf(losses)
}

// perceptualLayers are the layers of the perceptual loss.
func perceptualLayers() []string { return []string{"relu1_1", "relu2_1", "relu3_1", "relu4_1"} }

// perceptual returns the distance between VGG-19's features of generated pictures and of
// the targets, both in −1..1: the sum over layers of the mean absolute difference, divided
// by the mean of the target's activations, which gives the layers a common scale. The scope
// is the network's.
func perceptual(s *nn.Scope, c vgg.Config, made, target *graph.Node) *graph.Node {
	see := func(x *graph.Node) map[string]*graph.Node {
		half := s.Graph().Constant([]float32{0.5, 0.5, 0.5}, 3)
		return vgg.Features(s, c, graph.AddBias(graph.Scale(x, 0.5), half), perceptualLayers()...)
	}
	ofMade, ofTarget := see(made), see(target)
	var sum *graph.Node
	for _, name := range perceptualLayers() {
		size := graph.Mean(ofTarget[name])
		loss := graph.Mul(graph.L1(ofMade[name], ofTarget[name]), graph.Pow(size, -1))
		if sum == nil {
			sum = loss
		} else {
			sum = graph.Add(sum, loss)
		}
	}
	return sum
}

// PerceptualDistance is the perceptual loss alone for pictures of the given size: a network
// with inputs made and target [1, height, width, 3] in −1..1 and a scalar output distance.
// VGG-19 has the given width; its weights are the parameters (vgg.Weights.Store).
func PerceptualDistance(width, height, pictureWidth int) (*Network, error) {
	c := vgg.Default()
	c.Width = width
	network := &Network{}
	g, err := graph.Build(func(g *graph.Graph) {
		scope := nn.NewScope(g)
		made, target := g.Input("made", 1, height, pictureWidth, 3), g.Input("target", 1, height, pictureWidth, 3)
		g.Output("distance", perceptual(scope.Sub("perceptual"), c, made, target))
		network.Parameters = scope.Parameters()
	})
	if err != nil {
		return nil, fmt.Errorf("perceptual distance: %w", err)
	}
	network.Graph = g
	return network, nil
}

// gradientPenalty is E|∇D(y)|² over a batch of pictures y, where D(y) is the mean of D's
// map, from its logits (Mescheder et al. 2018).
func gradientPenalty(logits, y *graph.Node) *graph.Node {
	batch := float32(y.Shape()[0])
	// The gradient of the sum over pictures consists of each picture's own.
	gradient := graph.Gradient(graph.Scale(graph.Mean(logits), batch), y)[0]
	elements := float32(y.Shape().Size())
	return graph.Scale(graph.Mean(graph.Mul(gradient, gradient)), elements/batch)
}
