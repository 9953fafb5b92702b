package spatial

import (
	"math"
	"math/rand/v2"
	"testing"

	"easel/internal/base/near"
	"easel/internal/engine/cpu/kernel/pointwise"
	"pgregory.net/rapid"
)

// A pass fills rows from to to of dst.
type pass func(k *pointwise.Kernels, dst []float32, from, to int)

func draw(r *rapid.T) Dims {
	side := rapid.IntRange(1, 9)
	return Dims{rapid.IntRange(1, 3).Draw(r, "batch"), side.Draw(r, "height"), side.Draw(r, "width"),
		rapid.SampledFrom([]int{1, 3, 8, 11, 16}).Draw(r, "channels")}
}

func fill(r *rapid.T, d Dims) []float32 {
	values := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
	v := make([]float32, d.Size())
	for i := range v {
		v[i] = float32(values.NormFloat64())
	}
	return v
}

// inPieces runs a pass over the whole result in ranges of random length, both
// implementations, and wants the same bits as in one range, every element
// written, nothing else touched.
func inPieces(r *rapid.T, d Dims, p pass) []float32 {
	var whole []float32
	for _, k := range []*pointwise.Kernels{{}, pointwise.Detect()} {
		whole = make([]float32, d.Size())
		pieces := make([]float32, d.Size())
		for i := range whole {
			whole[i], pieces[i] = 7777, 8888
		}
		p(k, whole, 0, d.Rows())
		for from := 0; from < d.Rows(); {
			to := rapid.IntRange(from+1, d.Rows()).Draw(r, "to")
			p(k, pieces, from, to)
			for i, v := range pieces[to*d.row():] {
				if v != 8888 {
					r.Fatalf("rows %d to %d: wrote %d elements behind them", from, to, i)
				}
			}
			from = to
		}
		for i := range whole {
			if whole[i] != pieces[i] || whole[i] == 7777 {
				r.Fatalf("element %d of %v: %g whole, %g in pieces", i, d, whole[i], pieces[i])
			}
		}
	}
	return whole
}

func compare(r *rapid.T, what string, d Dims, got []float32, want func(b, y, x, c int) float64) {
	i := 0
	for b := range d.Batch {
		for y := range d.Height {
			for x := range d.Width {
				for c := range d.Channels {
					if w := want(b, y, x, c); !near.Within(float64(got[i])-w, 1e-5) {
						r.Fatalf("%s at %d %d %d %d of %v: %g, want %g", what, b, y, x, c, d, got[i], w)
					}
					i++
				}
			}
		}
	}
}

func (d Dims) index(b, y, x, c int) int { return ((b*d.Height+y)*d.Width+x)*d.Channels + c }

// adjoint wants ⟨forward x, ȳ⟩ = ⟨x, backward ȳ⟩ for linear passes.
func adjoint(r *rapid.T, x, y, dx, dy []float32) {
	var a, b, size float64
	for i := range y {
		a += float64(y[i]) * float64(dy[i])
		size += math.Abs(float64(y[i]) * float64(dy[i]))
	}
	for i := range x {
		b += float64(x[i]) * float64(dx[i])
	}
	if !near.Within(a-b, 1e-5*(size+1)) {
		r.Fatalf("not adjoint: %g and %g", a, b)
	}
}

func drawWindow(r *rapid.T, in Dims) Window {
	if min(in.Height, in.Width) >= 2 && rapid.Bool().Draw(r, "usual") {
		return Window{2, 2}
	}
	return Window{rapid.IntRange(1, min(in.Height, in.Width)).Draw(r, "size"), rapid.IntRange(1, 4).Draw(r, "stride")}
}

func TestAveragePool(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		in := draw(r)
		w := drawWindow(r, in)
		out, x := w.Out(in), fill(r, in)
		dy := fill(r, out)
		y := inPieces(r, out, func(k *pointwise.Kernels, dst []float32, from, to int) {
			AveragePool(k, dst, x, in, w, from, to)
		})
		compare(r, "average", out, y, func(b, oy, ox, c int) float64 {
			sum := 0.0
			for i := range w.Size {
				for j := range w.Size {
					sum += float64(x[in.index(b, oy*w.Stride+i, ox*w.Stride+j, c)])
				}
			}
			return sum / float64(w.Size*w.Size)
		})
		dx := inPieces(r, in, func(k *pointwise.Kernels, dst []float32, from, to int) {
			AveragePoolGradient(k, dst, dy, in, w, from, to)
		})
		adjoint(r, x, y, dx, dy)
	})
}

func TestMaxPool(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		in := draw(r)
		w := drawWindow(r, in)
		out, x := w.Out(in), fill(r, in)
		if rapid.Bool().Draw(r, "ties") {
			for i := range x {
				x[i] = float32(int(x[i]))
			}
		}
		dy := fill(r, out)
		want := make([]float64, in.Size())
		largest := func(b, oy, ox, c int) int {
			best := in.index(b, oy*w.Stride, ox*w.Stride, c)
			for i := range w.Size {
				for j := range w.Size {
					if p := in.index(b, oy*w.Stride+i, ox*w.Stride+j, c); x[p] > x[best] {
						best = p
					}
				}
			}
			return best
		}
		y := inPieces(r, out, func(k *pointwise.Kernels, dst []float32, from, to int) {
			MaxPool(k, dst, x, in, w, from, to)
		})
		compare(r, "max", out, y, func(b, oy, ox, c int) float64 {
			want[largest(b, oy, ox, c)] += float64(dy[out.index(b, oy, ox, c)])
			return float64(x[largest(b, oy, ox, c)])
		})
		dx := inPieces(r, in, func(k *pointwise.Kernels, dst []float32, from, to int) {
			MaxPoolGradient(k, dst, dy, x, in, w, from, to)
		})
		compare(r, "max gradient", in, dx, func(b, y, x, c int) float64 { return want[in.index(b, y, x, c)] })
	})
}

