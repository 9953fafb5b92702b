package feedforward

import (
	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

const (
	halvings    = 2
	ends, inner = 9, 3 // kernels
	normEpsilon = 1e-5
	halfRange   = 127.5 // of the program's pictures, 0 to 255
)

// johnson paints x. Comments are for a width of 32 and 256×256 pixels.
func johnson(s *nn.Scope, c Config, x *graph.Node) *graph.Node {
	y := shifted(graph.Scale(x, halfRange), halfRange) // 0 to 255
	y = rectified(s.Sub("conv1"), y, c.Width, ends, 1) // [batch, 256, 256, 32]
	for k := 1; k <= halvings; k++ {
		y = rectified(s.Subf("conv%d", k+1), y, c.Width<<k, inner, 2) // … [batch, 64, 64, 128]
	}
	for k := 1; k <= c.Blocks; k++ {
		block := s.Subf("block%d", k)
		z := rectified(block.Sub("first"), y, y.Shape().Channels(), inner, 1)
		y = graph.Add(y, normed(block.Sub("second"), z, y.Shape().Channels(), inner, 1)) // nothing rectifies the sum
	}
	for k := 1; k <= halvings; k++ {
		size := y.Shape()
		y = graph.Resize(y, graph.NearestInterpolation, 2*size[1], 2*size[2])
		y = rectified(s.Subf("up%d", k), y, c.Width<<(halvings-k), inner, 1) // … [batch, 256, 256, 32]
	}
	y = mirrored(s.Sub("picture"), y, nn.ConvOptions{Out: Channels, Kernel: ends, Stride: 1, Bias: true})
	return graph.Scale(shifted(y, -halfRange), 1/halfRange)
}

// shifted is x + by.
func shifted(x *graph.Node, by float32) *graph.Node {
	return graph.Add(x, graph.Fill(x.Graph().Constant([]float32{by}), x.Shape()...))
}

func rectified(s *nn.Scope, x *graph.Node, out, kernel, stride int) *graph.Node {
	return graph.ReLU(normed(s, x, out, kernel, stride))
}

func normed(s *nn.Scope, x *graph.Node, out, kernel, stride int) *graph.Node {
	y := mirrored(s, x, nn.ConvOptions{Out: out, Kernel: kernel, Stride: stride})
	return nn.Norm(s, y, nn.NormOptions{Over: graph.PerPicture, Epsilon: normEpsilon, Scale: nn.Constant(1)})
}

// mirrored is a convolution whose border is the picture mirrored.
func mirrored(s *nn.Scope, x *graph.Node, o nn.ConvOptions) *graph.Node {
	o.Init = nn.Kaiming{}
	return nn.Conv(s, graph.PadPicture(x, graph.PadReflect, graph.Pad(o.Kernel/2)), o)
}
