// Package model is the floor of networks and their files.
//
// Nn, pix2pix, feedforward, vgg and style read like their papers: they build graphs,
// and see neither files nor pictures nor clocks nor a kind of device. Tiled runs them
// on pictures that are larger than memory. Stored keeps trained networks in files and
// finds them again, weights reads VGG-19's from anybody's file, zoo recognises and
// converts other programs' models.
//
// It imports engine, data and file, and of other modules gonum. The linter allows the
// papers' packages less: see "papers" in .golangci.yml. Anything that takes long, reports
// progress or can be interrupted belongs to work.
package model
