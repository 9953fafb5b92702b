package flow_test

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"easel/internal/data/flow"
	"easel/internal/file/imgio"
)

// motion says where a point of the first frame is in the second.
type motion func(x, y float64) (toX, toY float64)

func moved(dx, dy float64) motion {
	return func(x, y float64) (float64, float64) { return x + dx, y + dy }
}

// turned turns by an angle and enlarges, around a centre.
func turned(angle, zoom, cx, cy float64) motion {
	s, c := math.Sincos(angle)
	return func(x, y float64) (float64, float64) {
		x, y = x-cx, y-cy
		return cx + zoom*(c*x-s*y), cy + zoom*(s*x+c*y)
	}
}

// texture is drawn everywhere, so that a point has the same colour in every frame.
func texture(x, y float64) float64 {
	v := 0.5
	for i := range 14 {
		k := 2 * math.Pi / (5 * math.Pow(1.35, float64(i)))
		angle := 2.4 * float64(i)
		v += 0.035 * math.Sin(k*(x*math.Cos(angle)+y*math.Sin(angle))+float64(i*i))
	}
	return v
}

// scene has a background and a disc that move differently. back are the inverse motions.
type scene struct {
	width, height int
	ground, disc  motion // where the content of the second frame was in the first
	radius        float64
}

func (s scene) centre() (x, y float64) { return float64(s.width) / 2, float64(s.height) / 2 }

// frame draws the first frame or the second.
func (s scene) frame(second bool) *imgio.Picture {
	p := imgio.New(s.width, s.height, 3)
	cx, cy := s.centre()
	for y := range s.height {
		for x := range s.width {
			gx, gy, dx, dy := float64(x), float64(y), float64(x), float64(y)
			if second {
				gx, gy = s.ground(gx, gy)
				dx, dy = s.disc(dx, dy)
			}
			v := texture(gx, gy)
			if math.Hypot(dx-cx, dy-cy) < s.radius {
				v = 1 - texture(dx+1000, dy+500)
			}
			for c := range 3 {
				p.Set(x, y, c, float32(v))
			}
		}
	}
	return p
}

// truth is the flow from the second frame to the first.
func (s scene) truth() flow.Field {
	f := flow.NewField(s.width, s.height)
	cx, cy := s.centre()
	for y := range s.height {
		for x := range s.width {
			toX, toY := s.ground(float64(x), float64(y))
			if dx, dy := s.disc(float64(x), float64(y)); math.Hypot(dx-cx, dy-cy) < s.radius {
				toX, toY = dx, dy
			}
			f.X[y*s.width+x], f.Y[y*s.width+x] = float32(toX-float64(x)), float32(toY-float64(y))
		}
	}
	return f
}

// TestEndpointError: the mean distance between estimated and drawn motion. Points that
// leave the picture do not count, as elsewhere.
func TestEndpointError(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		scene
		most float64 // pixels
	}{
		"nothing moves": {scene{200, 150, moved(0, 0), moved(0, 0), 30}, 0.001},
		"a little":      {scene{200, 150, moved(0.4, -0.3), moved(0.4, -0.3), 0}, 0.12},
		"some pixels":   {scene{200, 150, moved(3.3, -1.7), moved(3.3, -1.7), 0}, 0.12},
		"far":           {scene{320, 240, moved(-17, 8.5), moved(-17, 8.5), 0}, 0.1},
		"turned":        {scene{240, 240, turned(0.05, 1.04, 110, 130), moved(0, 0), 0}, 0.15},
		"a disc":        {scene{256, 192, moved(1.5, 0.5), moved(-4, 2.5), 50}, 0.3},
		"small":         {scene{40, 30, moved(1, 1), moved(1, 1), 0}, 0.2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			there, back := flow.Between(c.frame(false), c.frame(true))
			if got := endpointError(back, c.truth()); !(got <= c.most) {
				t.Errorf("endpoint error %.3f pixels, want at most %.3f", got, c.most)
			}
			if w, h := there.Width, there.Height; w != c.width || h != c.height {
				t.Errorf("a field of %d×%d for frames of %d×%d", w, h, c.width, c.height)
			}
		})
	}
}

