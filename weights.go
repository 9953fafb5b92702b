package easel

import (
	"cmp"
	"context"
	"net/http"

	"easel/internal/engine/backend"
	"easel/internal/file/imgio"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
)

// WeightsPath returns the file of VGG-19's weights that FetchWeights has downloaded, or "".
func WeightsPath() (string, error) { return weights.Cached() }

// FetchWeights downloads the weights of VGG-19 ("vgg19", about 550 MB), verifies size and
// SHA-256, and returns the file. Stylize uses the file in the cache folder by default.
// Notify, which may be nil, gets the number of bytes. If ctx ends, they are kept, and the
// next call continues.
func FetchWeights(ctx context.Context, name string, o FetchOptions, notify func(done, total int64)) (path string, err error) {
	d, path, err := convert[weights.FetchOptions](o).Plan(name)
	if err != nil {
		return "", err
	}
	_, err = d.Fetch(ctx, http.DefaultClient, path, func(done int64) {
		if notify != nil {
			notify(done, d.Size)
		}
	})
	return path, err
}

// InspectWeights describes a file of VGG-19's weights. Kind is "torchvision" or "caffe" if
// the file does not tell, otherwise "".
func InspectWeights(path, kind string) (WeightsInfo, error) {
	_, about, err := weights.Open(path, vgg.Kind(kind))
	return convert[WeightsInfo](about), err
}

// NormalizeOptions say how filters are normalised. Begin with DefaultNormalize.
type NormalizeOptions struct {
	// Kind of the weights, "torchvision" or "caffe", if their file does not tell; otherwise
	// "".
	Kind string
	// Size is the longest side of a picture, in pixels; larger ones are made smaller.
	Size int
	// Pooling of the network whose activations are measured.
	Pooling Pooling
	// Backend and Threads are those of TrainOptions; "" and 0 are the default.
	Backend string
	Threads int
}

// DefaultNormalize returns VGG-19 as it was trained, and pictures of up to 512 pixels.
func DefaultNormalize() NormalizeOptions {
	o := weights.DefaultNormaliseOptions()
	return NormalizeOptions{Size: o.Size, Pooling: Pooling(o.Config.Pooling)}
}

// NormalizeWeights scales VGG-19's filters so that each has a mean activation of 1 over the
// given pictures (files or folders), as in Gatys et al. 2016 (§2), and writes them to the
// file out. A picture that cannot be read is an error. Notify, which may be nil, gets the
// number of pictures measured.
func NormalizeWeights(ctx context.Context, path string, pictures []string, out string, o NormalizeOptions, notify func(done, total int)) (_ WeightsInfo, err error) {
	below := weights.DefaultNormaliseOptions()
	below.Size, below.Config.Pooling = o.Size, vgg.Pooling(o.Pooling)
	if err := below.Validate(); err != nil {
		return WeightsInfo{}, err
	}
	files, err := imgio.Find(pictures...)
	if err != nil {
		return WeightsInfo{}, err
	}
	values, about, err := weights.Open(path, vgg.Kind(o.Kind))
	if err != nil {
		return WeightsInfo{}, err
	}
	d, err := backend.Open(cmp.Or(o.Backend, backend.Default), backend.Options{Threads: o.Threads})
	if err != nil {
		return WeightsInfo{}, err
	}
	defer func() { _ = d.Close() }()
	scaled, about, err := weights.Normalise(ctx, d, values, about, files, below, func(p weights.Progress) {
		if notify != nil {
			notify(p.Done, p.Total)
		}
	})
	if err != nil {
		return WeightsInfo{}, err
	}
	return convert[WeightsInfo](about), weights.Write(out, scaled, about)
}
