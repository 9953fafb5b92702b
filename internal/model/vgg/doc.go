// Package vgg is VGG-19 (Simonyan and Zisserman 2014, configuration E) without
// its fully connected layers, as a graph: the network whose features style
// transfer compares (Gatys, Ecker, Bethge 2016, §2). It knows no files, no
// clocks and no terminals; package weights finds and reads the numbers.
//
// Features adds the network to a graph and returns the layers asked for:
//
//	scope := nn.NewScope(g)
//	picture := g.Input("picture", 1, 512, 512, 3) // RGB, 0 to 1
//	layers := vgg.Features(scope.Sub("vgg"), vgg.Default(), picture, "relu4_2", "relu1_1", "relu2_1")
//	loss := graph.L2(layers["relu4_2"], g.Input("content", layers["relu4_2"].Shape()...))
//	gradient := graph.Gradient(loss, picture)[0]
//
// and a Weights gives the parameters their values:
//
//	err := w.Store(device, scope.Parameters().Under("vgg"))
//
// Weights come from FromOIHW, from Normalise, which puts all layers on one scale
// as the paper does, or, where there are none, from RandomFor.
//
// The network is built as deep as the deepest layer asked for and no deeper.
//
// # Layers
//
// Block b has convolutions conv<b>_1, conv<b>_2 …: two in blocks 1 and 2, four
// in blocks 3, 4 and 5. conv<b>_<i> is the value before the activation,
// relu<b>_<i> after it, and pool<b> what the block's pool makes of its last
// relu. The papers on style transfer write conv4_2 for what is relu4_2 here.
//
// # Pictures and weights
//
// A picture is [batch, height, width, 3] in the range of package imgio: RGB, 0
// to 1. What the first convolution wants to see (RGB scaled by the deviations
// of ImageNet, or BGR from 0 to 255) is not the caller's concern and does not
// cost anything: scale and order of the channels are part of conv1_1's kernel,
// where FromOIHW puts them, and the mean is subtracted by the parameter
// input/shift. The mean is not folded into a bias, because zeros in the border
// have to stand for the mean colour.
//
// The parameters are, below the scope that the caller passes,
//
//	input/shift                        [3], minus the mean
//	conv1_1/kernel, conv1_1/bias …     [3, 3, in, out], [out]
//
// No gradient to them is ever needed; those to the picture is what packages
// ask for.
//
// # Sizes
//
// Each pool halves the picture and leaves out an odd last row or column, as
// PyTorch does, or, with Config.Ceil, keeps it, as Caffe does. MinSize is the
// smallest picture that reaches a set of layers. A convolution reads one pixel
// beyond the border; Config says what stands there.
package vgg
