package eval

import (
	"fmt"
	"math"

	"easel/internal/data/metric"
)

// Distance compares the distribution of a model's outputs with that of the targets, by
// features of a network. Its values are comparable only with those of the same features,
// for the same number of pictures of the same size.
type Distance struct {
	Features string `json:"features"` // file and layer
	Length   int    `json:"length"`   // number of features per picture
	Pictures int    `json:"pictures"`
	// Frechet is Fréchet's distance between Gaussians (the "FID", with other features than
	// Inception's).
	Frechet float64 `json:"frechet"`
	// Kernel is the mean of the kernel distance over Blocks ("KID"), and KernelError the
	// standard error of that mean, if there are several.
	Kernel      float64  `json:"kernel"`
	KernelError *float64 `json:"kernel_error,omitempty"`
	Blocks      int      `json:"blocks"`
}

// FrechetKey and KernelKey return the keys of distances by features, which are named as in
// Distance.
func FrechetKey(features string) Key { return Key("frechet:" + features) }

// KernelKey returns the key of the kernel distance.
func KernelKey(features string) Key { return Key("kernel:" + features) }

// kernelBlock is the least number of pictures in a block of the kernel distance, unless the
// set is smaller. Cost grows with the square of the number, and memory with the number.
const kernelBlock = 100

// distribution accumulates what Distance needs. Its memory depends only on the length of
// the features.
type distribution struct {
	*features
	made, target   *metric.Moments
	blocks         blocks
	kernelX        [][]float64
	kernelY        [][]float64
	kernels, total float64 // sums over blocks of the distance and of its square
	squares        float64
}

// blocks cuts n pictures into blocks whose sizes differ by one at most.
type blocks struct{ n, count, taken int }

func newBlocks(n int) blocks { return blocks{n: n, count: max(n/kernelBlock, 1)} }

// ends reports whether the next picture completes a block.
func (b *blocks) ends() bool {
	before := b.taken * b.count / b.n
	b.taken++
	return b.taken*b.count/b.n > before
}

func newDistribution(f *features, n int) *distribution {
	return &distribution{features: f, made: metric.NewMoments(f.length), target: metric.NewMoments(f.length), blocks: newBlocks(n)}
}

// add adds the features of an output and of its target.
func (d *distribution) add(x, y []float64) {
	d.made.Add(x)
	d.target.Add(y)
	d.kernelX, d.kernelY = append(d.kernelX, x), append(d.kernelY, y)
	if d.blocks.ends() {
		d.endBlock()
	}
}

func (d *distribution) endBlock() {
	if len(d.kernelX) > 1 {
		v := metric.KernelDistance(d.kernelX, d.kernelY)
		d.total++
		d.kernels += v
		d.squares += v * v
	}
	d.kernelX, d.kernelY = d.kernelX[:0], d.kernelY[:0]
}

// distance returns the result over all pictures, at least two.
func (d *distribution) distance() (Distance, error) {
	d.endBlock() // of the pictures before an unreadable one
	out := Distance{Features: d.name, Length: d.length, Pictures: d.made.Count(), Blocks: int(d.total)}
	var err error
	if out.Frechet, err = metric.FrechetDistance(d.made, d.target); err != nil {
		return out, fmt.Errorf("features %s: %w", d.name, err)
	}
	out.Kernel = d.kernels / d.total
	if d.total > 1 {
		variance := max(d.squares/d.total-out.Kernel*out.Kernel, 0) * d.total / (d.total - 1)
		e := math.Sqrt(variance / d.total)
		out.KernelError = &e
	}
	return out, nil
}

// measures describes the distances.
func (d *Distance) measures() []Measure {
	text := fmt.Sprintf("%%s between outputs and targets by %s, %d features of a picture (root mean square 1), %d pictures", d.Features, d.Length, d.Pictures)
	return []Measure{
		{FrechetKey(d.Features), "Fréchet " + d.Features, Lower, fmt.Sprintf(text, "Fréchet distance")},
		{KernelKey(d.Features), "kernel " + d.Features, Lower, fmt.Sprintf(text, "kernel distance, cubic polynomial, unbiased,")},
	}
}

// note says how such numbers can be used.
func (d *Distance) note() string {
	text := fmt.Sprintf("distances by %s are comparable only within one protocol (this network and layer, %d pictures, this size); they are not FID or KID", d.Features, d.Pictures)
	if d.Pictures <= d.Length {
		text += fmt.Sprintf(". With fewer pictures than features (%d) the Fréchet distance is mostly bias: look at the kernel distance", d.Length)
	}
	return text
}
