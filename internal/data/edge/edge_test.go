package edge

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
	"easel/internal/file/imgio"
)

func bitmap(rows []string) (lines []bool, width int) {
	for _, r := range strings.Join(rows, "") {
		lines = append(lines, r == '#')
	}
	return lines, len(rows[0])
}

// TestReference compares thinning with scikit-image's and smoothing with SciPy's.
func TestReference(t *testing.T) {
	t.Parallel()
	var stored struct {
		Thinned  []struct{ Before, After []string }
		Smoothed []struct {
			Width   int
			Sigma   float64
			In, Out []float32
		}
	}
	data, err := os.ReadFile("testdata/reference.json")
	if err == nil {
		err = json.Unmarshal(data, &stored)
	}
	if err != nil || len(stored.Thinned)*len(stored.Smoothed) == 0 {
		t.Fatal("no reference", err)
	}
	for k, c := range stored.Thinned {
		got, width := bitmap(c.Before)
		want, _ := bitmap(c.After)
		thin(got, width)
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("thinning %d: pixel %d, %d", k, i%width, i/width)
			}
		}
	}
	for _, c := range stored.Smoothed {
		smooth, _ := gaussian(c.Sigma)
		got := columns(rows(c.In, c.Width, smooth), c.Width, smooth)
		for i := range got {
			if !near.Within(float64(got[i]-c.Out[i]), 2e-6) {
				t.Fatalf("sigma %v: pixel %d is %v, want %v", c.Sigma, i, got[i], c.Out[i])
			}
		}
	}
}

// half is black on the left, a grey on the right of column at.
func half(w, h, at int, grey float32) *imgio.Picture {
	p := imgio.New(w, h, 3)
	for i := range w * h {
		if i%w >= at {
			p.Pix[3*i], p.Pix[3*i+1], p.Pix[3*i+2] = grey, grey, grey
		}
	}
	return p
}

// TestStrengthIsContrast: a sharp straight edge has the strength of its step, in
// every direction and at every scale.
func TestStrengthIsContrast(t *testing.T) {
	t.Parallel()
	for _, sigma := range []float64{1, 2, 4} {
		f := gradient(planes(half(64, 9, 32, 1)), 64, 9, sigma)
		got := max(f.strength[4*64+31], f.strength[4*64+32])
		if math.Abs(float64(got)-100) > 1 {
			t.Errorf("sigma %v: black to white has strength %v", sigma, got)
		}
		if dx := f.dx[4*64+31]; !near.Within(math.Abs(float64(dx))-1, 1e-4) {
			t.Errorf("direction %v", dx)
		}
	}
}

func TestStraightEdge(t *testing.T) {
	t.Parallel()
	lines := Detect(half(60, 40, 25, 0.6), DefaultOptions())
	for y := range 40 {
		var at []int
		for x := range 60 {
			if lines[y*60+x] {
				at = append(at, x)
			}
		}
		if len(at) != 1 || at[0] < 24 || at[0] > 25 {
			t.Errorf("row %d has lines at %v", y, at)
		}
	}
}

// TestDisc: the line is a closed ring where the disc ends, whatever its colour.
func TestDisc(t *testing.T) {
	t.Parallel()
	const size, radius = 80, 22
	for _, colour := range [][3]float32{{1, 1, 1}, {0.9, 0.1, 0.1}, {0, 0.6, 0}} {
		p := half(size, size, 0, 0.45)
		for i := range size * size {
			if math.Hypot(float64(i%size)-39.5, float64(i/size)-39.5) < radius {
				copy(p.Pix[3*i:], colour[:])
			}
		}
		count := 0
		for i, set := range Detect(p, DefaultOptions()) {
			if !set {
				continue
			}
			count++
			if r := math.Hypot(float64(i%size)-39.5, float64(i/size)-39.5); math.Abs(r-radius) > 1.5 {
				t.Errorf("a line at distance %v", r)
			}
		}
		// A ring of 8-connected pixels has 8·r·sin(45°) of them.
		if want := 8 * radius / math.Sqrt2; math.Abs(float64(count)-want) > 0.1*want {
			t.Errorf("%v: %d pixels, want %.0f", colour, count, want)
		}
	}
}

