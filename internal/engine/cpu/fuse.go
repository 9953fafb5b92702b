package cpu

import (
	"slices"

	"easel/internal/engine/graph"
)

// At batch 1 a training step is bound by memory as much as by arithmetic, so
// a value that one pass can make while another value is in its hands is never
// written. These are the rules, each a few lines below:
//
//	affine     relu(norm(x)) and relu(x + bias) are one pass over x:
//	           max(scale·x + shift, …) per channel
//	terms      the gradient that reaches a norm is a sum of up to two
//	           activation gradients; the norm's two backward passes compute it
//	           on the fly instead of reading it
//	bias       convolution + bias, and the rectifier after it if there is one:
//	           in the convolution's epilogue
//	pool       a max pool keeps two bits for each largest element, so that the
//	           picture that it pooled need not be kept for the gradient; a third
//	           bit is the gate of the ReLU before it
//	signs      a rectified value that is wanted later by its gradient only is
//	           kept as a bit each
//	gram       the gradient through a Gram matrix is added to the rest of its
//	           layer's gradient by the product that makes it
//	concat     a value that is concatenated is written where it will stand
//	update     a kernel's gradient that only its Adam reads is never written:
//	           each piece goes into the update while it is in cache (where the
//	           gradient comes in long rows, which lowering knows)
//
// Nodes that are computed inside another's step are "folded" and get no step
// and no memory.
type fusion struct {
	folded map[*graph.Node]bool
	// sources are activations that read the operand of the norm or bias below
	// them instead of its result.
	sources map[*graph.Node]*graph.Node
	// terms is what the gradient operand of a norm's backward node, or a sum
	// of activation gradients, consists of.
	terms map[*graph.Node][]term
	// biases are the convolutions whose epilogue adds a bias: by the bias node.
	biases map[*graph.Node]*graph.Node
	// hosts are the nodes in whose step an epilogue's convolution is computed,
	// by the convolution.
	hosts map[*graph.Node]*graph.Node
	// rectified are the biases whose convolution's epilogue rectifies too: by
	// the activation.
	rectified map[*graph.Node]*graph.Node
	// indices are the pools whose gradients know where the largest elements
	// were, by the gradient; gates are ReLU gradients that such a gradient is
	// made with, by the pool's gradient.
	indices map[*graph.Node]*graph.Node
	gates   map[*graph.Node]*graph.Node
	// signs are rectifiers of which only signs are kept, by the gradient; kept
	// are those by the node after whose step they are.
	signs map[*graph.Node]*graph.Node
	kept  map[*graph.Node][]*graph.Node
	// grams are gradients through Gram matrices that a sum adds, by the sum.
	grams map[*graph.Node]*graph.Node
	// places are the concatenations that a node is written into.
	places map[*graph.Node]placement
	// updates are the Adam updates that a kernel's gradient may go into, by the
	// gradient's node.
	updates map[*graph.Node]*graph.Node
}

// term is slope-gated gradient: d where the activation's argument is above
// zero, slope·d elsewhere. Slope 1 is d itself.
type term struct {
	d     *graph.Node
	slope float32
}

type placement struct {
	concat  *graph.Node
	channel int
}

func newFusion() *fusion {
	return &fusion{
		folded:    map[*graph.Node]bool{},
		sources:   map[*graph.Node]*graph.Node{},
		terms:     map[*graph.Node][]term{},
		biases:    map[*graph.Node]*graph.Node{},
		rectified: map[*graph.Node]*graph.Node{},
		hosts:     map[*graph.Node]*graph.Node{},
		indices:   map[*graph.Node]*graph.Node{},
		gates:     map[*graph.Node]*graph.Node{},
		signs:     map[*graph.Node]*graph.Node{},
		kept:      map[*graph.Node][]*graph.Node{},
		grams:     map[*graph.Node]*graph.Node{},
		places:    map[*graph.Node]placement{},
		updates:   map[*graph.Node]*graph.Node{},
	}
}

