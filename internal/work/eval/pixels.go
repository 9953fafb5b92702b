package eval

import (
	"context"
	"fmt"
	"math"

	"easel/internal/data/metric"
	"easel/internal/file/imgio"
)

// pixelJudge compares pictures sample by sample and window by window.
type pixelJudge struct{ scales int }

// most is the PSNR of equal pictures, in decibels, because JSON has no infinity.
const most = 100

func shapeOf(p *imgio.Picture) metric.Shape {
	return metric.Shape{Height: p.Height, Width: p.Width, Channels: p.Channels}
}

func (j pixelJudge) measures() []Measure {
	return []Measure{
		{L1, "L1", Lower, "mean absolute difference of samples in −1..1"},
		{L2, "L2", Lower, "mean squared difference of samples in −1..1"},
		{PSNR, "PSNR", Higher, fmt.Sprintf("peak signal-to-noise ratio in decibels, mean over pictures; %d at most", most)},
		{SSIM, "SSIM", Higher, "structural similarity as scikit-image has it: 7×7 windows, mean over channels"},
		{MSSIM, "MS-SSIM", Higher, fmt.Sprintf("multi-scale structural similarity (Wang et al. 2003) over %d of its 5 scales, as many as fit the pictures", j.scales)},
	}
}

// summands are the values, to be averaged, and 1 to count the picture.
func (pixelJudge) summands(_ context.Context, s *sample) ([]float64, error) {
	made, target, shape := s.made.Pix, s.target.Pix, shapeOf(s.target)
	ssim, err := metric.SSIM(made, target, shape, 1)
	if err != nil {
		return nil, err
	}
	multi, _, err := metric.MultiScaleSSIM(made, target, shape, 1)
	if err != nil {
		return nil, err
	}
	const span = 2 // −1..1 for 0..1
	return []float64{
		span * metric.L1(made, target), span * span * metric.L2(made, target),
		math.Min(metric.PSNR(made, target, 1), most), ssim, multi, 1,
	}, nil
}

func (pixelJudge) value(sums []float64) []float64 { return means(sums) }

// means divides all sums by the last one, the number of pictures.
func means(sums []float64) []float64 {
	n := len(sums) - 1
	out := make([]float64, n)
	for i := range out {
		out[i] = sums[i] / sums[n]
	}
	return out
}
