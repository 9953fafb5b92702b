package feedforward

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
)

// Step is one optimisation step, or a Judgement of the network as it is, as a graph.
//
// Its inputs are a [batch, size, size, 3], photographs in [−1, 1], and what says
// which style is wanted: of Johnson et al.'s network target/<layer> [batch, channels,
// channels], the second moments of the style's features at each of the objective's
// style layers, and where it learns several styles blend [1, styles], 1 for the one that
// these are of; of an AdaIN network b, pictures of styles like those of a. A step that
// updates has rate and step too, scalars, the first step being 1.
//
// Its outputs are fake, the painted pictures before the update, and the scalars in
// Losses.
type Step struct {
	Graph *graph.Graph
	// Parameters are the network's weights and the optimiser's moments.
	Parameters nn.Parameters
	// Fixed are those of the VGG-19 that judges what Johnson et al.'s network paints.
	// They are given once (vgg.Weights.Store) and never change. An AdaIN network's
	// encoder, which judges its pictures, is among Parameters: see EncoderWeights.
	Fixed nn.Parameters
	// Losses are the names of the outputs that are losses, weighted as the objective
	// says: loss/content, loss/style, loss/variation where there is one, and loss/total,
	// which is their sum.
	Losses []string
}

// StepOptions are for tests and comparisons; the zero value is VGG-19.
type StepOptions struct {
	// LossWidth is the width of the network that judges; 0 is VGG-19's 64.
	LossWidth int
	// Gradients adds outputs gradient/<parameter> for every weight.
	Gradients bool
}

// adam is the optimiser of a step: Kingma and Ba's defaults, as Johnson et al. have
// them.
var adam = nn.Adam{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}

// training is a step being built.
type training struct {
	*Step
	config    Config
	objective style.Objective
	options   StepOptions

	scope, fixed *nn.Scope
	a            *graph.Node
}

// TrainStep builds the optimisation step of a network for batches of square
// photographs of the given side. Johnson et al.'s network minimises the objective, whose comparison
// is Gram. An AdaIN network minimises Huang and Belongie's (2017, eq. 11 to 13), of
// which the objective has the two weights and the total variation; only its decoder
// learns.
func TrainStep(c Config, o style.Objective, batch, size int, options StepOptions) (*Step, error) {
	return newStep(c, o, batch, size, options, func(t *training, loss *graph.Node) {
		updates := nn.Gradients(loss, t.learning())
		if options.Gradients {
			for _, u := range updates {
				t.scope.Graph().Output("gradient/"+u.Parameter.Name, u.Gradient)
			}
		}
		g := t.scope.Graph()
		adam.Step(t.scope, updates, g.Input("rate"), g.Input("step"))
	})
}

// Judgement is a step without an update: it measures the losses of one picture.
func Judgement(c Config, o style.Objective, size int, options StepOptions) (*Step, error) {
	return newStep(c, o, 1, size, options, func(*training, *graph.Node) {})
}

func newStep(c Config, o style.Objective, batch, size int, options StepOptions, update func(t *training, loss *graph.Node)) (*Step, error) {
	if err := c.checkSizes(batch, size, size); err != nil {
		return nil, err
	}
	if o.Comparison != style.Gram {
		return nil, errors.New("style network: styles are compared by Gram matrices in training")
	}
	step := &Step{}
	g, err := graph.Build(func(g *graph.Graph) {
		t := &training{Step: step, config: c, objective: o, options: options, scope: nn.NewScope(g), fixed: nn.NewScope(g)}
		t.a = g.Input("a", batch, size, size, Channels)
		update(t, t.losses())
		t.Parameters, t.Fixed = t.scope.Parameters(), t.fixed.Parameters()
	})
	if err != nil {
		return nil, fmt.Errorf("style network: %w", err)
	}
	step.Graph = g
	return step, nil
}

// losses adds the network and its losses, and returns their sum.
func (t *training) losses() *graph.Node {
	g, s := t.scope.Graph(), t.scope.Sub(scopeName)
	var fake *graph.Node
	var b style.Batch
	if t.config.Any() {
		fake, b = t.arbitrary(s)
	} else {
		fake = johnson(s, t.config, t.a)
		b = t.objective.Batch(t.fixed.Sub("vgg"), LossNetwork(t.options.LossWidth), unit(fake), unit(t.a), func(layer string, shape graph.Shape) *graph.Node {
			return g.Input("target/"+layer, shape...)
		})
	}
	g.Output("fake", fake)
	t.loss("content", b.Content)
	t.loss("style", b.Style)
	t.loss("variation", b.Variation)
	t.loss("total", b.Total())
	return b.Total()
}

func (t *training) loss(name string, n *graph.Node) {
	if n != nil {
		t.scope.Graph().Output("loss/"+name, n)
		t.Losses = append(t.Losses, "loss/"+name)
	}
}

// LossNetwork is how the VGG-19 of the given width, or of 64 for 0, that judges
// Johnson et al.'s network is run: as it was trained.
func LossNetwork(width int) vgg.Config {
	c := vgg.Default()
	if width > 0 {
		c.Width = width
	}
	return c
}

// learning are the weights that a step changes: not an encoder's.
func (t *training) learning() nn.Parameters {
	return slices.DeleteFunc(t.scope.Parameters().Trainable(), func(p nn.Parameter) bool {
		return strings.HasPrefix(p.Name, scopeName+"/encoder")
	})
}

// unit brings −1..1 to 0..1.
func unit(x *graph.Node) *graph.Node { return graph.Scale(shifted(x, 1), 0.5) }
