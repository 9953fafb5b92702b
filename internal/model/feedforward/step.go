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

// Step is an optimisation step as a graph, or a Judgement without an update.
//
// Its inputs are a [batch, size, size, 3], photographs in [−1, 1], and the style. For
// Johnson et al.'s network the style is target/<layer> [batch, channels, channels], the
// second moments of the style's features at each of the objective's style layers; with
// several styles also blend [1, styles], 1 for the style of these moments. For an AdaIN
// network it is b, pictures of styles with the shape of a. A step with an update also has
// scalars rate and step; the first step is 1.
//
// Its outputs are fake, the painted pictures before the update, and the scalars in Losses.
type Step struct {
	Graph *graph.Graph
	// Parameters are the network's weights and the optimiser's moments.
	Parameters nn.Parameters
	// Fixed are the parameters of the VGG-19 loss network of Johnson et al.'s network. They
	// are set once (vgg.Weights.Store) and never change. The loss network of an AdaIN
	// network is its encoder, which is among Parameters: see EncoderWeights.
	Fixed nn.Parameters
	// Losses are the names of the outputs that are losses, weighted by the objective:
	// loss/content, loss/style, loss/variation if it has a weight, and their sum,
	// loss/total.
	Losses []string
}

// StepOptions are for tests and comparisons; the zero value is VGG-19.
type StepOptions struct {
	// LossWidth is the width of the loss network; 0 is VGG-19's 64. LossRank is not 0 for a
	// small network: see vgg.Config.Rank.
	LossWidth, LossRank int
	// Gradients adds outputs gradient/<parameter> for every weight.
	Gradients bool
}

// adam is the optimiser of a step: Kingma and Ba's defaults, as in Johnson et al.
var adam = nn.Adam{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}

// training is a step under construction.
type training struct {
	*Step
	config    Config
	objective style.Objective
	options   StepOptions

	scope, fixed *nn.Scope
	a            *graph.Node
}

// TrainStep builds the optimisation step of a network for batches of square photographs
// with the given side. Johnson et al.'s network minimises the objective, which must compare
// by Gram. An AdaIN network minimises Huang and Belongie's (2017, eq. 11 to 13), with the
// two weights and the total variation from the objective; only its decoder learns.
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
		return nil, errors.New("style network: training compares styles by Gram matrices only")
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
		b = t.objective.Batch(t.fixed.Sub("vgg"), LossNetwork(t.options.LossWidth, t.options.LossRank), unit(fake), unit(t.a), func(layer string, shape graph.Shape) *graph.Node {
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

// LossNetwork returns the variant of VGG-19, of the given width or of 64 for 0, that judges
// Johnson et al.'s network: as it was trained, or distilled.
func LossNetwork(width, rank int) vgg.Config {
	c := vgg.Default()
	if rank > 0 {
		c = vgg.Distilled()
		c.Rank = rank
	}
	if width > 0 {
		c.Width = width
	}
	return c
}

// learning returns the weights that a step changes, without an encoder's.
func (t *training) learning() nn.Parameters {
	return slices.DeleteFunc(t.scope.Parameters().Trainable(), func(p nn.Parameter) bool {
		return strings.HasPrefix(p.Name, scopeName+"/encoder")
	})
}

// unit maps −1..1 to 0..1.
func unit(x *graph.Node) *graph.Node { return graph.Scale(shifted(x, 1), 0.5) }
