package zoo

import (
	"fmt"
	"strings"

	"easel/internal/model/pix2pix"
)

// The paper's own program, in Torch 7. Its files have no names, only modules in the
// order in which they run: a convolution, its norm, and so on. Pictures are BGR
// there, and a concatenation is [decoder, skip]. Every convolution has a bias: those
// before a norm do nothing, the others count.

// module is a convolution and the norm that follows it.
type module struct{ conv, norm string }

// torch7UNet recognises a U-Net by as many transposed convolutions as others.
func torch7UNet(s *source, o ImportOptions) (*network, error) {
	var encoder, decoder []module
	last := &module{}
	for _, name := range s.names {
		conv, isWeight := strings.CutSuffix(name, ".weight")
		if !isWeight {
			continue
		}
		switch _, class, _ := strings.Cut(conv, ":"); class {
		case "SpatialConvolution", "SpatialConvolutionMM":
			encoder = append(encoder, module{conv: conv})
			last = &encoder[len(encoder)-1]
		case "SpatialFullConvolution":
			decoder = append(decoder, module{conv: conv})
			last = &decoder[len(decoder)-1]
		case "SpatialBatchNormalization", "InstanceNormalization":
			last.norm = conv
		}
	}
	levels := len(encoder)
	if s.format != formatTorch7 || levels < 5 || levels > 12 || len(decoder) != levels {
		return nil, nil
	}
	in, out := s.dim(encoder[0].conv+".weight", 1), s.dim(decoder[levels-1].conv+".weight", 1)
	c := portConfig(1<<levels, in, out, s.dim(encoder[0].conv+".weight", 0))
	c.Norm, c.EdgeBiases = pix2pix.NormBatch, true
	n := &network{
		name: fmt.Sprintf("a U-Net of the paper's program: %d levels, width %d", levels, c.Width),
		idle: func(name string) bool {
			return strings.HasSuffix(name, ".bias") || strings.HasSuffix(name, ".running_mean") || strings.HasSuffix(name, ".running_var")
		},
	}
	for k, m := range encoder {
		n.torch7(fmt.Sprintf("generator/encoder%d", k+1), m, outInRows, k == 0 && in == 3, false)
	}
	for j, m := range decoder {
		n.torch7(fmt.Sprintf("generator/decoder%d", j+1), m, inOutRows, false, j == levels-1 && out == 3)
	}
	if o.NormStatistics == pix2pix.StoredStatistics {
		return nil, n.statistics(s, &c, o)
	}
	c.Dropout = o.Dropout
	if o.Dropout == "" {
		c.Dropout = pix2pix.DropoutOff
		n.notes = append(n.notes, "dropout: off; the program has it at decoder layers 1 to 3, at test too, as dropout \"paper\" has it")
	}
	return n, n.describe(s, c, o)
}

// torch7 adds a layer's places. Kernels that see pictures or make them are BGR.
func (n *network) torch7(own string, m module, l layout, bgrIn, bgrOut bool) {
	n.places = append(n.places,
		place{own: own + "/kernel", theirs: m.conv + ".weight", layout: l, reverseIn: bgrIn, reverseOut: bgrOut},
		place{own: own + "/bias", theirs: m.conv + ".bias", reverseOut: bgrOut},
		place{own: own + "/norm/scale", theirs: m.norm + ".weight"},
		place{own: own + "/norm/shift", theirs: m.norm + ".bias"})
}
