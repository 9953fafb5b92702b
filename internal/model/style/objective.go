package style

type (
	// Formula says how losses are scaled.
	Formula string
	// Comparison says how styles are compared.
	Comparison string
	// Variation is a kind of total variation.
	Variation string
)

// The formulas, each with c and s in the package's units for a layer with N channels and M
// positions, content weight α, style weight β and the layer's own weight w.
const (
	// Literal is the paper's: α·½Σ(F−P)² and β·w/(4N²M²)·Σ(FᵀF−A)² (eq. 1, 4
	// and 5). c = αwNM/2, s = βw/4.
	Literal Formula = "literal"
	// PerPosition is the formula of the authors' released program: means of squares, with
	// FᵀF/M. c = αw, s = βw.
	PerPosition Formula = "per-position"
	// PerElement divides FᵀF by N·M instead, as neural-style does.
	// c = αw, s = βw/N².
	PerElement Formula = "per-element"
	// Relative divides each layer's loss by that of a picture without features: mean P² and
	// mean A². So it has the same meaning for every layer of every network, trained or
	// random. c = αw/mean P², s = βw/mean A².
	Relative Formula = "relative"
)

// The comparisons.
const (
	// Gram compares second moments FᵀF/M, by squares (the paper's eq. 3 to 5).
	Gram Comparison = "gram"
	// Wasserstein compares Gaussians with the features' mean and covariance by
	// the squared 2-Wasserstein distance, divided by N.
	Wasserstein Comparison = "wasserstein"
)

// The kinds of total variation, of pixels in 0..1 and over the picture without
// its last row and column unless said otherwise.
const (
	// NoVariation means none, as in the paper.
	NoVariation Variation = "none"
	// AbsoluteVariation is the mean of |dx| + |dy|.
	AbsoluteVariation Variation = "l1"
	// SquaredVariation is the mean of dx² + dy².
	SquaredVariation Variation = "l2"
	// SummedVariation is ½Σ(dx² + dy²) of pixels in 0..255: neural-style's,
	// which grows with the picture.
	SummedVariation Variation = "l2-sum"
	// NinePointVariation adds the diagonals: 2/3 of the mean of dx² + dy² and
	// 1/6 of that of both diagonals, over the whole picture with its border
	// repeated (crowsonkb's).
	NinePointVariation Variation = "l2-nine-point"
	// WeaveVariation is the mean of the squares of waves along one axis alone: second
	// differences [−1 2 −1]/4 of means [1 2 1]/4 across it. The other kinds leave a weave
	// of such waves: the network's first filters answer the finest diagonal waves up to a
	// hundred times less than those along an axis, so that nothing asks for them, and the
	// other kinds smooth them as much as the others. This one leaves them as they are. It
	// is ours: metric.Weave measures what it is for.
	WeaveVariation Variation = "weave"
)

// Formulas are the names of the ways to scale losses.
func Formulas() []Formula { return []Formula{Literal, PerPosition, PerElement, Relative} }

// Comparisons are the names of the style losses.
func Comparisons() []Comparison { return []Comparison{Gram, Wasserstein} }

// Variations are the names of the kinds of total variation.
func Variations() []Variation {
	return []Variation{NoVariation, AbsoluteVariation, SquaredVariation, SummedVariation, NinePointVariation, WeaveVariation}
}

// LayerWeight is a layer with its weight.
type LayerWeight struct {
	Layer  string  `json:"layer"`
	Weight float64 `json:"weight"`
}

// Objective is the loss to minimise.
type Objective struct {
	// ContentWeight and StyleWeight are the paper's α and β; 0 leaves a part out.
	ContentWeight float64 `json:"content_weight"`
	StyleWeight   float64 `json:"style_weight"`
	// Content and Style are the layers to compare.
	Content []LayerWeight `json:"content_layers"`
	Style   []LayerWeight `json:"style_layers"`
	Formula Formula       `json:"formula"`
	// Comparison is the style loss.
	Comparison Comparison `json:"style_loss"`
	// Variation is the kind of total variation, and VariationWeight its weight.
	Variation       Variation `json:"tv"`
	VariationWeight float64   `json:"tv_weight"`
}

func known[T comparable](v T, all []T) bool {
	for _, a := range all {
		if a == v {
			return true
		}
	}
	return false
}

func (o Objective) hasContent() bool { return o.ContentWeight > 0 && len(o.Content) > 0 }
func (o Objective) hasStyle() bool   { return o.StyleWeight > 0 && len(o.Style) > 0 }

// ContentLayers are the layers whose features a Problem needs; none without content.
func (o Objective) ContentLayers() []string { return namesOf(o.hasContent(), o.Content) }

// StyleLayers are the layers whose moments a Problem needs.
func (o Objective) StyleLayers() []string { return namesOf(o.hasStyle(), o.Style) }

// Layers are all compared layers, once each.
func (o Objective) Layers() []string {
	names := o.ContentLayers()
	for _, name := range o.StyleLayers() {
		if !known(name, names) {
			names = append(names, name)
		}
	}
	return names
}

func namesOf(counts bool, layers []LayerWeight) (names []string) {
	if counts {
		for _, l := range layers {
			names = append(names, l.Layer)
		}
	}
	return names
}

// contentFactor returns c for a layer of n channels and m positions, where energy is the
// mean of P².
func (o Objective) contentFactor(l LayerWeight, n, m int, energy float64) float64 {
	c := o.ContentWeight * l.Weight
	switch o.Formula {
	case Literal:
		return c * float64(n) * float64(m) / 2
	case Relative:
		return c / floor(energy)
	}
	return c
}

// styleFactor returns s for a layer of n channels, where energy is the value of Comparison
// for a picture without features.
func (o Objective) styleFactor(l LayerWeight, n int, energy float64) float64 {
	s := o.StyleWeight * l.Weight
	switch o.Formula {
	case Literal:
		return s / 4
	case PerElement:
		if o.Comparison == Gram {
			return s / float64(n) / float64(n)
		}
	case Relative:
		return s / floor(energy)
	}
	return s
}

// floor avoids a division by zero for a layer without activations.
func floor(energy float64) float64 { return max(energy, leastEnergy) }

const leastEnergy = 1e-12
