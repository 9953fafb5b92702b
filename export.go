package easel

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"easel/internal/model/stored"
	"easel/internal/model/zoo"
	"easel/internal/work/site"
)

// ExportFormat is a file format for other programs.
type ExportFormat string

// The formats of Export.
const (
	// ONNX is a graph for pictures of any size, without noise.
	ONNX ExportFormat = "onnx"
	// PyTorch is a state dict that the authors' PyTorch port loads.
	PyTorch ExportFormat = "pytorch"
	// Safetensors is easel's own format, without what only training needs.
	Safetensors ExportFormat = "safetensors"
)

// Export writes the model of a run folder or model file to the file out, in a format for
// other programs. The notes are what users of the file should know.
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
		err = errors.New("export: a feed-forward style network can be written as onnx or safetensors, not as pytorch")
	default:
		err = unknownFormat(format)
	}
	return nil, errors.Join(err, s.Close())
}

func unknownFormat(f ExportFormat) error {
	return fmt.Errorf("export: unknown format %q: there are onnx, pytorch and safetensors", string(f))
}

// ExportSite writes the model of a run folder or model file as a static web site: pages
// to draw and to translate, and the model, which runs in the visitor's browser. It needs
// a published package of 33 MB, which client downloads to the user's cache, unless it is
// there already or the options name a copy. Notify, which may be nil, hears of that.
func ExportSite(ctx context.Context, client *http.Client, path, folder string, o SiteOptions, notify func(SiteProgress)) (Site, error) {
	r, err := site.Write(ctx, client, path, folder, convert[site.Options](o), hearing[site.Progress](notify))
	return convert[Site](r), err
}
