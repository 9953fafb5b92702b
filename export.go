package easel

import (
	"context"
	"errors"
	"net/http"

	"easel/internal/model/stored"
	"easel/internal/model/zoo"
	"easel/internal/work/site"
)

// ExportFormat is what a model is written as.
type ExportFormat string

// The formats.
const (
	// ONNX has the network as a graph, for any size of pictures, without noise.
	ONNX ExportFormat = "onnx"
	// PyTorch is a state dict that the authors' PyTorch port loads.
	PyTorch ExportFormat = "pytorch"
	// Safetensors is a model of easel's without what only training needs.
	Safetensors ExportFormat = "safetensors"
)

// Export writes the model of a run folder or model file to the file out, for other
// programs, and returns notes: what a user of the file should know.
func Export(path string, format ExportFormat, out string, o ExportOptions) (notes []string, err error) {
	below := convert[zoo.ExportOptions](o)
	m, err := stored.Open(path)
	if err == nil {
		switch format {
		case ONNX:
			err = zoo.ONNX(m, out, below)
		case PyTorch:
			notes, err = zoo.PyTorch(m, out, below)
		case Safetensors:
			err = zoo.Model(m, out, below)
		default:
			err = unknownFormat(format)
		}
		return notes, errors.Join(err, m.Close())
	}
	if !errors.Is(err, stored.ErrStyle) {
		return nil, err
	}
	s, err := stored.OpenStyle(path)
	if err != nil {
		return nil, err
	}
	switch format {
	case ONNX:
		err = zoo.StyleONNX(s, out, below)
	case Safetensors:
		err = zoo.StyleModel(s, out, below)
	case PyTorch:
		err = errors.New("export: a network of a style is written as onnx or safetensors")
	default:
		err = unknownFormat(format)
	}
	return nil, errors.Join(err, s.Close())
}

func unknownFormat(f ExportFormat) error { return errors.New("export: unknown format " + string(f)) }

// ExportSite writes the model of a run folder or model file as a static web site to a
// folder: pages to draw and translate on, and the model, which runs in the visitor's
// browser. What runs it is a published package, 33 MB, which client fetches into the
// user's cache unless it is there or the options name a copy; notify, which may be
// nil, hears of that.
func ExportSite(ctx context.Context, client *http.Client, path, folder string, o SiteOptions, notify func(SiteProgress)) (Site, error) {
	r, err := site.Write(ctx, client, path, folder, convert[site.Options](o), hearing[site.Progress](notify))
	return convert[Site](r), err
}
