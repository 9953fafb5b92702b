package dataset

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"easel/internal/file/imgio"
)

// batches returns n batches as they come, copied.
func batches(t *testing.T, d *Dataset, s Split, opts LoaderOptions, n int) (infos []Batch, numbers [][]float32) {
	t.Helper()
	l, err := d.NewLoader(s, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	in, out := d.Channels()
	pixels := opts.Batch * opts.Jitter.ImageSize * opts.Jitter.ImageSize
	for range n {
		all := make([]float32, pixels*(in+out))
		b, err := l.Next(context.Background(), all[:pixels*in], all[pixels*in:])
		if err != nil {
			t.Fatal(err)
		}
		infos, numbers = append(infos, b), append(numbers, all)
	}
	return infos, numbers
}

var smallJitter = Jitter{LoadSize: 12, ImageSize: 8, Mirror: true}

func smallSet(t *testing.T, n int) *Dataset {
	t.Helper()
	dir := folderOf(t, 20, 10, append(numbered("train/", ".png", n), "val/v.png", "val/w.png")...)
	d, _ := open(t, dir, func(o *Options) { o.InputChannels = 1 })
	return d
}

// Workers, prefetch, cache and the step that a loader starts with change nothing.
func TestBatchesDependOnSeedAndStepOnly(t *testing.T) {
	t.Parallel()
	d := smallSet(t, 5)
	base := LoaderOptions{Batch: 3, Seed: 11, Jitter: smallJitter, Workers: 1, Prefetch: 1}
	const n = 12
	infos, want := batches(t, d, Train, base, n)
	for _, c := range []struct {
		workers, prefetch, start int
		cache                    int64
	}{{4, 7, 0, 0}, {2, 2, 5, 0}, {3, 0, 1, 1 << 20}, {2, 1, 0, 5000}, {0, 0, 11, 0}} {
		opts := base
		opts.Workers, opts.Prefetch, opts.StartStep, opts.CacheBytes = c.workers, c.prefetch, c.start, c.cache
		got, numbers := batches(t, d, Train, opts, n-c.start)
		for i, b := range got {
			w := infos[c.start+i]
			if b.Step != w.Step || b.Epoch != w.Epoch || !slices.Equal(b.Names, w.Names) {
				t.Errorf("%+v: batch %+v, want %+v", c, b, w)
			}
			if !slices.Equal(numbers[i], want[c.start+i]) {
				t.Errorf("%+v: other numbers in step %d", c, b.Step)
			}
		}
	}
	other := base
	other.Seed = 12
	if _, numbers := batches(t, d, Train, other, 1); slices.Equal(numbers[0], want[0]) {
		t.Error("another seed gives the same batch")
	}
}

// Batches run over the permutations of the epochs without a gap.
func TestEpochsFollowEachOther(t *testing.T) {
	t.Parallel()
	d := smallSet(t, 5)
	infos, _ := batches(t, d, Train, LoaderOptions{Batch: 3, Seed: 4, Jitter: smallJitter}, 5)
	var names []string
	for i, b := range infos {
		names = append(names, b.Names...)
		if b.Step != i || b.Epoch != 3*i/5 {
			t.Errorf("batch %d is %+v", i, b)
		}
	}
	for epoch := range 3 {
		var want []string
		for _, i := range Order(5, 4, epoch) {
			want = append(want, d.Names(Train)[i])
		}
		if got := names[5*epoch:][:5]; !slices.Equal(got, want) {
			t.Errorf("epoch %d: %v, want %v", epoch, got, want)
		}
	}
}

// Where A and B are the same picture, they are still the same after jitter.
func TestBothHalvesGetTheSameJitter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 3 {
		half := noise(16, 16, 3, uint64(i))
		both, err := imgio.SideBySide(half, half)
		if err != nil {
			t.Fatal(err)
		}
		write(t, fmt.Sprintf("%s/train/%d.png", dir, i), both)
	}
	d, _ := open(t, dir, nil)
	_, numbers := batches(t, d, Train, LoaderOptions{Batch: 2, Jitter: Jitter{LoadSize: 24, ImageSize: 16, Mirror: true}}, 10)
	for i, all := range numbers {
		half := len(all) / 2
		if !slices.Equal(all[:half], all[half:]) {
			t.Errorf("batch %d: the halves differ", i)
		}
	}
}

// A batch is exactly crop, mirror and range of the resized pair.
func TestBatchAgainstImgio(t *testing.T) {
	t.Parallel()
	d := smallSet(t, 3)
	infos, numbers := batches(t, d, Train, LoaderOptions{Batch: 1, Seed: 5, Jitter: smallJitter}, 6)
	for step, b := range infos {
		index := slices.Index(d.Names(Train), b.Names[0])
		p, err := d.Sample(Train, index, smallJitter.LoadSize)
		if err != nil {
			t.Fatal(err)
		}
		at := smallJitter.drawn(5, b.Epoch, index)
		for _, pic := range []*imgio.Picture{p.Input, p.Target} {
			want := imgio.Crop(pic, at.x, at.y, 8, 8)
			if at.mirror {
				want = imgio.Mirror(want)
			}
			for i, v := range want.Pix {
				if numbers[step][i] != 2*v-1 || v < 0 || v > 1 {
					t.Fatalf("step %d, %d: %v for %v", step, i, numbers[step][i], v)
				}
			}
			numbers[step] = numbers[step][len(want.Pix):]
		}
	}
}

