package eval

import (
	"context"

	"easel/internal/data/metric"
	"easel/internal/file/imgio"
)

// diversityJudge measures how much outputs for one input differ when the noise is drawn
// again. With dropout they differ very little, according to Isola et al. 2017 §3.1.
type diversityJudge struct{ samples int }

func (j diversityJudge) measures() []Measure {
	return []Measure{
		{Diversity, "diversity", Neither, "mean L1 in −1..1 between pairs of outputs for one input with other noise; 0: the noise does nothing"},
		{DiversitySSIM, "diversity, structure", Neither, "mean of 1 − SSIM between pairs of outputs for one input with other noise"},
	}
}

// summands are means over the pairs of samples, and 1 to count the picture. The first
// sample is the output that other judges see.
func (j diversityJudge) summands(ctx context.Context, s *sample) ([]float64, error) {
	samples := []*imgio.Picture{s.made}
	for k := 1; k < j.samples; k++ {
		p, err := s.again(ctx, k)
		if err != nil {
			return nil, err
		}
		samples = append(samples, imgio.Quantise(p))
	}
	var l1, structure, pairs float64
	for i, a := range samples {
		for _, b := range samples[:i] {
			ssim, err := metric.SSIM(a.Pix, b.Pix, shapeOf(a), 1)
			if err != nil {
				return nil, err
			}
			l1 += 2 * metric.L1(a.Pix, b.Pix)
			structure += 1 - ssim
			pairs++
		}
	}
	return []float64{l1 / pairs, structure / pairs, 1}, nil
}

func (diversityJudge) value(sums []float64) []float64 { return means(sums) }
