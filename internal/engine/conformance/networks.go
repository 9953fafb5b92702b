package conformance

import "easel/internal/engine/graph"

// networkCases are what executors fuse: the papers' networks in small, and
// networks that nobody would think of.
func networkCases() []Case {
	network := func(name string, seeds int, build func(d *Draw) *graph.Node) Case {
		return Case{Name: name, Tolerance: networkTolerance, Seeds: seeds, Build: build}
	}
	return []Case{
		network("network: generator", 3, generator),
		network("network: discriminator", 3, discriminator),
		network("network: features", 3, features),
		network("network: residual", 3, residual),
		network("network: rectifiers", 8, rectifiers),
		network("network: any", 60, anyNetwork),
	}
}

// weights is a leaf of N(0, 0.1) or thereabouts, so that activations stay
// within a few units.
func weights(d *Draw, shape ...int) *graph.Node { return graph.Scale(d.Leaf(shape...), 0.15) }

func conv(d *Draw, x *graph.Node, k, out, stride, pad int) *graph.Node {
	return graph.Conv(x, d.Leaf(k, k, x.Shape().Channels(), out), stride, graph.Pad(pad))
}

func transposed(d *Draw, x *graph.Node, out int) *graph.Node {
	return graph.ConvTranspose(x, d.Leaf(4, 4, x.Shape().Channels(), out), 2, 1)
}

func norm(d *Draw, x *graph.Node) *graph.Node {
	over := graph.PerBatch
	if d.Coin() {
		over = graph.PerPicture
	}
	c := x.Shape().Channels()
	return graph.Norm(x, d.Normal(1, c), d.Leaf(c), over, 1e-5)
}

func bias(d *Draw, x *graph.Node) *graph.Node { return graph.AddBias(x, d.Leaf(x.Shape().Channels())) }

func dropout(d *Draw, x *graph.Node) *graph.Node {
	return graph.Mul(x, graph.Mask(d.Key(d.Uint64(), 1), 0.5, d.Uint32(), x.Shape()...))
}

func width(d *Draw) int {
	if d.Small {
		return 2
	}
	return []int{3, 8, 9, 16}[d.IntN(4)] // 16 and up is what is filtered
}

// generator is a U-Net of three levels with the objective L1 + cGAN, the
// discriminator being one layer.
func generator(d *Draw) *graph.Node {
	n, c, side := d.Batch(), width(d), 8
	x, target := d.Fixed(n, side, side, 3), d.Fixed(n, side, side, 3)
	e1 := bias(d, conv(d, x, 4, c, 2, 1))
	e2 := norm(d, conv(d, graph.LeakyReLU(e1, 0.2), 4, 2*c, 2, 1))
	e3 := bias(d, conv(d, graph.LeakyReLU(e2, 0.2), 4, 2*c, 2, 1))
	d3 := dropout(d, norm(d, transposed(d, graph.ReLU(e3), 2*c)))
	d2 := norm(d, transposed(d, graph.ReLU(graph.Concat(d3, e2)), c))
	y := graph.Tanh(graph.Scale(bias(d, transposed(d, graph.ReLU(graph.Concat(d2, e1)), 3)), 0.1))
	fake := bias(d, conv(d, graph.Concat(x, y), 4, 1, 2, 1))
	return graph.Add(graph.CrossEntropy(fake, 1), graph.Scale(graph.L1(y, target), 100))
}

// discriminator is a PatchGAN on a true and a false pair.
func discriminator(d *Draw) *graph.Node {
	n, c, side := d.Batch(), width(d), 12
	if d.Small {
		side = 8
	}
	w1, w2, w3 := weights(d, 4, 4, 6, c), weights(d, 4, 4, c, 2*c), weights(d, 4, 4, 2*c, 1)
	b1, scale, shift, b3 := d.Leaf(c), d.Normal(1, 2*c), d.Leaf(2*c), d.Leaf(1)
	judge := func(x *graph.Node) *graph.Node {
		h := graph.LeakyReLU(graph.AddBias(graph.Conv(x, w1, 2, graph.Pad(1)), b1), 0.2)
		h = graph.Norm(graph.Conv(h, w2, 1, graph.Pad(1)), scale, shift, graph.PerPicture, 1e-5)
		return graph.AddBias(graph.Conv(graph.LeakyReLU(h, 0.2), w3, 1, graph.Pad(1)), b3)
	}
	x := d.Fixed(n, side, side, 3)
	pair := func() *graph.Node { return graph.Concat(x, graph.Detach(graph.Tanh(d.Fixed(n, side, side, 3)))) }
	return graph.Scale(graph.Add(graph.CrossEntropy(judge(pair()), 1), graph.CrossEntropy(judge(pair()), 0)), 0.5)
}

