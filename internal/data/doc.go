// Package data is the floor of pictures as data: pairs to learn from, and numbers
// that say how good a result is.
//
// Pairs are read by dataset, made of other people's pictures by prepare, and drawn
// by facade. Palette says which colours are which classes, edge draws outlines,
// metric has the measures.
//
// It imports file and base; of other modules x/image for letters on sheets, x/sync
// and x/text, go-humanize for sentences, and gonum for statistics and Fourier
// transforms. It knows no networks and no devices: a measure that needs a network
// is work/eval's.
package data
