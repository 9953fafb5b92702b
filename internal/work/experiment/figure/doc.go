// Package figure reproduces the figures of Gatys, Ecker, Bethge 2016 on the
// user's pictures: a labelled grid as a PNG, the single pictures,
// and the numbers as JSON.
//
//	f, err := figure.Find("style-fig4")
//	result, err := figure.Run(ctx, f, figure.Options{Content: "photo.jpg", Styles: []string{"painting.jpg"}, Out: "figures", Base: base}, listen)
//
// figures.go has a function for each figure, which says what its cells are: a
// cell is a run of package stylize, or a picture that is shown as it is. Base
// holds the options that all cells share: size, iterations, weights.
package figure