func TestTextureIsSuppressed(t *testing.T) {
	t.Parallel()
	p := half(96, 96, 0, 0)
	for i := range 96 * 96 { // a fine check everywhere, and a lighter square
		v := float32(0.35)
		if (i%96/2+i/96/2)%2 == 0 {
			v = 0.45
		}
		if x, y := i%96, i/96; x > 24 && x < 72 && y > 24 && y < 72 {
			v += 0.4
		}
		p.Pix[3*i], p.Pix[3*i+1], p.Pix[3*i+2] = v, v, v
	}
	inside, border := 0, 0
	for i, set := range Detect(p, DefaultOptions()) {
		x, y := float64(i%96), float64(i/96)
		switch d := max(math.Abs(x-48), math.Abs(y-48)); {
		case set && math.Abs(d-24) <= 2:
			border++
		case set:
			inside++
		}
	}
	if border < 150 || inside > 5 {
		t.Errorf("%d pixels on the border of the square, %d in textures", border, inside)
	}
}

func TestNothingToSee(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{1, 1}, {1, 50}, {50, 1}, {2, 3}, {40, 40}} {
		for i, set := range Detect(half(size[0], size[1], 0, 0.5), DefaultOptions()) {
			if set {
				t.Errorf("%v: a line at %d", size, i)
			}
		}
	}
}

// pieces counts what hangs together.
func pieces(lines []bool, width int) int {
	left, n := slices.Clone(lines), 0
	for i := range left {
		if !left[i] {
			continue
		}
		n++
		open := []int{i}
		left[i] = false
		for len(open) > 0 {
			j := open[len(open)-1]
			open = open[:len(open)-1]
			eachNeighbour(j, width, len(left), func(k int) {
				if left[k] {
					left[k] = false
					open = append(open, k)
				}
			})
		}
	}
	return n
}

// TestThinKeepsPieces: thinning takes away only, joins and parts nothing, and
// has nothing more to do the second time.
func TestThinKeepsPieces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 12).Draw(t, "width")
		height := rapid.IntRange(1, 12).Draw(t, "height")
		before := rapid.SliceOfN(rapid.Bool(), width*height, width*height).Draw(t, "lines")
		after := slices.Clone(before)
		thin(after, width)
		again := slices.Clone(after)
		thin(again, width)
		if pieces(before, width) != pieces(after, width) || !slices.Equal(after, again) {
			t.Fatalf("%d pieces become %d", pieces(before, width), pieces(after, width))
		}
		for i := range after {
			if after[i] && !before[i] {
				t.Fatal("a pixel is new")
			}
		}
	})
}

func TestRemoveShort(t *testing.T) {
	t.Parallel()
	lines, width := bitmap([]string{
		"##...#",
		"....#.",
		"#..#..",
		"......",
		"...###"})
	removeShort(lines, width, 3)
	want, _ := bitmap([]string{
		".....#",
		"....#.",
		"...#..",
		"......",
		"...###"})
	if !slices.Equal(lines, want) {
		t.Error(lines)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if err := DefaultOptions().Validate(); err != nil {
		t.Error(err)
	}
	for i, change := range []func(*Options){
		func(o *Options) { o.Scale = 0 },
		func(o *Options) { o.Scale = math.NaN() },
		func(o *Options) { o.Low = 0 },
		func(o *Options) { o.High = o.Low / 2 },
		func(o *Options) { o.High = math.Inf(1) },
		func(o *Options) { o.Suppression = -1 },
		func(o *Options) { o.MinLength = 0 },
	} {
		o := DefaultOptions()
		if change(&o); o.Validate() == nil {
			t.Errorf("change %d passes", i)
		}
	}
}
