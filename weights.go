package easel

import (
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

// FetchWeights downloads the weights of VGG-19 ("vgg19", about 550 MB) from where
// PyTorch has them, checks size and SHA-256, and returns the file, which is from then
// on what StylizeOptions.Weights "" stands for. Notify, which may be nil, hears how
// many bytes of total are there. Where ctx ends, what is fetched is kept and taken up
// again.
func FetchWeights(ctx context.Context, name string, notify func(done, total int64)) (path string, err error) {
	d, err := weights.FindDownload(name)
	if err != nil {
		return "", err
	}
	if path, err = d.Path(); err != nil {
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

// NormalizeWeights scales VGG-19's filters so that the mean activation of each, over
// the pictures (files, or folders of them), is 1, as Gatys et al. 2016 did (§2), and
// writes them to out.
func NormalizeWeights(ctx context.Context, path, kind string, pictures []string, out string) (WeightsInfo, error) {
	files, err := imgio.Find(pictures...)
	if err != nil {
		return WeightsInfo{}, err
	}
	values, about, err := weights.Open(path, vgg.Kind(kind))
	if err != nil {
		return WeightsInfo{}, err
	}
	d, err := backend.Open(backend.Default, backend.Options{})
	if err != nil {
		return WeightsInfo{}, err
	}
	defer func() { _ = d.Close() }()
	scaled, about, err := weights.Normalise(ctx, d, values, about, files, weights.DefaultNormaliseOptions(), func(weights.Progress) {})
	if err != nil {
		return WeightsInfo{}, err
	}
	return convert[WeightsInfo](about), weights.Write(out, scaled, about)
}
