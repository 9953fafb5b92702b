package style

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"easel/internal/base/option"
	"easel/internal/model/vgg"
)

// Declared returns the options of an objective with their limits.
func (o *Objective) Declared() option.List {
	return option.Of(o, option.Group("Losses",
		option.Number(&o.ContentWeight, "content-weight", "weight of the content, the paper's α; 0 leaves it out", option.AtLeast(0)),
		option.Number(&o.StyleWeight, "style-weight", "weight of the style, the paper's β; 0 leaves it out", option.AtLeast(0)),
		option.Many(&o.Content, "content-layers", "LAYERS", "layers to compare content at, such as relu4_2 or relu4_2:1,relu2_2:0.5", formatLayers, parseLayers),
		option.Many(&o.Style, "style-layers", "LAYERS", "layers to compare style at", formatLayers, parseLayers),
		option.Choice(&o.Formula, "loss", "how losses are scaled; literal is the paper's way", Formulas()...),
		option.Choice(&o.Comparison, "style-loss", "how styles are compared", Comparisons()...),
		option.Choice(&o.Variation, "tv", "total variation", Variations()...),
		option.Number(&o.VariationWeight, "tv-weight", "weight of the total variation", option.AtLeast(0)),
	))
}

// Validate reports the first invalid option.
func (o Objective) Validate() error {
	all := o.Declared()
	if err := all.Check(); err != nil {
		return err
	}
	if !o.hasContent() && !o.hasStyle() {
		return option.Errorf("neither content nor style has a weight: there is nothing to do")
	}
	return cmp.Or(checkLayers(all.Name(&o.Content), o.Content), checkLayers(all.Name(&o.Style), o.Style))
}

func checkLayers(name option.Name, layers []LayerWeight) error {
	seen := map[string]bool{}
	for _, l := range layers {
		if _, err := vgg.Find(l.Layer); err != nil {
			return option.Errorf("%v: %v", name, err)
		}
		if seen[l.Layer] {
			return option.Errorf("%v: %s is listed twice", name, l.Layer)
		}
		if !(l.Weight > 0) || math.IsInf(l.Weight, 0) {
			return option.Errorf("%v: the weight of %s is %v, but it must be above 0", name, l.Layer, l.Weight)
		}
		seen[l.Layer] = true
	}
	return nil
}

// parseLayers reads relu4_2:2,relu2_2:1. Without numbers all layers have equal weights,
// with sum 1.
func parseLayers(texts []string) ([]LayerWeight, error) {
	words := strings.Split(strings.Join(texts, ","), ",")
	layers := make([]LayerWeight, len(words))
	for i, word := range words {
		name, number, ok := strings.Cut(strings.TrimSpace(word), ":")
		weight := 1 / float64(len(words))
		if ok {
			var err error
			if weight, err = strconv.ParseFloat(number, 64); err != nil || math.IsNaN(weight) {
				return nil, fmt.Errorf("%q must be a layer, or a layer and its weight such as relu4_2:0.5", word)
			}
		}
		layers[i] = LayerWeight{Layer: name, Weight: weight}
	}
	return layers, nil
}

// formatLayers writes what parseLayers reads.
func formatLayers(layers []LayerWeight) string {
	equal := !slices.ContainsFunc(layers, func(l LayerWeight) bool { return l.Weight != 1/float64(len(layers)) })
	words := make([]string, len(layers))
	for i, l := range layers {
		if words[i] = l.Layer; !equal {
			words[i] += ":" + strconv.FormatFloat(l.Weight, 'g', -1, 64)
		}
	}
	return strings.Join(words, ",")
}
