package weights

import (
	"fmt"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/model/vgg"
)

// scheme says how a file names its tensors.
type scheme int

const (
	// byIndex is features.0.weight: a layer's index among convolutions, ReLUs and pools, as
	// in torchvision and timm.
	byIndex scheme = iota
	// byLayer is conv1_1.weight.
	byLayer
)

func (s scheme) weight(layer string) string { return s.base(layer) + ".weight" }
func (s scheme) bias(layer string) string   { return s.base(layer) + ".bias" }

func (s scheme) base(layer string) string {
	if s == byLayer {
		return layer
	}
	return fmt.Sprintf("features.%d", slices.IndexFunc(vgg.Layers(), func(l vgg.Layer) bool { return l.Name == layer }))
}

// convolutions returns all layers with weights.
func convolutions() []string {
	all := vgg.Layers()
	return all[len(all)-1].Convolutions()
}

// layersOf returns how the file names its tensors and which convolutions it has: all, or
// the first few.
func layersOf(file tensors) (scheme, []string, error) {
	has := func(name string) bool { _, ok := file.Shape(name); return ok }
	all := convolutions()
	s := byIndex
	if !has(s.weight(all[0])) {
		s = byLayer
	}
	if !has(s.weight(all[0])) {
		return s, nil, hint.New(
			fmt.Errorf("not the weights of VGG-19: there is neither %s nor %s among its %d tensors",
				byIndex.weight(all[0]), byLayer.weight(all[0]), len(file.Names())),
			"torchvision's vgg19 has them; {run weights fetch vgg19} downloads it",
		)
	}
	if s == byIndex {
		if err := otherNetwork(has); err != nil {
			return s, nil, err
		}
	}
	n := len(all)
	for n > 0 && !has(s.weight(all[n-1])) {
		n--
	}
	for _, layer := range all[:n] {
		for _, name := range []string{s.weight(layer), s.bias(layer)} {
			if !has(name) {
				return s, nil, fmt.Errorf("%s (%s) is missing, but later layers are there", layer, name)
			}
		}
	}
	return s, all[:n], nil
}

// otherNetwork recognises relatives of VGG-19 by tensors that VGG-19 does not have.
// Otherwise they would run and be silently wrong, or fail with an unhelpful error about a
// shape.
func otherNetwork(has func(string) bool) error {
	for _, other := range []struct{ tensor, network string }{
		{"features.1.weight", "a VGG with batch normalisation"},
		{"features.3.weight", "VGG-11 or another network"},
		{"features.15.weight", "VGG-13 or another network"},
		{"features.17.weight", "VGG-16"},
	} {
		if has(other.tensor) {
			return hint.New(
				fmt.Errorf("not the weights of VGG-19 but of %s: there is %s", other.network, other.tensor),
				"{run weights fetch vgg19} downloads those of VGG-19",
			)
		}
	}
	return nil
}

// checkShapes checks all shapes and returns the network's width.
func checkShapes(file tensors, s scheme, layers []string) (int, error) {
	first, _ := file.Shape(s.weight(layers[0]))
	if len(first) != 4 || first[0] < 1 || first[0] > 1024 {
		return 0, fmt.Errorf("%s has shape %v, expected [out, in, 3, 3]", s.weight(layers[0]), first)
	}
	width := first[0]
	for _, layer := range layers {
		kernel, out := vgg.KernelShape(layer, width)
		for name, want := range map[string][]int{
			s.weight(layer): {out, kernel[2], 3, 3},
			s.bias(layer):   {out},
		} {
			if shape, _ := file.Shape(name); !slices.Equal(shape, want) {
				return 0, fmt.Errorf("%s (%s) is %v, in a VGG-19 that begins with %d channels it is %v", layer, name, shape, width, want)
			}
		}
	}
	return width, nil
}
