package pix2pix

// Rate is the learning rate during an epoch, counted from 1, of a run of the
// given number of epochs. The linear schedule of N constant epochs and M of
// decay (DecayFrom = N/(N+M)) is the PyTorch port's: the rate goes down by
// 1/(M+1) of itself an epoch, from the first after N, and ends above 0. Runs
// that are not measured in whole epochs may pass fractions.
func (c Config) Rate(epoch, epochs float64) float64 {
	if c.Schedule == ConstantRate {
		return c.LearningRate
	}
	constant := c.DecayFrom * epochs
	decay := max(epochs-constant, 0)
	return c.LearningRate * max(0, 1-max(0, epoch-constant)/(decay+1))
}