// fuse decides what is folded.
func (p *planner) fuse() {
	p.fusion = newFusion()
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

// fuseAffine lets rectifiers read the operand of a norm or bias. If nobody
// else reads the norm's result it is never made; a bias that somebody reads
// goes into the convolution before it where there is one.
func (p *planner) fuseAffine(n *graph.Node) {
	all := !p.isOutput(n)
	for _, u := range p.users[n.ID()] {
		_, rectifies := slope(u.Op())
		_, isActivation := u.Op().(graph.Activation)
		all = all && rectifies && isActivation && !p.stale(n, u)
	}
	x, users := n.Inputs()[0], p.users[n.ID()]
	_, isBias := n.Op().(graph.Bias)
	ofConvolution := isBias && isConvolution(x.Op()) && p.usedOnlyBy(x, n)
	switch {
	case all && ofConvolution && len(users) == 1 && !p.stale(x, users[0]):
		p.fusion.rectified[users[0]] = n
		p.fusion.hosts[x] = users[0]
		p.fusion.biases[n] = x
		p.fusion.folded[n], p.fusion.folded[x] = true, true
	case all:
		for _, u := range users {
			p.fusion.sources[u] = n
		}
		p.fusion.folded[n] = true
	case ofConvolution && !p.stale(x, n):
		p.fusion.hosts[x] = n
		p.fusion.biases[n] = x
		p.fusion.folded[x] = true
	}
}

func isConvolution(op graph.Op) bool {
	switch op.(type) {
	case graph.Convolution, graph.ConvolutionInputGradient:
		return true
	}
	return false
}

// stale reports whether a parameter that n reads is updated before the user
// that n would be computed with: folded there, it would read the new value.
func (p *planner) stale(n, user *graph.Node) bool {
	return slices.ContainsFunc(n.Inputs(), func(in *graph.Node) bool {
		update := p.updates[viewed(in)]
		return update != nil && update.ID() < user.ID()
	})
}

// fuseNormGradient takes apart the gradient that reaches a norm.
func (p *planner) fuseNormGradient(sums *graph.Node) {
	g, x, moments := sums.Inputs()[0], sums.Inputs()[1], sums.Inputs()[2]
	owners := []*graph.Node{sums}
	for _, u := range p.users[g.ID()] {
		if _, ok := u.Op().(graph.NormalizationInputGradient); ok && u.Inputs()[3] == sums {
			owners = append(owners, u)
		}
	}
	var parts []*graph.Node
	if _, ok := g.Op().(graph.Sum); ok && p.fusion.grams[g] == nil && p.usedOnlyBy(g, owners...) {
		parts = g.Inputs()
	} else {
		parts = []*graph.Node{g}
	}
	terms := make([]term, len(parts))
	inner := owners
	if len(parts) == 2 {
		inner = []*graph.Node{g}
	}
	for i, part := range parts {
		terms[i] = p.gate(part, inner, func(y *graph.Node) bool {
			norm := y.Inputs()[0]
			_, ok := norm.Op().(graph.Normalization)
			return ok && norm.Inputs()[0] == x && norm.Inputs()[1] == moments
		})
	}
	if len(parts) == 2 {
		p.fusion.folded[g] = true
	}
	for _, o := range owners {
		p.fusion.terms[o] = terms
	}
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

// gate folds an activation's gradient into its only users, if the activation
// is one whose sign they know; else, or if it has been folded elsewhere, the
// part is read as it is.
func (p *planner) gate(part *graph.Node, users []*graph.Node, knowsSign func(y *graph.Node) bool) term {
	s, rectifies := slope(part.Op())
	if _, ok := part.Op().(graph.ActivationGradient); !ok || !rectifies || p.fusion.folded[part] || !p.usedOnlyBy(part, users...) {
		return term{part, 1}
	}
	if y := part.Inputs()[1]; !isActivation(y) || !knowsSign(y) {
		return term{part, 1}
	}
	p.fusion.folded[part] = true
	return term{part.Inputs()[0], s}
}

func isActivation(n *graph.Node) bool {
	_, ok := n.Op().(graph.Activation)
	return ok
}

// fuseActivationGradients makes one pass of the sum of the gradients of two
// activations of one value, where no norm's backward takes the sum apart.
func (p *planner) fuseActivationGradients(sum *graph.Node) {
	for _, u := range p.users[sum.ID()] {
		switch u.Op().(type) {
		case graph.NormalizationSums, graph.NormalizationInputGradient:
			return
		}
	}
	a, b := sum.Inputs()[0], sum.Inputs()[1]
	var source *graph.Node
	for _, part := range []*graph.Node{a, b} {
		if _, rectifies := slope(part.Op()); !isGradient(part) || !rectifies || !isActivation(part.Inputs()[1]) {
			return
		}
		x := part.Inputs()[1].Inputs()[0]
		if source != nil && source != x {
			return
		}
		source = x
	}
	users := []*graph.Node{sum}
	know := func(*graph.Node) bool { return true }
	terms := []term{p.gate(a, users, know), p.gate(b, users, know)}
	p.fusion.terms[sum] = terms
}

// indexPool finds the pool of a gradient, and the ReLU gradient that alone
// follows.
func (p *planner) indexPool(gradient *graph.Node) {
	o := gradient.Op().(graph.PoolGradient)
	x := gradient.Inputs()[1]
	if o.Kind != graph.MaxPooling || o.Size != 2 || o.Stride != 2 || !p.device.pointwise.Indexes(x.Shape().Channels()) {
		return
	}
	for _, u := range p.users[x.ID()] {
		if u.Op() == graph.Op(graph.Pool(o)) && u.ID() < gradient.ID() {
			p.fusion.indices[gradient] = u
			p.indexOf(u)
		}
	}
	if p.fusion.indices[gradient] == nil || p.isOutput(gradient) || len(p.users[gradient.ID()]) != 1 {
		return
	}
	gate := p.users[gradient.ID()][0]
	if s, rectifies := slope(gate.Op()); rectifies && s == 0 && gate.Inputs()[1] == x && isGradient(gate) {
		p.fusion.gates[gradient] = gate
		p.fusion.folded[gate] = true
	}
}

func isGradient(n *graph.Node) bool {
	_, ok := n.Op().(graph.ActivationGradient)
	return ok
}

// keepSigns finds the rectifier of a gradient whose value nobody else wants so
// late. It comes last: what gradients are folded into others is known.
func (p *planner) keepSigns(gradient *graph.Node) {
	y := gradient.Inputs()[1]
	_, rectifies := slope(gradient.Op())
	_, placed := p.fusion.places[y]
	if !rectifies || !isActivation(y) || placed || p.fusion.folded[gradient] || p.fusion.folded[y] ||
		p.isOutput(y) || !p.device.pointwise.Indexes(y.Shape().Channels()) {
		return
	}
	last := y
	for _, u := range p.users[y.ID()] {
		h := p.host(u)
		if u == gradient {
			continue
		}
		if isView(u) || p.fusion.folded[h] || h.ID() > gradient.ID() {
			return
		}
		if h.ID() > last.ID() {
			last = h
		}
	}
	p.fusion.signs[gradient] = y
	p.fusion.kept[last] = append(p.fusion.kept[last], y)
}

// fuseGramGradient lets a sum's gradient through a Gram matrix be made where
// the sum is.
func (p *planner) fuseGramGradient(sum *graph.Node) {
	if p.fusion.folded[sum] || p.fusion.terms[sum] != nil {
		return
	}
	for i, in := range sum.Inputs() {
		if _, ok := in.Op().(graph.GramGradient); ok && p.usedOnlyBy(in, sum) && sum.Inputs()[1-i] != in && !p.stale(in, sum) {
			p.fusion.grams[sum] = in
			p.fusion.folded[in] = true
			return
		}
	}
}

// placeOperands lets rectifiers write straight into the concatenation that
// reads them.
func (p *planner) placeOperands(concat *graph.Node) {
	channel := 0
	for i, in := range concat.Inputs() {
		_, rectifies := slope(in.Op())
		_, placed := p.fusion.places[in]
		twice := slices.Contains(concat.Inputs()[:i], in)
		if rectifies && isActivation(in) && !placed && !twice && !p.isOutput(in) {
			p.fusion.places[in] = placement{concat, channel}
		}
		channel += in.Shape().Channels()
	}
}

// fuseUpdate allows the step that makes a kernel's gradient to update the kernel, if
// nothing else reads the gradient and what the update writes is not read
// between the two.
func (p *planner) fuseUpdate(update *graph.Node) {
	gradient := update.Inputs()[1]
	if _, ok := gradient.Op().(graph.ConvolutionKernelGradient); !ok || !p.usedOnlyBy(gradient, update) {
		return
	}
	for i, in := range update.Inputs() {
		written := slices.Contains(graph.Updated(update.Op()), i)
		if written && p.readBetween(in, gradient, update) || !written && in != gradient && in.ID() > gradient.ID() {
			return
		}
	}
	p.fusion.updates[gradient] = update
}

// host is the node in whose step a convolution is computed: that of its
// epilogue's last node.
func (p *planner) host(n *graph.Node) *graph.Node {
	if h := p.fusion.hosts[n]; h != nil {
		return h
	}
	return n
}

// readBetween reports whether a parameter is read after one node and before
// another, itself or through a view.
func (p *planner) readBetween(n, after, before *graph.Node) bool {
	for _, u := range p.users[n.ID()] {
		if u != before && (p.host(u).ID() > after.ID() || isView(u) && p.lastReader(u) > after.ID()) {
			return true
		}
	}
	return false
}
