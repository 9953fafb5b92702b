package eval

import (
	"context"

	"easel/internal/data/metric"
)

// textureJudge compares edges and detail regardless of their position, without a network.
// It reveals blur, which L1 rewards.
type textureJudge struct{}

func (textureJudge) measures() []Measure {
	return []Measure{
		{Sharpness, "sharpness", Neither, "mean length of the luminance's gradient in the outputs divided by the targets': below 1 is blurred, above 1 noisy"},
		{Gradients, "gradients", Lower, "earth mover's distance between the distributions of the gradient's length, in levels of 8 bits a pixel"},
		{Grid, "grid", Neither, "mean logarithm of the power at periods of 2, 4 and 8 pixels over that beside them, in the outputs less that in the targets: 0 is as it should be, 1 is seen as a pattern"},
		{Spectrum, "spectrum", Lower, "distance of the mean power spectra, root mean square of natural logarithms over frequencies"},
	}
}

// summands are, for output and target each, the gradient's histogram, its mean length, the
// grid and the spectrum; and 1 to count the picture.
func (textureJudge) summands(_ context.Context, s *sample) ([]float64, error) {
	shape := shapeOf(s.target)
	var out []float64
	for _, pix := range [][]float32{s.made.Pix, s.target.Pix} {
		out = append(out, metric.GradientHistogram(pix, shape)...)
		out = append(out, metric.GradientMagnitude(pix, shape), metric.Grid(pix, shape))
		out = append(out, metric.Spectrum(pix, shape)...)
	}
	return append(out, 1), nil
}

func (textureJudge) value(sums []float64) []float64 {
	mean := means(sums)
	made, target := mean[:len(mean)/2], mean[len(mean)/2:]
	n := metric.GradientBins
	return []float64{
		made[n] / target[n],
		metric.EarthMover(made[:n], target[:n], metric.GradientWidth) * 255,
		made[n+1] - target[n+1],
		metric.SpectrumDistance(made[n+2:], target[n+2:]),
	}
}
