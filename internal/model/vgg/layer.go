package vgg

import (
	"fmt"
	"slices"

	"easel/internal/base/hint"
)

// convolutions is the number of convolutions in each block (configuration E of
// Simonyan and Zisserman 2014, Table 1), and multiples the number of channels
// in multiples of the first block's.
var (
	convolutions = [5]int{2, 2, 4, 4, 4}
	multiples    = [5]int{1, 2, 4, 8, 8}
)

// ranks are the ranks of the convolutions in each block of a small network, in multiples of
// Config.Rank.
var ranks = [5]int{3, 4, 6, 10, 10}

type kind int

const (
	convolution kind = iota
	rectifier
	pool
)

// Layer is a readable value in the network.
type Layer struct {
	// Name is conv4_2, relu4_2 or pool4.
	Name string
	// Block is 1 to 5.
	Block int
	// Channels is the number of channels in multiples of Config.Width.
	Channels int
	// Stride is how many pixels of the picture correspond to one of the layer.
	Stride int
	// ReceptiveField is how many pixels of the picture, in each direction, a pixel of the
	// layer depends on.
	ReceptiveField int
	// Work is how many multiplications the network does for a pixel of the picture, up to
	// this layer, in multiples of the square of Config.Width (but for the first layer's few).
	Work float64

	kind  kind
	index int // in the order of Layers
}

// layers are all layers, first to last.
var layers = table()

func table() []Layer {
	var list []Layer
	stride, field, work, in := 1, 1, 0.0, 0
	add := func(k kind, block int, name string) {
		list = append(list, Layer{
			Name: name, Block: block + 1, Channels: multiples[block],
			Stride: stride, ReceptiveField: field, Work: work, kind: k, index: len(list),
		})
	}
	for b, n := range convolutions {
		for i := 1; i <= n; i++ {
			field += 2 * stride // 3×3
			work += float64(9*in*multiples[b]) / float64(stride*stride)
			in = multiples[b]
			add(convolution, b, fmt.Sprintf("conv%d_%d", b+1, i))
			add(rectifier, b, fmt.Sprintf("relu%d_%d", b+1, i))
		}
		field += stride // 2×2
		stride *= 2
		add(pool, b, fmt.Sprintf("pool%d", b+1))
	}
	return list
}

// Layers returns all layers of the network, first to last, as a new slice.
func Layers() []Layer { return slices.Clone(layers) }

// Find returns the layer with the given name. The error for an unknown name has a hint with
// the existing ones.
func Find(name string) (Layer, error) {
	for _, l := range layers {
		if l.Name == name {
			return l, nil
		}
	}
	return Layer{}, hint.New(
		fmt.Errorf("VGG-19 has no layer %q", name),
		"the layers are relu1_1, relu1_2, relu2_1 … relu5_4, the same with conv (before the activation), and pool1 … pool5; "+
			"blocks 1 and 2 have two layers, the others four",
	)
}

// Deepest returns the named layer that comes last in the network.
func Deepest(names ...string) (Layer, error) {
	if len(names) == 0 {
		return Layer{}, fmt.Errorf("no layer of VGG-19 is given")
	}
	var deepest Layer
	for _, name := range names {
		l, err := Find(name)
		if err != nil {
			return Layer{}, err
		}
		if l.index >= deepest.index {
			deepest = l
		}
	}
	return deepest, nil
}

// Above reports whether a layer comes after another.
func (l Layer) Above(below Layer) bool { return l.index > below.index }

// Convolutions returns the names of the layers with weights, first to last, that the given
// layer needs, including itself.
func (l Layer) Convolutions() []string {
	var names []string
	for _, m := range layers[:l.index+1] {
		if m.kind == convolution {
			names = append(names, m.Name)
		}
	}
	return names
}

// rank returns that of a convolution in a network of the given rank, 0 for a whole one.
func (l Layer) rank(multiple int) int {
	if l.index == 0 {
		return 0
	}
	return ranks[l.Block-1] * multiple
}

// MinSize returns the smallest height and width of a picture that reaches all given layers,
// 16 for relu5_1 of the default network.
func (c Config) MinSize(names ...string) (int, error) {
	deepest, err := Deepest(names...)
	if err != nil {
		return 0, err
	}
	for size := 1; ; size++ {
		if c.fits(size, deepest) {
			return size, nil
		}
	}
}

// fits follows one side of a picture through the network.
func (c Config) fits(size int, deepest Layer) bool {
	for _, l := range layers[:deepest.index+1] {
		switch border := c.border(l); {
		case l.kind == pool:
			if size = c.pooled(size); size == 0 {
				return false
			}
		case l.kind == convolution && border == ReflectBorder && size < 2:
			return false
		}
	}
	return true
}

// Size returns the extent of a layer's map for a picture of the given height or width; 0 if
// the picture is too small.
func (c Config) Size(l Layer, pixels int) int {
	for _, m := range layers[:l.index+1] {
		if m.kind == pool {
			pixels = c.pooled(pixels)
		}
	}
	return pixels
}

func (c Config) pooled(size int) int {
	if c.Ceil {
		return (size + 1) / 2
	}
	return size / 2
}

// border returns the padding of the convolution at a layer.
func (c Config) border(l Layer) Border {
	if l.index == 0 {
		return c.Border
	}
	return c.InnerBorder
}
