package video

import (
	"context"
	"math"

	"easel/internal/file/imgio"
)

// Network paints pictures one by one, knowing nothing of time.
type Network interface {
	Picture(ctx context.Context, p *imgio.Picture) (*imgio.Picture, error)
}

// steadied paints frames by a network and blends them with the frame before.
type steadied struct {
	network   Network
	stability float64
}

// Steadied makes a Painter of a network: what it paints is blended with the frame before,
// whose weight is stability, from 0 to below 1, where the motion can be trusted.
func Steadied(n Network, stability float64) Painter { return steadied{n, stability} }

// Paint implements Painter.
func (s steadied) Paint(ctx context.Context, v View) (*imgio.Picture, error) {
	p, err := s.network.Picture(ctx, v.Frame)
	if err != nil || v.Before == nil || s.stability == 0 {
		return p, err
	}
	before, err := v.Before.Convert(p.Channels)
	if err != nil {
		return p, nil // channels that cannot be compared: a frame of its own
	}
	blend(p, before, v.Trust, float32(s.stability))
	return p, nil
}

// around is how many pixels to each side detail is measured over.
const around = 4

// blend changes p by moved, which has its size, where that is trusted: to the weighted mean
// of both. A mean of detail that differs is blurred, more so with every frame. So what
// departs from the mean of its neighbourhood is enlarged again, until its variance there is
// the mean of that of p and of moved: the blending of Heitz and Neyret (2018), which keeps
// variance, with the variances as they are and not as they would be of independent
// pictures.
func blend(p, moved *imgio.Picture, trust []float32, stability float32) {
	n := p.Channels
	size := area{p.Width, p.Height, n}
	fresh, old := size.detail(p.Pix), size.detail(moved.Pix)
	for i := range p.Pix {
		w := stability * trust[i/n]
		p.Pix[i] += w * (moved.Pix[i] - p.Pix[i])
	}
	blended := size.detail(p.Pix)
	parallel(p.Height, func(y int) {
		for i := y * p.Width * n; i < (y+1)*p.Width*n; i++ {
			w := stability * trust[i/n]
			want := fresh.variance[i] + w*(old.variance[i]-fresh.variance[i])
			gain := contrast(want, blended.variance[i])
			p.Pix[i] = min(max(blended.mean[i]+gain*(p.Pix[i]-blended.mean[i]), 0), 1)
		}
	})
}

// most is how much contrast is enlarged at most.
const most = 2

// contrast is the factor that gives a variance to what has another.
func contrast(want, have float32) float32 {
	if want <= have {
		return 1
	}
	if want >= most*most*have {
		return most
	}
	return float32(math.Sqrt(float64(want / have)))
}

// area is the shape of values [height, width, channels].
type area struct{ width, height, channels int }

// detail is the mean and the variance of each value's neighbourhood.
type detail struct{ mean, variance []float32 }

func (a area) detail(v []float32) detail {
	squares := make([]float32, len(v))
	for i, x := range v {
		squares[i] = x * x
	}
	d := detail{a.mean(v), a.mean(squares)}
	for i, m := range d.mean {
		d.variance[i] = max(d.variance[i]-m*m, 0)
	}
	return d
}

// mean is the mean over the square around each value, as far as it is within the picture.
func (a area) mean(v []float32) []float32 {
	across, out := make([]float32, len(v)), make([]float32, len(v))
	row := a.width * a.channels
	parallel(a.height, func(y int) {
		for c := range a.channels {
			slide(across[y*row+c:], v[y*row+c:], a.width, a.channels)
		}
	})
	const blocks = 16 // of columns, which do not depend on each other
	parallel(blocks, func(b int) {
		from, to := row*b/blocks, row*(b+1)/blocks
		a.down(out, across, from, to)
	})
	return out
}

// down writes the means of windows of rows, of the values from one to another of each row.
func (a area) down(dst, src []float32, from, to int) {
	row := a.width * a.channels
	line := func(v []float32, y int) []float32 { return v[y*row+from : y*row+to] }
	sum, n := make([]float32, to-from), float32(0)
	add := func(y int, sign float32) {
		n += sign
		for i, v := range line(src, y) {
			sum[i] += sign * v
		}
	}
	for y := range min(around, a.height) {
		add(y, 1)
	}
	for y := range a.height {
		if in := y + around; in < a.height {
			add(in, 1)
		}
		if out := y - around - 1; out >= 0 {
			add(out, -1)
		}
		made := line(dst, y)
		for i, v := range sum {
			made[i] = v / n
		}
	}
}

// slide writes the means of windows over count values that are step apart.
func slide(dst, src []float32, count, step int) {
	sum, n := float32(0), float32(0)
	for k := range min(around, count) {
		sum, n = sum+src[k*step], n+1
	}
	for k := range count {
		if in := k + around; in < count {
			sum, n = sum+src[in*step], n+1
		}
		if out := k - around - 1; out >= 0 {
			sum, n = sum-src[out*step], n-1
		}
		dst[k*step] = sum / n
	}
}
