package dataset

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/file/imgio"
)

// paperJitter is the paper's sizes.
func paperJitter() Jitter { return Jitter{LoadSize: 286, ImageSize: 256, Mirror: true} }

// The Torch program never draws the offset 0; the range is 0..30 for 286 → 256.
func TestOffsetsCoverTheirRange(t *testing.T) {
	t.Parallel()
	j := paperJitter()
	var xs, ys [31]int
	mirrored := 0
	const n = 10000
	for i := range n {
		p := j.drawn(7, i/100, i%100)
		xs[p.x]++
		ys[p.y]++
		if p.mirror {
			mirrored++
		}
	}
	for k := range xs {
		// 323 are expected, with a standard deviation of 18.
		if xs[k] < 230 || xs[k] > 420 || ys[k] < 230 || ys[k] > 420 {
			t.Errorf("offset %d: %d and %d of %d", k, xs[k], ys[k], n)
		}
	}
	if mirrored < 4750 || mirrored > 5250 {
		t.Errorf("%d of %d mirrored", mirrored, n)
	}
}

func TestDrawDependsOnEverything(t *testing.T) {
	t.Parallel()
	j := Jitter{LoadSize: 1 << 20, ImageSize: 1}
	seen := map[placement]bool{}
	for seed := range uint64(5) {
		for epoch := range 5 {
			for index := range 5 {
				seen[j.drawn(seed, epoch, index)] = true
			}
		}
	}
	if len(seen) != 125 {
		t.Errorf("%d different placements of 125", len(seen))
	}
	if p := (Jitter{LoadSize: 8, ImageSize: 8, Mirror: false}).drawn(1, 2, 3); p != (placement{}) {
		t.Errorf("%+v without jitter", p)
	}
}

// These numbers are part of what a checkpoint means: a run that is resumed with
// another version has to go on with the same pictures.
func TestDrawIsPinned(t *testing.T) {
	t.Parallel()
	if got, want := paperJitter().drawn(1, 2, 3), (placement{x: 3, y: 20}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := Order(8, 1, 2), []int{3, 1, 0, 2, 5, 6, 7, 4}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestOrderIsAPermutation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "n")
		seed, epoch := rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, 1000).Draw(t, "epoch")
		order := Order(n, seed, epoch)
		if !slices.Equal(order, Order(n, seed, epoch)) {
			t.Fatal("not a function")
		}
		slices.Sort(order)
		for i, v := range order {
			if i != v {
				t.Fatalf("%v is no permutation", order)
			}
		}
	})
	if slices.Equal(Order(50, 1, 1), Order(50, 1, 2)) || slices.Equal(Order(50, 1, 1), Order(50, 2, 1)) {
		t.Error("epochs or seeds have the same order")
	}
}

// What is drawn beside the paper's jitter changes nothing of the paper's.
func TestMoreJitterKeepsThePapers(t *testing.T) {
	t.Parallel()
	more := paperJitter()
	more.Rotate, more.Zoom, more.Recolour = 20, 0.25, 0.3
	for index := range 100 {
		p, q := paperJitter().drawn(1, 2, index), more.drawn(1, 2, index)
		if p.x != q.x || p.y != q.y || p.mirror != q.mirror {
			t.Fatalf("%+v and %+v", p, q)
		}
		if math.Abs(q.angle) > 20*math.Pi/180 || q.scale > math.Log(1.25) || q.scale < -math.Log(1.25) || q.angle == 0 || q.scale == 0 {
			t.Fatalf("%+v is beyond its limits", q)
		}
	}
}

// cut is Crop, Mirror and ToModel of imgio in one pass.
func TestCut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		load := rapid.IntRange(1, 12).Draw(t, "load")
		j := Jitter{LoadSize: load, ImageSize: rapid.IntRange(1, load).Draw(t, "size"), Mirror: true}
		p := noise(load, load, rapid.IntRange(1, 5).Draw(t, "channels"), rapid.Uint64().Draw(t, "picture"))
		at := j.drawn(rapid.Uint64().Draw(t, "seed"), 0, 0)
		want := imgio.Crop(p, at.x, at.y, j.ImageSize, j.ImageSize)
		if at.mirror {
			want = imgio.Mirror(want)
		}
		numbers := make([]float32, len(want.Pix))
		imgio.ToModel(numbers, want)
		got := make([]float32, len(want.Pix))
		at.cut(got, p, j.ImageSize, false)
		if !slices.Equal(got, numbers) {
			t.Fatalf("%v, want %v", got, numbers)
		}
	})
}

func TestJitterIsChecked(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for _, j := range []Jitter{
		{LoadSize: 10}, {LoadSize: 10, ImageSize: 11}, {ImageSize: -1},
		{LoadSize: 10, ImageSize: 8, Rotate: nan}, {LoadSize: 10, ImageSize: 8, Zoom: -0.1}, {LoadSize: 10, ImageSize: 8, Recolour: 1.1},
	} {
		if j.validate() == nil {
			t.Errorf("%+v is accepted", j)
		}
	}
	if err := paperJitter().validate(); err != nil {
		t.Error(err)
	}
}
