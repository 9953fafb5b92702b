// Package pix2pix implements the paper: image-to-image translation with conditional
// adversarial networks (Isola, Zhu, Zhou, Efros 2017), as graphs. It does not deal
// with files, clocks or terminals.
//
// Start with a [Config]: [Default] is the paper's, [Preset] has the others. [TrainStep] is
// an optimisation step as a graph, [Inference] the generator alone. Both take the size of
// the pictures and use the same parameter names, so programs on one device share their
// parameters:
//
//	step, err := pix2pix.TrainStep(config, 1, 256, 256, pix2pix.StepOptions{})
//	program, err := device.Compile(step.Graph)
//	err = step.Parameters.Store(device, seed)
//	copy(program.Input("a"), input)
//	copy(program.Input("b"), target)
//	copy(program.Input("key"), key[:]) // key := graph.Key(seed, step)
//	program.Input("rate")[0], program.Input("step")[0] = rate, step // the first step is 1
//	err = program.Run()
//	program.Output("loss/d")
//
// # The networks
//
// A generator for pictures of 2ⁿ pixels has n encoder and n decoder layers,
// all 4×4 with stride 2. Encoder layer k makes a map of size 2ⁿ⁻ᵏ; decoder
// layer 1 is the innermost, decoder layer n makes the picture. In a U-Net the
// input of decoder layer j > 1 is the concatenation [decoder j−1, encoder
// n−j+1], in this order of channels. Layers are in pre-activation order, as
// in the authors' code: a layer is activation, convolution, norm, dropout.
// There is no norm on the first and the innermost encoder layer, the last
// decoder layer, and the discriminator's first and last layers.
//
// A convolution before a norm has no bias. Of the others, only the generator's last and the
// discriminator's first and last have one (in a 1×1 discriminator only the first), so that
// the parameters match the authors' PyTorch port. Without norms, every convolution has one.
//
// # Parameters
//
//	generator/encoder1/kernel … generator/decoder8/kernel, generator/decoder8/bias
//	generator/encoder2/norm/scale, generator/encoder2/norm/shift …
//	discriminator/layer1/kernel, discriminator/layer1/bias, discriminator/layer2/norm/scale …
//
// Adam's moments are below each, at /adam/m and /adam/v. Kernels are [height, width, in,
// out].
//
// # Statistics and noise
//
// Norms use the statistics of the current pictures, at test time too (§3.3). Inference uses
// those of each picture alone, so the result does not depend on other pictures in the
// batch. The noise z is dropout, both in training and at test time (§3.1), drawn from the
// key.
package pix2pix
