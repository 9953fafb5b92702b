// Package style is neural style transfer (Gatys, Ecker, Bethge 2016) as a function of a
// picture: how far its features are from the content of one picture and the style of
// another, and how to change its pixels. It does not deal with files, clocks or terminals;
// package stylize has the loop and the pictures.
//
// A Network is VGG-19 on a device. It measures pictures:
//
//	network, err := style.NewNetwork(device, config, weights)
//	content, err := network.Features(photograph, layout, "relu4_2")
//	target, err := network.Moments(painting, layout, nil, "relu1_1", "relu2_1")
//
// An Evaluator, made from a Problem, computes the objective and its gradient at any picture
// of the problem's size:
//
//	e, err := network.Evaluator(problem, layout)
//	losses, err := e.Evaluate(picture, gradient)
//
// # The losses
//
// All formulas share one notation. With F a layer's features, [M positions, N channels], P
// those of the content picture and A the style's second moments,
//
//	content  c · mean (F − P)²               over M·N elements
//	style    s · mean (FᵀF/M − A)²            over N² elements
//
// c and s depend on Formula: the formulas of the paper and of other programs differ by
// factors of N, M, ½ and ¼. A Preset is a complete objective of a paper or program; package
// stylize adds size and iterations. Wasserstein is a style loss that compares mean and
// covariance instead of second moments.
//
// # Tiles
//
// A picture whose features do not fit in memory is evaluated in tiles, exactly. Each
// position of the features belongs to one tile; each tile sees a larger window, with all
// pixels that its features depend on. A first pass sums the second moments of the whole
// picture, which give the losses and their gradients with respect to the moments. A second
// pass propagates these to the pixels, where the gradients of overlapping windows are
// added. The result equals, up to rounding, that of one pass over the whole picture: see
// Layout.
//
// Deep features see far, so that such windows are mostly overlap, but their maps are small.
// So tiles may be joined at a pool: only the layers up to it are computed in tiles. Between
// the two passes, those above are computed once, from the joined map of the whole picture,
// whose gradient the second pass takes further to the pixels.
//
// # Guarantees
//
// The same picture gives the same bits with any number of threads. Shapes that do not fit
// are errors.
package style
