package pix2pix

import "math"

// Rate returns the learning rate during an epoch, counted from 1, of a run with the given
// number of epochs. The linear schedule of N constant and M decaying epochs (DecayFrom =
// N/(N+M)) is the PyTorch port's: the rate falls by 1/(M+1) of itself per epoch, from the
// first after N, and ends above 0. Runs that are not measured in whole epochs may pass
// fractions. For the plateau schedule it is the rate before any plateau.
func (c Config) Rate(epoch, epochs float64) float64 {
	done := 0.0 // fraction of the run before this epoch
	if epochs > 0 {
		done = min(max((epoch-1)/epochs, 0), 1)
	}
	switch c.Schedule {
	case LinearDecay:
		constant := c.DecayFrom * epochs
		decay := max(epochs-constant, 0)
		return c.LearningRate * max(0, 1-max(0, epoch-constant)/(decay+1))
	case CosineDecay:
		return c.LearningRate * (1 + math.Cos(math.Pi*done)) / 2
	case StepDecay:
		return c.LearningRate * math.Pow(0.1, math.Floor(4*done))
	}
	return c.LearningRate
}
