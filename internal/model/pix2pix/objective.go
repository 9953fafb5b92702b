package pix2pix

import "easel/internal/engine/graph"

// discriminatorLosses are the two halves of what the discriminator minimises
// (§3.1, eq. 1), each a mean over patches and batch, given its logits.
func (c Config) discriminatorLosses(real, fake *graph.Node) (ofReal, ofFake *graph.Node) {
	switch c.GANLoss {
	case LeastSquares:
		return graph.LeastSquares(real, 1), graph.LeastSquares(fake, 0)
	case Hinge:
		return graph.Hinge(real, 1), graph.Hinge(fake, -1)
	}
	return graph.CrossEntropy(real, 1), graph.CrossEntropy(fake, 0)
}

// generatorLoss is the generator's adversarial loss, a mean over patches and
// batch, given the discriminator's logits for what it made: maximise
// log D(x, G(x)) instead of minimising log(1 − D(x, G(x))) (§3.3).
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
	switch {
	case c.squared():
		return graph.L2(fake, y)
	case c.absolute():
		return graph.L1(fake, y)
	}
	return nil
}
