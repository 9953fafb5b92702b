package zoo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"easel/internal/model/feedforward"
	"easel/internal/model/stored"
)

// The transformation networks of PyTorch's example program fast_neural_style:
// Johnson et al.'s, of any width. Files of 2017 have statistics of instance norms,
// which that program has dropped since; converted to ONNX, tensors may be numbered
// in the order of the state dict. Only the last convolution's bias counts: an
// instance norm takes off the others.

// johnsonLayer is a convolution and its norm, by easel's name and the program's.
type johnsonLayer struct{ own, conv, norm string }

func johnsonLayers(blocks int) []johnsonLayer {
	layers := []johnsonLayer{{"conv1", "conv1.conv2d", "in1"}, {"conv2", "conv2.conv2d", "in2"}, {"conv3", "conv3.conv2d", "in3"}}
	for k := 1; k <= blocks; k++ {
		own, theirs := fmt.Sprintf("block%d/", k), fmt.Sprintf("res%d.", k)
		layers = append(layers, johnsonLayer{own + "first", theirs + "conv1.conv2d", theirs + "in1"}, johnsonLayer{own + "second", theirs + "conv2.conv2d", theirs + "in2"})
	}
	return append(layers, johnsonLayer{"up1", "deconv1.conv2d", "in4"}, johnsonLayer{"up2", "deconv2.conv2d", "in5"}, johnsonLayer{own: "picture", conv: "deconv3.conv2d"})
}

// johnsonBlocks is how many residual blocks the program's networks have.
const johnsonBlocks = 5

// johnson recognises the network by its names, or by the numbers in their place.
func johnson(s *source, _ ImportOptions) (*network, error) {
	name := func(n string) string { return n }
	if !s.has("conv1.conv2d.weight") {
		if !s.numbered(4*(3+2*johnsonBlocks+2) + 2) {
			return nil, nil
		}
		name = johnsonNumbers()
	}
	c := feedforward.Config{Kind: feedforward.Johnson, Width: s.dim(name("conv1.conv2d.weight"), 0), Blocks: johnsonBlocks}
	n := &network{
		name:  fmt.Sprintf("Johnson's network for one style: width %d", c.Width),
		style: &stored.StyleConfig{Network: c, Origin: "fast_neural_style"},
		idle: func(theirs string) bool {
			return strings.HasSuffix(theirs, ".running_mean") || strings.HasSuffix(theirs, ".running_var") ||
				strings.HasSuffix(theirs, ".num_batches_tracked") || strings.HasSuffix(theirs, ".conv2d.bias")
		},
	}
	for _, l := range johnsonLayers(johnsonBlocks) {
		own := "style/" + l.own
		n.places = append(n.places, place{own: own + "/kernel", theirs: name(l.conv + ".weight"), layout: outInRows})
		if l.norm == "" {
			n.places = append(n.places, place{own: own + "/bias", theirs: name(l.conv + ".bias")})
			continue
		}
		n.places = append(n.places, place{own: own + "/norm/scale", theirs: name(l.norm + ".weight")}, place{own: own + "/norm/shift", theirs: name(l.norm + ".bias")})
	}
	if !s.has("conv1.conv2d.weight") {
		n.idle = func(theirs string) bool { // a bias, where the order of names would have it
			i, err := strconv.Atoi(theirs)
			return err == nil && i%4 == 2
		}
	}
	return n, nil
}

// numbered reports whether the tensors' names are 1 to n.
func (s *source) numbered(n int) bool {
	if len(s.names) != n {
		return false
	}
	for i := range n {
		if !slices.Contains(s.names, strconv.Itoa(i+1)) {
			return false
		}
	}
	return true
}

// johnsonNumbers turns a name into its number in the state dict: weight and bias of
// a convolution, then of its norm.
func johnsonNumbers() func(string) string {
	numbers := map[string]string{}
	for _, l := range johnsonLayers(johnsonBlocks) {
		for _, n := range []string{l.conv, l.norm} {
			if n != "" {
				numbers[n+".weight"] = strconv.Itoa(len(numbers) + 1)
				numbers[n+".bias"] = strconv.Itoa(len(numbers) + 1)
			}
		}
	}
	return func(name string) string { return numbers[name] }
}