func TestValidationIsStill(t *testing.T) {
	t.Parallel()
	d := smallSet(t, 3)
	infos, numbers := batches(t, d, Val, LoaderOptions{Batch: 1, Jitter: smallJitter}, 4)
	for i, b := range infos {
		p, err := d.Sample(Val, i%2, smallJitter.ImageSize)
		if err != nil {
			t.Fatal(err)
		}
		want := make([]float32, len(p.Input.Pix))
		imgio.ToModel(want, p.Input)
		if b.Names[0] != p.Name || b.Epoch != i/2 || !slices.Equal(numbers[i][:len(want)], want) {
			t.Errorf("batch %+v is not pair %s", b, p.Name)
		}
	}
}

// Only names of training pairs come out of a training loader.
func TestNoTestPairIsTrained(t *testing.T) {
	t.Parallel()
	files := slices.Concat(numbered("train/x", ".png", 6), numbered("test/y", ".png", 6), numbered("val/z", ".png", 6))
	d, _ := open(t, folderOf(t, 4, 2, files...), nil)
	infos, _ := batches(t, d, Train, LoaderOptions{Batch: 4, Jitter: Jitter{LoadSize: 2, ImageSize: 2}}, 30)
	seen := map[string]int{}
	for _, b := range infos {
		for _, n := range b.Names {
			seen[n]++
		}
	}
	if len(seen) != 6 {
		t.Errorf("%v", seen)
	}
	for n, times := range seen {
		if !strings.HasPrefix(n, "x") || times != 20 {
			t.Errorf("%s was trained %d times", n, times)
		}
	}
}

func TestLoaderStopsItsGoroutines(t *testing.T) {
	d := smallSet(t, 3) // not parallel: it counts goroutines
	before := runtime.NumGoroutine()
	for range 20 {
		l, err := d.NewLoader(Train, LoaderOptions{Batch: 2, Jitter: smallJitter, Workers: 5})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Next(context.Background(), nil, nil); !errors.Is(err, errClosed) {
			t.Errorf("error %v", err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	for range 100 { // goroutines that returned may be counted for a moment
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

func TestNextWithEndedContextLosesNothing(t *testing.T) {
	t.Parallel()
	d := smallSet(t, 3)
	opts := LoaderOptions{Batch: 1, Jitter: smallJitter}
	_, want := batches(t, d, Train, opts, 3)
	l, err := d.NewLoader(Train, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	got := make([]float32, len(want[0]))
	taken := 0
	for taken < 3 {
		ctx := ended
		if taken%2 == 0 {
			ctx = context.Background()
		}
		if _, err := l.Next(ctx, got[:64], got[64:]); err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			ended = context.Background()
			continue
		}
		if !slices.Equal(got, want[taken]) {
			t.Errorf("batch %d differs", taken)
		}
		taken++
	}
}

func TestFileThatVanishes(t *testing.T) {
	t.Parallel()
	d := smallSet(t, 2)
	if err := os.Remove(d.root + "/train/aa.png"); err != nil {
		t.Fatal(err)
	}
	l, err := d.NewLoader(Train, LoaderOptions{Batch: 2, Jitter: smallJitter})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range 2 {
		_, err = l.Next(context.Background(), make([]float32, 128), make([]float32, 384))
		if err == nil || !strings.Contains(err.Error(), "aa.png") || hintOf(err) == "" {
			t.Errorf("error %v", err)
		}
	}
}

func TestLoaderOptionsAreChecked(t *testing.T) {
	t.Parallel()
	d := smallSet(t, 2)
	good := LoaderOptions{Batch: 1, Jitter: smallJitter}
	for i, change := range []func(*LoaderOptions){
		func(o *LoaderOptions) { o.Batch = 0 },
		func(o *LoaderOptions) { o.StartStep = -1 },
		func(o *LoaderOptions) { o.Workers = -1 },
		func(o *LoaderOptions) { o.CacheBytes = -1 },
		func(o *LoaderOptions) { o.Jitter = Jitter{} },
	} {
		opts := good
		change(&opts)
		if l, err := d.NewLoader(Train, opts); err == nil {
			l.Close()
			t.Errorf("options %d are accepted", i)
		}
	}
	if _, err := d.NewLoader(Test, good); err == nil {
		t.Error("a split without pairs has a loader")
	}
}

// What comes first is kept, and the budget is never exceeded.
func TestCacheKeepsWithinItsBudget(t *testing.T) {
	t.Parallel()
	c := newCache(100)
	p := Pair{Input: imgio.New(2, 2, 1), Target: imgio.New(2, 2, 2)} // 48 bytes
	for i := range 5 {
		c.put(i, p)
		c.put(i, p)
	}
	if len(c.pairs) != 2 || c.budget != 4 {
		t.Errorf("%d pairs, %d bytes left", len(c.pairs), c.budget)
	}
}

// TestPanic: a mistake of ours in a worker is an error of the batch.
func TestPanic(t *testing.T) {
	t.Parallel()
	d, _ := open(t, folderOf(t, 8, 4, "train/x.png"), nil)
	d.splits[Train][0].a = nil // which has no first file
	l, err := d.NewLoader(Train, LoaderOptions{Batch: 1, Jitter: Jitter{LoadSize: 4, ImageSize: 4}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = l.Next(t.Context(), make([]float32, 48), make([]float32, 48))
	if err == nil || !strings.Contains(err.Error(), "internal error") {
		t.Errorf("error is %v", err)
	}
}
