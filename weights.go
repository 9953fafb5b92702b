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

// WeightsPath is the file of VGG-19's weights that FetchWeights has fetched; "" if
// there is none.
func WeightsPath() (string, error) { return weights.Cached() }

// FetchOptions say where weights come from and go to. The zero value is the default.
type FetchOptions struct {
	// From is another address of the same file; "" is PyTorch's.
	From string
	// Out is the file to write; "" is the user's cache folder.
	Out string
}

// FetchWeights downloads the weights of VGG-19 ("vgg19", about 550 MB), checks size and
// SHA-256, and returns the file. In the cache folder, it is what StylizeOptions.Weights ""
// stands for from then on. Notify, which may be nil, hears how many bytes of total have
// arrived. When ctx ends, these are kept, and the next call goes on with them.
func FetchWeights(ctx context.Context, name string, o FetchOptions, notify func(done, total int64)) (path string, err error) {
	d, err := weights.FindDownload(name)
	if err != nil {
		return "", err
	}
	d.URL = cmp.Or(o.From, d.URL)
	if path = o.Out; path == "" {
		path, err = d.Path()
	} else {
		err = d.MayWrite(path)
	}
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

// InspectWeights says what a file of VGG-19's weights is. Kind is "torchvision" or
// "caffe" where the file does not tell, or "".
func InspectWeights(path, kind string) (WeightsInfo, error) {
	_, about, err := weights.Open(path, vgg.Kind(kind))
	return convert[WeightsInfo](about), err
}

// NormalizeOptions say how filters are normalised. Begin with DefaultNormalize.
type NormalizeOptions struct {
	// Kind of the weights, "torchvision" or "caffe", where their file does not tell; or
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

// DefaultNormalize is VGG-19 as it was trained, over pictures of up to 512 pixels.
func DefaultNormalize() NormalizeOptions {
	o := weights.DefaultNormaliseOptions()
	return NormalizeOptions{Size: o.Size, Pooling: Pooling(o.Config.Pooling)}
}

// NormalizeWeights scales VGG-19's filters so that the mean activation of each, over
// the pictures (files, or folders of them), is 1, as Gatys et al. 2016 did (§2), and
// writes them to the file out. It stops at the first picture that cannot be read.
// Notify, which may be nil, hears how many pictures have been measured.
func NormalizeWeights(ctx context.Context, path string, pictures []string, out string, o NormalizeOptions, notify func(done, total int)) (_ WeightsInfo, err error) {
	below := weights.DefaultNormaliseOptions()
	below.Size, below.Config.Pooling = o.Size, vgg.Pooling(o.Pooling)
	if err := below.Config.Validate(); err != nil {
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
