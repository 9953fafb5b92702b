package zoo

import (
	"fmt"

	"easel/internal/model/feedforward"
	"easel/internal/model/stored"
)

// Lengstrom's networks (fast-style-transfer, TensorFlow 1), which deeplearn.js and ml5
// run in browsers: Johnson's with zeros for borders, without biases, with a norm before
// its 150·tanh too. Variables have numbers only, in the order in which layers run: a
// kernel, its norm's shift, its norm's scale.

// What is written down in the program and in no file.
const (
	lengstromTanh    = 150
	lengstromMiddle  = 127.5
	lengstromEpsilon = 1e-3
)

// variable is the name of TensorFlow's variable i, counted from 0.
func variable(i int) string {
	if i == 0 {
		return "Variable"
	}
	return fmt.Sprintf("Variable_%d", i)
}

// lengstrom recognises the network by the number of its variables.
func lengstrom(s *source, _ ImportOptions) (*network, error) {
	layers := johnsonLayers(johnsonBlocks)
	if s.dim(variable(0), 0) != 9 || !s.has(variable(3*len(layers)-1)) {
		return nil, nil
	}
	middle := feedforward.Colour{lengstromMiddle, lengstromMiddle, lengstromMiddle}
	c := feedforward.Config{
		Kind: feedforward.Johnson, Width: s.dim(variable(0), 3), Blocks: johnsonBlocks,
		Border: feedforward.Zeros, Strided: true, OutputMean: middle,
		Tanh: lengstromTanh, PictureNorm: true, NormEpsilon: lengstromEpsilon,
	}
	n := &network{
		name:  fmt.Sprintf("a style of Lengstrom's TensorFlow program: width %d", c.Width),
		style: &stored.StyleConfig{Network: c, Origin: "fast-style-transfer"},
		idle:  notGenerator.MatchString,
	}
	for i, l := range layers {
		own := "style/" + l.own
		kernel := place{own: own + "/kernel", theirs: variable(3 * i), layout: rowsInOut}
		switch l.own {
		case "up1", "up2":
			kernel.layout, kernel.side, kernel.from = rowsOutIn, 3, 1
		case "conv2", "conv3":
			kernel.side, kernel.from = 3, 1 // TensorFlow's zeros are all at the end
		}
		n.places = append(n.places, kernel,
			place{own: own + "/norm/shift", theirs: variable(3*i + 1)}, place{own: own + "/norm/scale", theirs: variable(3*i + 2)})
	}
	return n, nil
}
