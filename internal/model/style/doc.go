// Package style is neural style transfer (Gatys, Ecker, Bethge 2016) as a
// function of a picture: how far its features are from one picture's content
// and from another one's style, and which way to change its pixels. It knows no
// files, clocks or terminals; package stylize has the loop and the pictures.
//
// A Network is VGG-19 on a device. It measures the pictures that are given:
//
//	network, err := style.NewNetwork(device, config, weights)
//	content, err := network.Features(photograph, layout, "relu4_2")
//	target, err := network.Moments(painting, layout, nil, "relu1_1", "relu2_1")
//
// and an Evaluator, made of a Problem, has value and gradient of the objective
// at any picture of the problem's size:
//
//	e, err := network.Evaluator(problem, layout)
//	losses, err := e.Evaluate(picture, gradient)
//
// # The losses
//
// Everything is in one unit. With F a layer's features, [M positions, N
// channels], P those of the content picture and A the style's second moments,
//
//	content  c · mean (F − P)²               over M·N elements
//	style    s · mean (FᵀF/M − A)²            over N² elements
//
// and Formula says what c and s are for the formulas of the paper and of
// others' programs, which differ by factors of N, M, ½ and ¼. A Preset is a
// whole objective of somebody's; package stylize adds size and iterations.
// Wasserstein is a style loss that compares mean and covariance instead of
// second moments.
//
// # Tiles
//
// A picture whose features do not fit in memory is evaluated in tiles, exactly.
// Positions of features are shared out among the tiles; each tile sees a window
// of the picture that is larger by what its features depend on. A first pass
// adds up the second moments of the whole picture; from these come the losses
// and their gradients to the moments; a second pass takes them back to the
// pixels, where the gradients of overlapping windows add up. The result is that
// of one pass over the whole picture to rounding: see Layout.
//
// # Guarantees
//
// The same picture gives the same bits at any number of threads. Shapes that do
// not fit are errors.
package style