func endpointError(f, truth flow.Field) float64 {
	sum, n := 0.0, 0
	for y := range f.Height {
		for x := range f.Width {
			i := y*f.Width + x
			toX, toY := float64(x)+float64(truth.X[i]), float64(y)+float64(truth.Y[i])
			if toX < 0 || toY < 0 || toX > float64(f.Width-1) || toY > float64(f.Height-1) {
				continue
			}
			sum += math.Hypot(float64(f.X[i]-truth.X[i]), float64(f.Y[i]-truth.Y[i]))
			n++
		}
	}
	return sum / float64(n)
}

func BenchmarkBetween(b *testing.B) {
	s := scene{512, 384, moved(3, 1), moved(-4, 2), 80}
	before, now := s.frame(false), s.frame(true)
	for b.Loop() {
		flow.Between(before, now)
	}
}

// TestSameBits: any number of threads gives the same fields.
func TestSameBits(t *testing.T) {
	s := scene{130, 110, moved(2, 1), moved(-3, 1), 30}
	before, now := s.frame(false), s.frame(true)
	there, back := flow.Between(before, now)
	warped := back.Warp(before)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, threads := range []int{1, 3, 8} {
		runtime.GOMAXPROCS(threads)
		again, other := flow.Between(before, now)
		if !slices.Equal(there.X, again.X) || !slices.Equal(back.Y, other.Y) || !slices.Equal(warped.Pix, other.Warp(before).Pix) {
			t.Errorf("%d threads give other bits", threads)
		}
	}
}

// TestReliable: what the disc uncovers is found, and nearly all else is trusted.
func TestReliable(t *testing.T) {
	t.Parallel()
	s := scene{256, 192, moved(1.5, 0.5), moved(-8, 5), 50}
	there, back := flow.Between(s.frame(false), s.frame(true))
	trust := flow.Reliable(back, there)
	cx, cy := s.centre()
	uncovered, found, rest, lost := 0, 0, 0, 0
	for y := range s.height {
		for x := range s.width {
			gx, gy := s.ground(float64(x), float64(y))
			dx, dy := s.disc(float64(x), float64(y))
			away := math.Hypot(dx-cx, dy-cy)
			switch trusted := trust[y*s.width+x] > 0; {
			case away >= s.radius && math.Hypot(gx-cx, gy-cy) < s.radius:
				uncovered++
				if !trusted {
					found++
				}
			case math.Abs(away-s.radius) > 12 && x > 8 && y > 8 && x < s.width-8 && y < s.height-8:
				rest++
				if !trusted {
					lost++
				}
			}
		}
	}
	if found*10 < uncovered*9 || lost*50 > rest {
		t.Errorf("found %d of %d uncovered pixels, and doubts %d of %d others", found, uncovered, lost, rest)
	}
}

// TestWarp: a shift by whole pixels is exact, and what is warped by the estimated flow
// looks like the second frame.
func TestWarp(t *testing.T) {
	t.Parallel()
	s := scene{96, 64, moved(5, -3), moved(5, -3), 0}
	before, now := s.frame(false), s.frame(true)
	shift := s.truth()
	_, back := flow.Between(before, now)
	for name, warped := range map[string]*imgio.Picture{"drawn": shift.Warp(before), "estimated": back.Warp(before)} {
		worst := 0.0
		for y := 8; y < s.height-8; y++ {
			for x := 8; x < s.width-8; x++ {
				worst = max(worst, math.Abs(float64(warped.At(x, y, 1)-now.At(x, y, 1))))
			}
		}
		if most := map[string]float64{"drawn": 1e-6, "estimated": 0.02}[name]; !(worst <= most) {
			t.Errorf("the %s flow: off by %g, want at most %g", name, worst, most)
		}
	}
}

// TestAnySize: frames of one pixel, one row or one column have a finite flow.
func TestAnySize(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{1, 1}, {1, 7}, {9, 1}, {2, 2}, {97, 96}} {
		a, b := imgio.New(size[0], size[1], 1), imgio.New(size[0], size[1], 1)
		for i := range b.Pix {
			a.Pix[i], b.Pix[i] = float32(i%3)/2, float32(i%5)/4
		}
		there, back := flow.Between(a, b)
		for _, v := range slices.Concat(there.X, there.Y, back.X, back.Y) {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				t.Fatalf("%v: the flow has %g", size, v)
			}
		}
	}
}
