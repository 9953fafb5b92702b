package pix2pix

import (
	"math/rand/v2"

	"easel/internal/engine/graph"
)

// augmented returns the pictures as D sees them. If the configuration augments (Zhao et al.
// 2020), x and y are shifted and lose a square of half their sides, both alike, and y's
// brightness, saturation and contrast are changed. All passes of a step change a pair in
// the same way, and the generator's gradient passes through the changes.
func (t *training) augmented(x, y *graph.Node) (*graph.Node, *graph.Node) {
	if !t.config.Augment {
		return x, y
	}
	colours := 0
	if t.config.OutputChannels != 3 {
		colours = t.config.OutputChannels // none: brightness has no meaning for other data
	}
	return graph.Augment(x, t.how, t.config.InputChannels), graph.Augment(y, t.how, colours)
}

// AugmentNumbers returns the input augment of a step, for a batch of pictures of the given
// size, in the ranges of Zhao et al.'s program. They depend only on seed, step and a
// picture's position in the batch.
func AugmentNumbers(seed, step uint64, batch, height, width int) []float32 {
	random := rand.New(rand.NewPCG(seed, step))
	numbers := make([]float32, 0, batch*graph.AugmentSize)
	for range batch {
		brightness, saturation, contrast := random.Float32()-0.5, 2*random.Float32(), random.Float32()+0.5
		shift := func(side int) float32 { return float32(random.IntN(2*(side/8)+1) - side/8) }
		cut := func(side int) float32 { return float32(random.IntN(side+1) - side/4) } // the centre of the square is in the picture
		numbers = append(numbers, brightness, saturation, contrast, shift(height), shift(width), cut(height), cut(width))
	}
	return numbers
}
