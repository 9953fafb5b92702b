package pix2pix

import (
	"fmt"
	"math"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// AverageScope contains the average of the generator's weights, such as
// average/generator/encoder1/kernel.
const AverageScope = "average"

// AverageEvery is the number of steps between updates of the average, each of which costs
// as much memory traffic as a step's own update.
const AverageEvery = 8

// Averaging is the graph that updates the average of the generator's weights
// (Polyak and Juditsky 1992; Yazıcı et al. 2019 for GANs): with input
// rate, a scalar, average ← average + rate·(weights − average). See
// [Config.AverageRate].
func Averaging(c Config) (*Network, error) {
	size := c.ImageSize
	generator, err := Inference(c, 1, size, size, InferenceOptions{})
	if err != nil {
		return nil, fmt.Errorf("averaging: %w", err)
	}
	network := &Network{}
	network.Graph, err = graph.Build(func(g *graph.Graph) {
		scope := nn.NewScope(g)
		rate := g.Input("rate")
		for _, p := range generator.Parameters {
			average := scope.Sub(AverageScope).StateFrom(p.Name, p.Init, p.Shape...)
			graph.Blend(average, g.Parameter(p.Name, p.Shape...), rate)
		}
		network.Parameters = scope.Parameters()
	})
	return network, err
}

// AverageRate returns the fraction of the average that is replaced by the weights after a
// step, a multiple of AverageEvery; the first step is 1. The average forgets over 1/(1 −
// Average) steps, and in the beginning over a tenth of the steps so far, so that the
// untrained weights soon no longer count.
func (c Config) AverageRate(step int) float64 {
	decay := min(c.Average, (1+float64(step))/(10+float64(step)))
	return 1 - math.Pow(decay, AverageEvery)
}
