package stylize_test

import (
	"math"

	"easel/internal/data/metric"
	"easel/internal/file/imgio"
)

// judgement is how far a picture is from a style, and how much is left of a
// content: without any network.
type judgement struct{ colour, texture, edges float64 }

func judge(p, content, style *imgio.Picture) judgement {
	content = imgio.Resize(content, p.Width, p.Height, imgio.Lanczos)
	// The style as large as the run saw it.
	f := math.Sqrt(float64(p.Width*p.Height) / float64(style.Width*style.Height))
	style = imgio.Resize(style, int(float64(style.Width)*f), int(float64(style.Height)*f), imgio.Lanczos)
	edges, _ := metric.SSIM(edgeMap(p), edgeMap(content), metric.Shape{Height: p.Height - 1, Width: p.Width - 1, Channels: 1}, 0.5)
	return judgement{colourDistance(p, style), textureDistance(p, style), edges}
}

// colourDistance is the mean earth mover's distance of the histograms of L, a
// and b, in units of CIELAB.
func colourDistance(p, q *imgio.Picture) (sum float64) {
	lab := func(p *imgio.Picture) []float32 {
		out := make([]float32, len(p.Pix))
		imgio.ToLab(out, p)
		return out
	}
	a, b := lab(p), lab(q)
	for c := range 3 {
		width := metric.LabBinCentre(c, 1) - metric.LabBinCentre(c, 0)
		sum += metric.EarthMover(metric.LabHistogram(a, c), metric.LabHistogram(b, c), width) / 3
	}
	return sum
}

// textureDistance compares the horizontal, vertical and two diagonal
// derivatives of the luma at four scales: the mean difference of the logarithms
// of their mean sizes and of their kurtosis-like ratios.
func textureDistance(p, q *imgio.Picture) (sum float64) {
	a, b := textureStatistics(p), textureStatistics(q)
	for i := range a {
		sum += math.Abs(a[i]-b[i]) / float64(len(a))
	}
	return sum
}

func textureStatistics(p *imgio.Picture) (list []float64) {
	for range 4 {
		y := metric.Luminance(p.Pix, metric.Shape{Height: p.Height, Width: p.Width, Channels: 3})
		for _, d := range [][2]int{{1, 0}, {0, 1}, {1, 1}, {1, -1}} {
			first, second := 0.0, 0.0
			n := 0
			for r := 1; r < p.Height-1; r++ {
				for c := 1; c < p.Width-1; c++ {
					v := math.Abs(float64(y[(r+d[1])*p.Width+c+d[0]] - y[r*p.Width+c]))
					first += v
					second += v * v
					n++
				}
			}
			first /= float64(n)
			list = append(list, math.Log(first), math.Log(second/float64(n)/(first*first)))
		}
		p = imgio.Resize(p, p.Width/2, p.Height/2, imgio.Area)
	}
	return list
}

// edgeMap is the size of the luma's gradient, [height−1, width−1], slightly
// blurred: strokes move edges by a pixel or two.
func edgeMap(p *imgio.Picture) []float32 {
	smooth := imgio.Resize(imgio.Resize(p, max(p.Width/2, 1), max(p.Height/2, 1), imgio.Area), p.Width, p.Height, imgio.Bilinear)
	y := metric.Luminance(smooth.Pix, metric.Shape{Height: p.Height, Width: p.Width, Channels: 3})
	out := make([]float32, 0, len(y))
	for r := range p.Height - 1 {
		for c := range p.Width - 1 {
			dx, dy := y[r*p.Width+c+1]-y[r*p.Width+c], y[(r+1)*p.Width+c]-y[r*p.Width+c]
			out = append(out, float32(math.Hypot(float64(dx), float64(dy))))
		}
	}
	return out
}
