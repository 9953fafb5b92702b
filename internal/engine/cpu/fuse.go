package cpu

import (
	"slices"

	"easel/internal/engine/graph"
)

// At batch 1 a training step is bound by memory as much as by arithmetic, so
// a value that one pass can make while another value is in its hands is never
// written. These are the rules:
//
//	fuse_affine.go
//	  affine   relu(norm(x)) and relu(x + bias) are one pass over x:
//	           max(scale·x + shift, …) per channel
//	  bias     convolution + bias, and the rectifier after it if there is one:
//	           in the convolution's epilogue
//	fuse_gradient.go
//	  terms    the gradient that reaches a norm is a sum of up to two
//	           activation gradients; the norm's two backward passes compute it
//	           on the fly instead of reading it
//	  gram     the gradient through a Gram matrix is added to the rest of its
//	           layer's gradient by the product that makes it
//	fuse_keep.go
//	  pool     a max pool keeps two bits for each largest element, so that the
//	           picture that it pooled need not be kept for the gradient; a third
//	           bit is the gate of the ReLU before it
//	  signs    a rectified value that is wanted later by its gradient only is
//	           kept as a bit each
//	fuse_place.go
//	  concat   a value that is concatenated is written where it will stand
//	  update   a kernel's gradient that only its Adam reads is never written:
//	           each piece goes into the update while it is in cache (where the
//	           gradient comes in long rows, which lowering knows)
//
// Nodes that are computed inside another's step are "folded" and get no step
// and no memory.

// fused is what the rules decide about one node.
type fused struct {
	folded bool
	// source is, of an activation, the norm or bias below it whose operand it
	// reads instead of the result.
	source *graph.Node
	// terms is what the gradient operand of a norm's backward node, or a sum
	// of activation gradients, consists of.
	terms []term
	// gating is the norm whose activation's sign gates some of the terms.
	gating *graph.Node
	// convolution is, of a bias, the one whose epilogue adds it; host is, of
	// such a convolution, the node in whose step it is computed.
	convolution, host *graph.Node
	// rectified is, of an activation, the bias whose convolution's epilogue
	// rectifies too.
	rectified *graph.Node
	// pool is, of a pool's gradient, the pool that keeps where its largest
	// elements were; gate is the ReLU gradient made in the same pass.
	pool, gate *graph.Node
	// signs is, for a gradient, the rectifier of which only the signs are kept;
	// keeps are those whose signs are taken after the node's step.
	signs *graph.Node
	keeps []*graph.Node
	// gram is, of a sum, the gradient through a Gram matrix that it adds.
	gram *graph.Node
	// place is where in a concatenation the node is written.
	place placement
	// update is, of a kernel's gradient, the Adam update that it may go into.
	update *graph.Node
}

// term is slope-gated gradient: d where the activation's argument is above
// zero, slope·d elsewhere. Slope 1 is d itself.
type term struct {
	d     *graph.Node
	slope float32
}

// placement is a part of a concatenation from a channel on; the zero value is
// memory of its own.
type placement struct {
	concat  *graph.Node
	channel int
}

// fused is the record of a node.
func (p *planner) fused(n *graph.Node) *fused { return &p.fusion[n.ID()] }

// fuse decides what is folded.
func (p *planner) fuse() {
	p.fusion = make([]fused, len(p.nodes))
	if p.device.unfused {
		return
	}
	for _, n := range p.nodes {
		if !p.live(n) {
			continue
		}
		switch n.Op().(type) {
		case graph.Normalization, graph.Bias:
			p.fuseAffine(n)
		case graph.NormalizationSums:
			p.fuseNormGradient(n)
		case graph.Sum:
			p.fuseActivationGradients(n)
			p.fuseGramGradient(n)
		case graph.Concatenation:
			p.placeOperands(n)
		case graph.PoolGradient:
			p.indexPool(n)
		case graph.AdamUpdate:
			p.fuseUpdate(n)
		}
	}
	for _, n := range p.nodes {
		if p.live(n) && isGradient(n) {
			p.keepSigns(n)
		}
	}
}

// slope returns the gate of a rectifying activation.
func slope(op graph.Op) (float32, bool) {
	switch o := op.(type) {
	case graph.Activation:
		return o.Slope, o.Function == graph.ReLUFunction || o.Function == graph.LeakyReLUFunction
	case graph.ActivationGradient:
		return slope(graph.Activation(o))
	}
	return 0, false
}

// stale reports whether a parameter that n reads is updated before the user
// that n would be computed with: folded there, it would read the new value.
func (p *planner) stale(n, user *graph.Node) bool {
	return slices.ContainsFunc(n.Inputs(), func(in *graph.Node) bool {
		update := p.updates[viewed(in)]
		return update != nil && update.ID() < user.ID()
	})
}

func (p *planner) usedOnlyBy(n *graph.Node, users ...*graph.Node) bool {
	if p.isOutput(n) {
		return false
	}
	for _, u := range p.users[n.ID()] {
		if !slices.Contains(users, u) {
			return false
		}
	}
	return true
}

func isActivation(n *graph.Node) bool {
	_, ok := n.Op().(graph.Activation)
	return ok
}

func isGradient(n *graph.Node) bool {
	_, ok := n.Op().(graph.ActivationGradient)
	return ok
}