func TestResize(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		in := draw(r)
		out := draw(r)
		out.Batch, out.Channels = in.Batch, in.Channels
		x, dy := fill(r, in), fill(r, out)
		y := inPieces(r, out, func(k *pointwise.Kernels, dst []float32, from, to int) {
			ResizeNearest(k, dst, out, x, in, from, to)
		})
		compare(r, "nearest", out, y, func(b, oy, ox, c int) float64 {
			return float64(x[in.index(b, oy*in.Height/out.Height, ox*in.Width/out.Width, c)])
		})
		dx := inPieces(r, in, func(k *pointwise.Kernels, dst []float32, from, to int) {
			ResizeNearestGradient(k, dst, in, dy, out, from, to)
		})
		adjoint(r, x, y, dx, dy)

		y = inPieces(r, out, func(k *pointwise.Kernels, dst []float32, from, to int) {
			ResizeBilinear(k, dst, out, x, in, from, to)
		})
		compare(r, "bilinear", out, y, func(b, oy, ox, c int) float64 {
			return tent(oy, in.Height, out.Height, func(i int) float64 {
				return tent(ox, in.Width, out.Width, func(j int) float64 { return float64(x[in.index(b, i, j, c)]) })
			})
		})
		dx = inPieces(r, in, func(k *pointwise.Kernels, dst []float32, from, to int) {
			ResizeBilinearGradient(k, dst, in, dy, out, from, to)
		})
		adjoint(r, x, y, dx, dy)
	})
}

// tent interpolates by the triangle filter's weights, with clamped taps.
func tent(i, old, size int, value func(i int) float64) float64 {
	at, sum := (float64(i)+0.5)*float64(old)/float64(size)-0.5, 0.0
	for tap := -old - 1; tap <= 2*old+1; tap++ {
		if w := 1 - math.Abs(at-float64(tap)); w > 0 {
			sum += w * value(min(max(tap, 0), old-1))
		}
	}
	return sum
}

func TestBorder(t *testing.T) {
	t.Parallel()
	for mode, name := range []string{"zero", "reflect", "replicate"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(r *rapid.T) { checkBorder(r, BorderMode(mode)) })
		})
	}
	for mode, want := range []string{"00123400", "32123432", "11123444"} {
		for i := range want {
			got := byte('0')
			if at := BorderMode(mode).source(i-2, 4); at >= 0 {
				got = "1234"[at]
			}
			if got != want[i] {
				t.Errorf("mode %d place %d: %c, want %c", mode, i, got, want[i])
			}
		}
	}
}

func checkBorder(r *rapid.T, mode BorderMode) {
	in := draw(r)
	most := func(n int) int {
		if mode == ReflectBorder {
			return n - 1
		}
		return 5
	}
	v, h := rapid.IntRange(0, most(in.Height)), rapid.IntRange(0, most(in.Width))
	p := Padding{v.Draw(r, "top"), h.Draw(r, "left"), v.Draw(r, "bottom"), h.Draw(r, "right")}
	out, x := p.Out(in), fill(r, in)
	dy := fill(r, out)
	y := inPieces(r, out, func(k *pointwise.Kernels, dst []float32, from, to int) {
		Border(k, dst, x, in, mode, p, from, to)
	})
	compare(r, "border", out, y, func(b, oy, ox, c int) float64 {
		sy, sx := mode.source(oy-p.Top, in.Height), mode.source(ox-p.Left, in.Width)
		if min(sy, sx) < 0 {
			return 0
		}
		return float64(x[in.index(b, sy, sx, c)])
	})
	dx := inPieces(r, in, func(k *pointwise.Kernels, dst []float32, from, to int) {
		BorderGradient(k, dst, dy, in, mode, p, from, to)
	})
	adjoint(r, x, y, dx, dy)
}

func TestNothingAllocates(t *testing.T) {
	k := pointwise.Detect()
	in := Dims{1, 8, 8, 8}
	x, dx := make([]float32, in.Size()), make([]float32, in.Size())
	w := Window{3, 2}
	y := make([]float32, w.Out(in).Size())
	allocations := testing.AllocsPerRun(5, func() {
		MaxPool(k, y, x, in, w, 0, w.Out(in).Rows())
		MaxPoolGradient(k, dx, y, x, in, w, 0, in.Rows())
		AveragePool(k, y, x, in, w, 0, w.Out(in).Rows())
		AveragePoolGradient(k, dx, y, in, w, 0, in.Rows())
		ResizeBilinearGradient(k, dx, in, y, w.Out(in), 0, in.Rows())
		BorderGradient(k, dx, x, in, ReflectBorder, Padding{}, 0, in.Rows())
	})
	if allocations != 0 {
		t.Errorf("%g allocations", allocations)
	}
}
