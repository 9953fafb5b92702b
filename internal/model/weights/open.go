package weights

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"easel/internal/base/hint"
	"easel/internal/file/pytorch"
	"easel/internal/file/safetensors"
	"easel/internal/model/vgg"
)

// About describes weights.
type About struct {
	// Path is the file.
	Path string `json:"path"`
	// Format is "safetensors", "pytorch" or "easel".
	Format string `json:"format"`
	// Kind is the preprocessing that the network was trained with, and Evidence how that is
	// known.
	Kind     vgg.Kind `json:"kind"`
	Evidence string   `json:"evidence"`
	// Width is the number of channels of block 1, 64 in VGG-19, and Layers the convolutions
	// in the file.
	Width  int      `json:"width"`
	Layers []string `json:"layers"`
	// Rank is that of a small network's convolutions, 0 for whole ones.
	Rank int `json:"rank,omitempty"`
	// Origin says where a small network is from, and whose the one was that it was
	// distilled from.
	Origin string `json:"origin,omitempty"`
	// Normalisation is set for weights that easel has normalised.
	Normalisation *Normalisation `json:"normalisation,omitempty"`
}

// Normalisation says how filters were rescaled to a mean activation of 1.
type Normalisation struct {
	// Pictures is the number of pictures, and Positions of the pixels in all of them.
	Pictures  int `json:"pictures"`
	Positions int `json:"positions"`
	// Pooling and Border of the network that the means were measured with.
	Pooling     vgg.Pooling `json:"pooling"`
	Border      vgg.Border  `json:"border"`
	InnerBorder vgg.Border  `json:"inner_border"`
}

// tensors is a file with named arrays of numbers.
type tensors interface {
	Names() []string
	Shape(name string) ([]int, bool)
	Tensor(name string) (shape []int, data []float32, err error)
	Close() error
}

// Open reads the weights of a file, or of the network in easel for Small. The kind is the
// caller's, "" if unknown; it is an error if the file has another, or if neither says one.
// Errors name the file and mostly have a hint.
func Open(path string, kind vgg.Kind) (*vgg.Weights, About, error) {
	if path == Small {
		return openSmall(kind)
	}
	file, format, err := openTensors(path)
	if err != nil {
		return nil, About{}, err
	}
	w, about, err := read(path, format, file, kind)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, About{}, err
	}
	return w, about, nil
}

// read reads an open file.
func read(path, format string, file tensors, kind vgg.Kind) (*vgg.Weights, About, error) {
	if r, ok := file.(*safetensors.Reader); ok {
		if text, ok := r.Metadata()[ownKey]; ok {
			return readOwn(path, file, text, kind)
		}
	}
	about := About{Path: path, Format: format}
	scheme, layers, err := layersOf(file)
	if err != nil {
		return nil, about, fmt.Errorf("%s: %w", path, err)
	}
	if about.Width, err = checkShapes(file, scheme, layers); err != nil {
		return nil, about, fmt.Errorf("%s: %w", path, err)
	}
	filters, err := readFilters(path, file, scheme, layers)
	if err != nil {
		return nil, about, err
	}
	about.Layers = layers
	if about.Kind, about.Evidence, err = kindOf(path, file, scheme, filters[0], kind); err != nil {
		return nil, about, fmt.Errorf("%s: %w", path, err)
	}
	w, err := vgg.FromOIHW(about.Kind, about.Width, filters)
	if err != nil {
		return nil, about, fmt.Errorf("%s: %w", path, err)
	}
	return w, about, nil
}

// openTensors opens a file whose format its first bytes reveal.
func openTensors(path string) (tensors, string, error) {
	head, err := readHead(path)
	if err != nil {
		return nil, "", hint.New(
			fmt.Errorf("open weights: %w", err),
			"{run weights fetch vgg19} downloads them; without {weights}, the small network in easel is used",
		)
	}
	switch {
	case pytorch.Looks(head):
		f, err := pytorch.Open(path)
		if err != nil {
			return nil, "", err
		}
		return f, "pytorch", nil
	case len(head) > 8 && head[8] == '{':
		r, err := safetensors.Open(path)
		if err != nil {
			return nil, "", err
		}
		return r, "safetensors", nil
	}
	return nil, "", hint.New(
		fmt.Errorf("%s: not a file of weights: neither safetensors nor PyTorch", path),
		"expected a .safetensors or .pth file of VGG-19; {run weights fetch vgg19} downloads one",
	)
}

// readHead returns the first bytes of a file; fewer if it has fewer.
func readHead(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	head := make([]byte, 16)
	n, err := io.ReadFull(f, head)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return head[:n], err
}

// readFilters reads the layers, [out, in, 3, 3].
func readFilters(path string, file tensors, s scheme, layers []string) ([]vgg.Filter, error) {
	filters := make([]vgg.Filter, len(layers))
	for i, layer := range layers {
		_, kernel, err := file.Tensor(s.weight(layer))
		if err != nil {
			return nil, err
		}
		_, bias, err := file.Tensor(s.bias(layer))
		if err != nil {
			return nil, err
		}
		filters[i] = vgg.Filter{Layer: layer, Kernel: kernel, Bias: bias}
		if !finite(kernel) || !finite(bias) {
			return nil, fmt.Errorf("%s: %s has numbers that are not finite", path, layer)
		}
	}
	return filters, nil
}

func finite(values []float32) bool {
	for _, v := range values {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return false
		}
	}
	return true
}
