// Package feedforward builds networks that paint a picture in a style in one pass: the
// transformation network of Johnson, Alahi and Fei-Fei (2016), trained for one style, and
// that of Huang and Belongie (2017) for any style.
//
//	network, err := feedforward.Inference(config, 1, 256, 256)
//	program, err := device.Compile(network.Graph)
//	copy(program.Input("a"), picture)      // [1, 256, 256, 3] in [−1, 1]
//	painted := program.Output("fake")      // likewise, mostly in range
//
// Johnson et al.'s network follows PyTorch's example program (fast_neural_style): c9s1-32,
// d64, d128, five R128, u64, u32, c9s1-3, where every convolution is padded by reflection,
// and upsampling repeats pixels before a convolution. Norms are per picture, with scale and
// shift. The program's pictures range from 0 to 255, easel's from −1 to 1; the graph
// converts. Options select the variants of Johnson's own program (150·tanh, one mirrored
// border at the start) and of Lengstrom's (zero padding), to read their files.
//
// # Training
//
// TrainStep is one step as a graph: the network, the VGG-19 loss network, gradients and
// Adam's update. Johnson et al.'s network minimises an objective of package style, so its
// losses are the same as the optimiser's there; an AdaIN network has its own losses.
// Judgement has only the losses.
//
// # Parameters
//
//	style/conv1/kernel, style/conv1/norm/scale, style/conv1/norm/shift … style/conv3/…
//	style/block1/first/…, style/block1/second/… style/block5/second/…
//	style/up1/…, style/up2/…, style/picture/kernel, style/picture/bias
//
// Only the last convolution has a bias: before a norm it would have no effect.
package feedforward
