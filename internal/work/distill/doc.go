// Package distill makes easel's small network: a VGG-19 with convolutions of low rank that
// imitates the whole one, so that pictures can be painted without a download (Hinton et al.
// 2015, with features in place of class probabilities). It is run by hand, once for each
// release of the network; what it makes is kept beside package weights.
//
//	options := distill.Default()
//	options.Weights, options.Pictures, options.Out = "vgg19.safetensors", []string{"pictures"}, "small.safetensors"
//	err := distill.Run(ctx, options, func(r distill.Report) { … })
//
// # How
//
// start.go begins in closed form: each convolution becomes three of low rank, which read the
// directions that it amplifies most and make the principal components of what it made.
// step.go is a training step as one graph, with the teacher and the student: the student's
// layers have to be the teacher's, and so have their Gram matrices.
//
// A thin VGG-19, with fewer channels in place of low rank, was tried first. At the same size
// it lacked twice as much of relu4_1 after training as this one before, and an optimiser
// pleased it with pictures that were nothing to VGG-19: their loss was three times that of
// VGG-19's own pictures.
//
// # Pictures
//
// A student that has seen only pictures of the world is fooled by an optimiser, which finds
// pixels that please the student alone. So while it learns, it paints (hard.go), and the
// teacher says what its paintings really are. The other pictures are given, drawn
// (package facade), or made of random leaves and noise (leaves.go).
//
// # Guarantees
//
// A run that was killed continues from its last checkpoint, with new paintings.
package distill