// features is a VGG in small with style and content losses, to be
// differentiated to the pixels.
func features(d *Draw) *graph.Node {
	c, side := width(d), d.Side(8)
	x := d.Leaf(1, side, side+1, 3)
	fixed := func(k, in, out int) *graph.Node { return graph.Scale(d.Fixed(k, k, in, out), 0.2) }
	h := graph.ReLU(graph.AddBias(graph.Conv(x, fixed(3, 3, c), 1, graph.Pad(1)), d.Fixed(c)))
	style := graph.Gram(h)
	h = graph.ReLU(graph.Conv(h, fixed(3, c, c), 1, graph.Pad(1)))
	h = graph.AveragePool(h, 2, 2)
	h = graph.ReLU(graph.AddBias(graph.Conv(h, fixed(3, c, 2*c), 1, graph.Pad(1)), d.Fixed(2*c)))
	content := graph.L2(h, d.Graph.Constant(d.normal(0, h.Shape()), h.Shape()...))
	h = graph.Gram(graph.MaxPool(h, 2, 2))
	return graph.Add(content, graph.Add(
		graph.Scale(graph.L2(style, d.Fixed(style.Shape()...)), 0.01),
		graph.Scale(graph.L2(h, d.Fixed(h.Shape()...)), 0.01)))
}

// residual has reflected borders, a skip by addition and a resize convolution.
func residual(d *Draw) *graph.Node {
	c := width(d)
	x := d.Leaf(d.Batch(), 6, 5, c)
	h := graph.ReLU(norm(d, conv(d, graph.PadPicture(x, graph.PadReflect, graph.Pad(1)), 3, c, 1, 0)))
	h = norm(d, conv(d, graph.PadPicture(h, graph.PadReflect, graph.Pad(1)), 3, c, 1, 0))
	h = graph.Add(x, h)
	return graph.Sigmoid(graph.Scale(bias(d, conv(d, graph.Resize(h, graph.NearestInterpolation, 12, 10), 3, 2, 1, 1)), 0.1))
}

// rectifiers meet in one value before and after a skip, so that its gradient is
// the sum of rectifiers' gradients with one source or with two.
func rectifiers(d *Draw) *graph.Node {
	x := conv(d, d.Leaf(d.Batch(), 6, 5, 3), 3, width(d), 1, 1)
	if d.Coin() {
		x = norm(d, x)
	}
	skip := x
	if d.Coin() {
		skip = graph.Add(x, d.Leaf(x.Shape()...))
	}
	a, b := graph.LeakyReLU(x, 0.2), graph.ReLU(skip)
	if d.Coin() {
		d.Watch(a)
	}
	return graph.Add(conv(d, a, 3, 2, 1, 1), conv(d, b, 3, 2, 1, 1))
}

// anyNetwork applies random layers to random earlier values.
func anyNetwork(d *Draw) *graph.Node {
	n := d.Batch()
	values := []*graph.Node{d.Leaf(n, 8, 8, width(d)), d.Leaf(n, 4, 4, width(d))}
	for range d.Between(4, 12) {
		x := values[len(values)-1]
		if d.IntN(3) == 0 {
			x = values[d.IntN(len(values))]
		}
		y := anyLayer(d, x, values)
		if d.IntN(5) == 0 {
			d.Watch(y)
		}
		values = append(values, y)
	}
	losses := graph.Scale(graph.Mean(values[len(values)-1]), 0.5)
	for _, v := range values[2:] {
		if d.IntN(3) == 0 {
			losses = graph.Add(losses, anyLoss(d, v))
		}
	}
	return graph.Add(losses, anyLoss(d, values[len(values)-1]))
}

func anyLoss(d *Draw, x *graph.Node) *graph.Node {
	switch d.IntN(4) {
	case 0:
		return graph.L1(x, d.Fixed(x.Shape()...))
	case 1:
		return graph.CrossEntropy(x, 1)
	case 2:
		return graph.Scale(graph.L2(graph.Gram(x), d.Fixed(x.Shape()[0], x.Shape()[3], x.Shape()[3])), 1e-3)
	}
	return graph.Mean(graph.Mul(x, x))
}

// anyLayer applies a random layer that fits to x; where it combines, the other
// operand is an earlier value.
func anyLayer(d *Draw, x *graph.Node, earlier []*graph.Node) *graph.Node {
	side := x.Shape()[1]
	small := graph.Scale(x, 0.4) // keeps sums of many channels in bounds
	switch d.IntN(16) {
	case 0, 1:
		return conv(d, small, 3, width(d), 1, 1)
	case 2:
		if side%2 == 0 {
			return conv(d, small, 4, width(d), 2, 1)
		}
	case 3:
		if side <= 4 {
			return transposed(d, small, width(d))
		}
	case 4, 5:
		if side > 1 {
			return norm(d, x)
		}
	case 6:
		return bias(d, x)
	case 7:
		return graph.ReLU(x)
	case 8:
		return graph.LeakyReLU(x, 0.2)
	case 9:
		return dropout(d, x)
	case 10, 11:
		return join(d, x, earlier)
	case 12:
		if side > 2 {
			return graph.MaxPool(x, 2, 2)
		}
	case 13:
		if side <= 4 {
			return graph.Resize(x, graph.BilinearInterpolation, 2*side, 2*side)
		}
	case 14:
		return slice(d, x)
	}
	return graph.Tanh(x)
}

// join concatenates or adds an earlier value of equal size, be it x itself.
func join(d *Draw, x *graph.Node, earlier []*graph.Node) *graph.Node {
	for _, i := range d.Perm(len(earlier)) {
		other := earlier[i]
		switch {
		case other.Shape().Equal(x.Shape()) && d.Coin():
			return graph.Add(x, other)
		case other.Shape()[1] == x.Shape()[1] && other.Shape().Channels() < 40 && x.Shape().Channels() < 40:
			return graph.Concat(x, other)
		}
	}
	return d.Detach(x)
}
