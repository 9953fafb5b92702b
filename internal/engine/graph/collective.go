package graph

// Several devices may run one graph in step, each with inputs of its own: see
// "Several devices" in the package's comment. These operations are where they
// meet; on one device both pass their operand on.
type (
	// AllReduce is the mean of a value over all devices, the same on each.
	AllReduce struct{}
	// PooledMoments are the moments of all devices' groups taken together, the
	// same on each: operand Moments over equally many elements on each device.
	// With mean μᵢ and sᵢ = 1/√(variance + ε) on device i they are μ, the mean
	// of the μᵢ, and 1/√ of the mean of 1/sᵢ² + (μᵢ − μ)². As with Moments,
	// their gradient is part of Normalization's.
	PooledMoments struct{}
)

// Name implements Op.
func (AllReduce) Name() string { return "all-reduce" }

// Name implements Op.
func (PooledMoments) Name() string { return "pooled-moments" }

func (AllReduce) infer(in []Shape) Shape { return in[0] }

func (o PooledMoments) infer(in []Shape) Shape {
	wantRank(o.Name(), in[0], 3)
	wantShape(o.Name(), "moments", in[0], in[0][0], 2, in[0][2])
	return in[0]
}

// gradient is that of the sum of all devices' losses: what reaches a device's
// operand is 1/N of what reaches each of the N results.
func (AllReduce) gradient(_, dy *Node) []*Node { return []*Node{DeviceMean(dy)} }

func (o PooledMoments) gradient(_, _ *Node) []*Node { return noGradient(o) }

// DeviceMean is the mean of x over all devices that run the graph.
func DeviceMean(x *Node) *Node { return apply(AllReduce{}, x) }
