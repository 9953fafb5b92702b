package facade

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
	"easel/internal/file/imgio"
)

// classOf maps a label colour, as three floats, to its class.
func classOf() map[[3]float32]int {
	index := map[[3]float32]int{}
	for i, c := range Classes {
		index[[3]float32{float32(c.Colour[0]) / 255, float32(c.Colour[1]) / 255, float32(c.Colour[2]) / 255}] = i
	}
	return index
}

func pixel(p *imgio.Picture, i int) [3]float32 { return [3]float32(p.Pix[3*i : 3*i+3]) }

func distance(a, b *imgio.Picture) float64 {
	sum := 0.0
	for i, v := range a.Pix {
		sum += math.Abs(float64(v - b.Pix[i]))
	}
	return sum / float64(len(a.Pix))
}

// Any seed, index and size give a whole pair: palette colours only, and a
// photograph within range.
func TestPair(t *testing.T) {
	t.Parallel()
	palette := classOf()
	rapid.Check(t, func(t *rapid.T) {
		seed, index := rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, 1<<40).Draw(t, "index")
		size := rapid.IntRange(MinSize, 90).Draw(t, "size")
		labels, photo := Generate(seed, index, size)
		for _, p := range []*imgio.Picture{labels, photo} {
			if p.Width != size || p.Height != size || p.Channels != 3 || len(p.Pix) != 3*size*size || p.Depth != 8 {
				t.Fatalf("a picture of %d×%d×%d", p.Height, p.Width, p.Channels)
			}
		}
		for i := range size * size {
			if _, ok := palette[pixel(labels, i)]; !ok {
				t.Fatalf("pixel %d of the labels is %v", i, pixel(labels, i))
			}
		}
		for i, v := range photo.Pix {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("sample %d of the photograph is %v", i, v)
			}
		}
	})
}

func TestDeterministic(t *testing.T) {
	t.Parallel()
	labels, photo := Generate(3, 14, 64)
	Generate(3, 15, 64)
	again, photoAgain := Generate(3, 14, 64)
	if !slices.Equal(labels.Pix, again.Pix) || !slices.Equal(photo.Pix, photoAgain.Pix) {
		t.Fatal("the same arguments gave other pictures")
	}
}

func TestVaried(t *testing.T) {
	t.Parallel()
	var labels, photos []*imgio.Picture
	add := func(seed uint64, index int) {
		l, p := Generate(seed, index, 48)
		labels, photos = append(labels, l), append(photos, p)
	}
	for i := range 24 {
		add(1, i)
	}
	add(2, 0)
	for i := range labels {
		for j := range i {
			if l, p := distance(labels[i], labels[j]), distance(photos[i], photos[j]); l < 0.02 || p < 0.03 {
				t.Errorf("pairs %d and %d differ by %.3f and %.3f only", i, j, l, p)
			}
		}
	}
}

// The same façade at another size is the same façade.
func TestSizesAgree(t *testing.T) {
	t.Parallel()
	for i := range 6 {
		large, largePhoto := Generate(5, i, 192)
		small, smallPhoto := Generate(5, i, 96)
		_, other := Generate(5, i+100, 96)
		same := 0
		half := imgio.New(96, 96, 3)
		for y := range 96 {
			for x := range 96 {
				if large.At(2*x, 2*y, 0) == small.At(x, y, 0) && large.At(2*x, 2*y, 1) == small.At(x, y, 1) {
					same++
				}
				for c := range 3 {
					half.Set(x, y, c, (largePhoto.At(2*x, 2*y, c)+largePhoto.At(2*x+1, 2*y, c)+
						largePhoto.At(2*x, 2*y+1, c)+largePhoto.At(2*x+1, 2*y+1, c))/4)
				}
			}
		}
		if share := float64(same) / (96 * 96); share < 0.85 {
			t.Errorf("façade %d: only %.2f of the labels agree", i, share)
		}
		if own, away := distance(half, smallPhoto), distance(other, smallPhoto); !near.Within(own, 0.08) || own > away/2 {
			t.Errorf("façade %d: the photographs differ by %.3f, from another façade by %.3f", i, own, away)
		}
	}
}

// Over some pictures every class occurs, in a share worth learning; walls and
// windows occur in every one.
func TestClassCoverage(t *testing.T) {
	t.Parallel()
	const pictures, size = 60, 64
	palette := classOf()
	total := make([]int, len(Classes))
	for i := range pictures {
		labels, _ := Generate(7, i, size)
		here := make([]int, len(Classes))
		for p := range size * size {
			here[palette[pixel(labels, p)]]++
		}
		for c, n := range here {
			total[c] += n
		}
		if here[wall] < size*size/20 || here[window] < size*size/100 || here[door] == 0 {
			t.Errorf("façade %d: %d pixels of wall, %d of window, %d of door", i, here[wall], here[window], here[door])
		}
	}
	for c, n := range total {
		if share := float64(n) / (pictures * size * size); share < 0.004 {
			t.Errorf("%s is %.4f of all pixels", Classes[c].Name, share)
		}
	}
}

// Labels and photograph show the same edges: where the label changes, so does
// the photograph, more than elsewhere.
func TestEdgesAgree(t *testing.T) {
	t.Parallel()
	const size = 96
	var edge, flat, edges, flats float64
	for i := range 8 {
		labels, photo := Generate(9, i, size)
		for p := range size*size - 1 {
			if p%size == size-1 {
				continue
			}
			step := 0.0
			for c := range 3 {
				step += math.Abs(float64(photo.Pix[3*p+c] - photo.Pix[3*p+3+c]))
			}
			if pixel(labels, p) != pixel(labels, p+1) {
				edge, edges = edge+step, edges+1
			} else {
				flat, flats = flat+step, flats+1
			}
		}
	}
	if edge/edges < 2*flat/flats {
		t.Errorf("steps of %.3f at edges, %.3f elsewhere", edge/edges, flat/flats)
	}
}

// Equal labels do not give equal photographs: that is what makes the pairs
// worth an adversarial loss. Walls, the largest class, vary most.
func TestAmbiguous(t *testing.T) {
	t.Parallel()
	palette := classOf()
	var means [3][]float64
	for i := range 30 {
		labels, photo := Generate(11, i, 48)
		var sum [3]float64
		n := 0.0
		for p := range 48 * 48 {
			if palette[pixel(labels, p)] == int(wall) {
				for c := range 3 {
					sum[c] += float64(photo.Pix[3*p+c])
				}
				n++
			}
		}
		for c := range 3 {
			means[c] = append(means[c], sum[c]/n)
		}
	}
	for c := range 3 {
		if spread := slices.Max(means[c]) - slices.Min(means[c]); spread < 0.3 {
			t.Errorf("channel %d of the walls spreads over %.2f only", c, spread)
		}
	}
}

func TestClassesAreFarApart(t *testing.T) {
	t.Parallel()
	for i, a := range Classes {
		for _, b := range Classes[:i] {
			square := 0
			for c := range 3 {
				d := int(a.Colour[c]) - int(b.Colour[c])
				square += d * d
			}
			if square < 60*60 || a.Name == b.Name {
				t.Errorf("%s and %s are alike", a.Name, b.Name)
			}
		}
	}
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ index, size int }{{0, MinSize - 1}, {-1, 64}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("index %d, size %d passed", c.index, c.size)
				}
			}()
			Generate(1, c.index, c.size)
		}()
	}
}

func BenchmarkGenerate128(b *testing.B) {
	for i := range b.N {
		Generate(1, i, 128)
	}
}
