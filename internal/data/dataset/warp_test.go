package dataset

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
	"easel/internal/file/imgio"
)

// A picture that is linear in x and y is so after a warp: the value at a pixel is
// the one at the point that the pixel shows.
func TestWarpedRamp(t *testing.T) {
	t.Parallel()
	const load, size = 64, 16
	p := imgio.New(load, load, 2)
	for y := range load {
		for x := range load {
			p.Set(x, y, 0, (float32(x)+0.5)/load)
			p.Set(x, y, 1, (float32(y)+0.5)/load)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		at := placement{x: 24, y: 20, angle: rapid.Float64Range(-math.Pi, math.Pi).Draw(t, "angle"), scale: rapid.Float64Range(-0.3, 0.7).Draw(t, "scale")}
		at.angle += 1e-9 // 0 is another path
		got := make([]float32, size*size*2)
		at.cut(got, p, size, false)
		// A complex number turns and stretches.
		turn := complex(math.Exp(-at.scale)*math.Cos(at.angle), math.Exp(-at.scale)*math.Sin(at.angle))
		for y := range size {
			for x := range size {
				point := complex(24+8, 20+8) + turn*complex(float64(x)-7.5, float64(y)-7.5)
				for c, want := range []float64{real(point), imag(point)} {
					if v := got[(y*size+x)*2+c]; !near.Within(float64(v)-(2*want/load-1), 1e-5) {
						t.Fatalf("(%d, %d) of channel %d is %v, want %v", x, y, c, v, 2*want/load-1)
					}
				}
			}
		}
	})
}

// Colours that are names are never mixed.
func TestWarpKeepsNames(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := noise(9, 9, 1, rapid.Uint64().Draw(t, "picture"))
		at := placement{
			x: rapid.IntRange(0, 2).Draw(t, "x"), y: rapid.IntRange(0, 2).Draw(t, "y"), mirror: rapid.Bool().Draw(t, "mirror"),
			angle: rapid.Float64Range(-3, 3).Draw(t, "angle"), scale: rapid.Float64Range(-0.7, 0.7).Draw(t, "scale"),
		}
		got := make([]float32, 7*7)
		at.cut(got, p, 7, true)
		for _, v := range got {
			if !slices.ContainsFunc(p.Pix, func(have float32) bool { return 2*have-1 == v }) {
				t.Fatalf("%v is in no pixel of the picture", v)
			}
		}
	})
}

func TestQuarterTurn(t *testing.T) {
	t.Parallel()
	p := noise(6, 6, 3, 5)
	got := make([]float32, 6*6*3)
	placement{angle: math.Pi / 2}.cut(got, p, 6, false)
	for y := range 6 {
		for x := range 6 {
			for c := range 3 {
				want := 2*p.At(5-y, x, c) - 1
				if v := got[(y*6+x)*3+c]; !near.Within(v-want, 1e-5) {
					t.Fatalf("(%d, %d): %v, want %v", x, y, v, want)
				}
			}
		}
	}
}

func TestMirrored(t *testing.T) {
	t.Parallel()
	var got []int
	for i := -7; i < 8; i++ {
		got = append(got, mirrored(i, 3))
	}
	if want := []int{0, 0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestRecolouring(t *testing.T) {
	t.Parallel()
	rgba := func() []float32 { return []float32{0.5, -0.1, -0.7, 0.9, 0.2, 0.2, 0.2, -1} } // mean 0.05
	for _, c := range []struct {
		name string
		r    recolouring
		want []float32
	}{
		{"nothing", recolouring{}, rgba()},
		{"brighter", recolouring{brightness: 0.25}, []float32{0.75, 0.15, -0.45, 0.9, 0.45, 0.45, 0.45, -1}},
		{"no contrast", recolouring{contrast: -1}, []float32{0.05, 0.05, 0.05, 0.9, 0.05, 0.05, 0.05, -1}},
		{"grey", recolouring{saturation: -1}, []float32{-0.1, -0.1, -0.1, 0.9, 0.2, 0.2, 0.2, -1}},
		{"clamped", recolouring{brightness: 1}, []float32{1, 0.9, 0.3, 0.9, 1, 1, 1, -1}},
	} {
		got := rgba()
		c.r.of(got, 4, true)
		for i := range got {
			if !near.Within(got[i]-c.want[i], 1e-6) {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
				break
			}
		}
	}
}

// Both sides of a pair are warped alike, and only the input is recoloured.
func TestLoaderWarpsBothSidesAlike(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for i := range 3 {
		for _, side := range []string{"A", "B"} {
			write(t, filepath.Join(root, side, "train", fmt.Sprintf("%d.png", i)), noise(24, 24, 3, uint64(i)))
		}
	}
	d, _ := open(t, root, nil)
	batch := func(j Jitter) (input, target []float32) {
		l, err := d.NewLoader(Train, LoaderOptions{Batch: 2, Jitter: j})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		input, target = make([]float32, 2*16*16*3), make([]float32, 2*16*16*3)
		if _, err = l.Next(context.Background(), input, target); err != nil {
			t.Fatal(err)
		}
		return input, target
	}
	input, target := batch(Jitter{LoadSize: 20, ImageSize: 16, Rotate: 30, Zoom: 0.2})
	if !slices.Equal(input, target) {
		t.Error("the sides of a pair are warped differently")
	}
	plain, _ := batch(Jitter{LoadSize: 20, ImageSize: 16})
	if slices.Equal(input, plain) {
		t.Error("nothing is warped")
	}
	recoloured, same := batch(Jitter{LoadSize: 20, ImageSize: 16, Recolour: 0.5})
	if slices.Equal(recoloured, plain) || !slices.Equal(same, plain) {
		t.Error("not just the input is recoloured")
	}
}
