// Package vgg is VGG-19 (Simonyan and Zisserman 2014, configuration E) without its fully
// connected layers, as a graph: the network whose features style transfer compares (Gatys,
// Ecker, Bethge 2016, §2). It does not deal with files, clocks or terminals; package
// weights finds and reads the weights.
//
// Features adds the network to a graph and returns the requested layers:
//
//	scope := nn.NewScope(g)
//	picture := g.Input("picture", 1, 512, 512, 3) // RGB, 0 to 1
//	layers := vgg.Features(scope.Sub("vgg"), vgg.Default(), picture, "relu4_2", "relu1_1", "relu2_1")
//	loss := graph.L2(layers["relu4_2"], g.Input("content", layers["relu4_2"].Shape()...))
//	gradient := graph.Gradient(loss, picture)[0]
//
// A Weights then sets the parameters:
//
//	err := w.Store(device, scope.Parameters().Under("vgg"))
//
// Weights come from FromOIHW, from Normalise, which rescales all layers as the paper does,
// or, without trained ones, from RandomFor.
//
// The network is built only as deep as the deepest requested layer.
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
// A picture is [batch, height, width, 3] in the range of package imgio: RGB, 0 to 1. The
// preprocessing of the first convolution (RGB scaled by the deviations of ImageNet, or BGR
// from 0 to 255) is not the caller's concern and costs nothing: FromOIHW makes scale and
// order of the channels part of conv1_1's kernel, and the parameter input/shift subtracts
// the mean. The mean is not folded into a bias, because zeros in the border must represent
// the mean colour.
//
// The parameters, below the scope that the caller passes, are
//
//	input/shift                        [3], minus the mean
//	conv1_1/kernel, conv1_1/bias …     [3, 3, in, out], [out]
//
// Packages need only gradients with respect to the picture, never to the parameters.
//
// # Small networks
//
// A network may have convolutions of low rank (Config.Rank). All but conv1_1 are then three in
// a row without a ReLU between them: 1×1 to fewer channels, 3×3, and 1×1 to as many as ever
// (Kim et al. 2016):
//
//	conv1_2/down                       [1, 1, in, r]
//	conv1_2/kernel, conv1_2/up …       [3, 3, r, r], [1, 1, r, out]
//
// Its layers have the shapes of the whole network's, and come close to them if it was
// distilled from them: package distill does that. Shapes returns r.
//
// # Sizes
//
// Each pool halves the picture. It drops an odd last row or column, as PyTorch does, or
// keeps it with Config.Ceil, as Caffe does. MinSize is the smallest picture that reaches a
// set of layers. A convolution reads one pixel beyond the border; Config sets the padding.
package vgg
