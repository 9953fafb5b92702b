package vgg

import (
	"fmt"
	"math"

	"easel/internal/engine/graph"
)

type (
	// Pooling is how a pooling layer reduces 2×2 pixels: "max" or "average".
	Pooling string
	// Border is the padding of convolutions: "zero", "replicate" or "reflect".
	Border string
)

// The values of these types.
const (
	// MaxPooling is the pooling that the network was trained with.
	MaxPooling Pooling = "max"
	// AveragePooling gives slightly more appealing results (Gatys et al. 2016,
	// §2).
	AveragePooling Pooling = "average"

	// ZeroBorder is what the network was trained with. It shows as a frame in pictures that
	// are computed from the features.
	ZeroBorder Border = "zero"
	// ReplicateBorder repeats the outermost pixel.
	ReplicateBorder Border = "replicate"
	// ReflectBorder mirrors the picture at its outermost pixel.
	ReflectBorder Border = "reflect"
)

// AverageRescale is a Config.PoolScale that approximately compensates for the mean of four
// activations being smaller than their maximum, so that deeper layers see what they were
// trained on. The paper does without it.
const AverageRescale = 2

// Config says how to run the network. The numbers are in a Weights.
type Config struct {
	// Width is the number of channels in block 1; blocks 2, 3, 4 and 5 have 2,
	// 4, 8 and 8 times as many. VGG-19 has 64.
	Width int `json:"width"`
	// Rank is that of a small network's convolutions, 0 for whole ones: see "Small networks"
	// in the package's documentation.
	Rank    int     `json:"rank,omitempty"`
	Pooling Pooling `json:"pooling"`
	// PoolScale multiplies the output of each pool: 1 for the network as it was trained;
	// see AverageRescale.
	PoolScale float64 `json:"pool_scale"`
	// Ceil pools an odd last row or column of a map alone instead of dropping it.
	Ceil bool `json:"ceil"`
	// Border is that of conv1_1, which reads the picture; InnerBorder that of all other
	// convolutions.
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

// Distilled is how small networks are run when they are distilled: with average pooling that
// keeps the scale, and the outermost pixel repeated, as style transfer does by default. They
// imitate other variants of the wider network less well.
func Distilled() Config {
	c := Default()
	c.Pooling, c.PoolScale, c.Border = AveragePooling, AverageRescale, ReplicateBorder
	return c
}

// Validate reports the first invalid option.
func (c Config) Validate() error {
	if c.Width < 1 || c.Width > maxWidth {
		return fmt.Errorf("vgg width %d: it must be from 1 to %d", c.Width, maxWidth)
	}
	if c.Rank < 0 || c.Rank > maxWidth {
		return fmt.Errorf("vgg rank %d: it must be from 0 to %d", c.Rank, maxWidth)
	}
	if c.Pooling != MaxPooling && c.Pooling != AveragePooling {
		return fmt.Errorf("unknown pooling %q: expected %s or %s", c.Pooling, MaxPooling, AveragePooling)
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

// maxWidth keeps products of sizes far from overflow; nobody trains such a network.
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
	return 0, fmt.Errorf("unknown border %q: expected %s, %s or %s", b, ZeroBorder, ReplicateBorder, ReflectBorder)
}
