package vgg

import (
	"fmt"
	"math"

	"easel/internal/engine/graph"
)

type (
	// Pooling is how a pooling layer reduces 2×2 pixels: "max" or "average".
	Pooling string
	// Border is what a convolution reads beyond a picture's border: "zero",
	// "replicate" or "reflect".
	Border string
)

// The choices.
const (
	// MaxPooling is the pooling that the network was trained with.
	MaxPooling Pooling = "max"
	// AveragePooling gives slightly more appealing results (Gatys et al. 2016,
	// §2).
	AveragePooling Pooling = "average"

	// ZeroBorder is what the network was trained with. It shows as a frame in
	// pictures that are made of the features.
	ZeroBorder Border = "zero"
	// ReplicateBorder repeats the outermost pixel.
	ReplicateBorder Border = "replicate"
	// ReflectBorder mirrors the picture at its outermost pixel.
	ReflectBorder Border = "reflect"
)

// AverageRescale is the Config.PoolScale that about makes up for the mean of
// four activations being smaller than the largest of them, so that deeper
// layers see what they were trained on. The paper does without.
const AverageRescale = 2

// Config says how the network is run. The numbers are in a Weights.
type Config struct {
	// Width is the number of channels in block 1; blocks 2, 3, 4 and 5 have 2,
	// 4, 8 and 8 times as many. VGG-19 has 64.
	Width   int     `json:"width"`
	Pooling Pooling `json:"pooling"`
	// PoolScale multiplies what each pool returns: 1 for the network as it was
	// trained; see AverageRescale.
	PoolScale float64 `json:"pool_scale"`
	// Ceil keeps the last row and column of a map with an odd side in a pool of
	// its own: the window ends with the picture. Otherwise they are left out.
	Ceil bool `json:"ceil"`
	// Border is that of conv1_1, which reads the picture; InnerBorder that of
	// all other convolutions.
	Border      Border `json:"border"`
	InnerBorder Border `json:"inner_border"`
}

// Default is the network as it was trained: max pooling, zero borders.
func Default() Config {
	return Config{
		Width: 64, Pooling: MaxPooling, PoolScale: 1,
		Border: ZeroBorder, InnerBorder: ZeroBorder,
	}
}

// Validate reports the first thing that is wrong with c.
func (c Config) Validate() error {
	if c.Width < 1 || c.Width > maxWidth {
		return fmt.Errorf("vgg width %d: it must be from 1 to %d", c.Width, maxWidth)
	}
	if c.Pooling != MaxPooling && c.Pooling != AveragePooling {
		return fmt.Errorf("unknown pooling %q: there are %s and %s", c.Pooling, MaxPooling, AveragePooling)
	}
	if !(c.PoolScale > 0) || math.IsInf(c.PoolScale, 0) {
		return fmt.Errorf("pool scale %g: it must be above 0", c.PoolScale)
	}
	for _, b := range []Border{c.Border, c.InnerBorder} {
		if _, err := b.mode(); err != nil {
			return err
		}
	}
	return nil
}

// maxWidth keeps products of sizes far from overflow; nobody trains such a
// network.
const maxWidth = 1024

func (b Border) mode() (graph.PadMode, error) {
	switch b {
	case ZeroBorder:
		return graph.PadZeros, nil
	case ReplicateBorder:
		return graph.PadReplicate, nil
	case ReflectBorder:
		return graph.PadReflect, nil
	}
	return 0, fmt.Errorf("unknown border %q: there are %s, %s and %s", b, ZeroBorder, ReplicateBorder, ReflectBorder)
}
