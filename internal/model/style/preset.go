package style

import "fmt"

// paperLayers are relu1_1 … relu5_1 with a fifth of the weight each (§2.2 of
// the paper).
func paperLayers() []LayerWeight { return layersOf(0.2, 0.2, 0.2, 0.2, 0.2) }

func layersOf(weights ...float64) []LayerWeight {
	list := make([]LayerWeight, len(weights))
	for i, w := range weights {
		list[i] = LayerWeight{fmt.Sprintf("relu%d_1", i+1), w}
	}
	return list
}

func paperContent() []LayerWeight { return []LayerWeight{{"relu4_2", 1}} }

// Paper has the paper's formulas as printed, with α/β = 10⁻³ (its Figure 3).
func Paper() Objective {
	return Objective{
		ContentWeight: 1e-3, StyleWeight: 1, Content: paperContent(), Style: paperLayers(),
		Formula: Literal, Comparison: Gram, Variation: NoVariation,
	}
}

// Gatys is the authors' released program with the original network: 1000/N² per style
// layer, which is PerElement's weight, and content 1.
func Gatys() Objective {
	o := Paper()
	o.ContentWeight, o.StyleWeight, o.Formula, o.Style = 1, 1e3, PerElement, layersOf(1, 1, 1, 1, 1)
	return o
}

// NeuralStyle is jcjohnson's program. Its total variation has a gradient but no value
// there; here it has both.
func NeuralStyle() Objective {
	o := Gatys()
	o.ContentWeight, o.StyleWeight = 5, 1e2
	o.Variation, o.VariationWeight = SummedVariation, 1e-3
	return o
}

// Easel is our recommendation: relative losses, which mean the same for every network and
// picture, and a little total variation.
func Easel() Objective {
	o := Paper()
	o.ContentWeight, o.StyleWeight, o.Formula = 0.05, 1, Relative
	o.Variation, o.VariationWeight = NinePointVariation, 0.5
	return o
}

// Untrained is Easel for an untrained network, whose deep layers carry no meaning.
func Untrained() Objective {
	o := Easel()
	o.Content = []LayerWeight{{"relu2_2", 1}}
	o.Style = layersOf(0.25, 0.25, 0.25, 0.25)
	o.ContentWeight, o.VariationWeight = 0.06, 1.5
	return o
}

// Crowson is crowsonkb's program, for torchvision's weights.
func Crowson() Objective {
	const sum = 256 + 64 + 16 + 4 + 1
	o := Paper()
	o.ContentWeight, o.StyleWeight, o.Formula = 0.015, 1, PerPosition
	o.Style = layersOf(256./sum, 64./sum, 16./sum, 4./sum, 1./sum)
	o.Comparison, o.Variation, o.VariationWeight = Wasserstein, NinePointVariation, 2
	return o
}
