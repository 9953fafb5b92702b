package weights

import (
	"encoding/json"
	"fmt"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/base/strictjson"
	"easel/internal/file/safetensors"
	"easel/internal/model/vgg"
)

// Easel's own file: safetensors with the parameters of package vgg by
// name (input/shift, conv1_1/kernel [3, 3, in, out], conv1_1/bias …) and, under
// ownKey in the metadata, a document.
// Files of small networks have factors (conv1_2/down, conv1_2/up …), too, and version 2.
const (
	ownKey       = "easel-weights"
	ownFormat    = "easel-vgg19"
	ownVersion   = 1
	smallVersion = 2
)

type document struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Width   int    `json:"width"`
	// Rank is that of a small network.
	Rank int `json:"rank,omitempty"`
	// Origin is the network's, with the names that its licence asks for.
	Origin string `json:"origin,omitempty"`
	// Kind is the preprocessing that the network was trained with; the file stores the
	// weights in the form of package vgg.
	Kind          vgg.Kind       `json:"kind"`
	Normalisation *Normalisation `json:"normalisation,omitempty"`
}

// Write writes weights to one of easel's own files, atomically, with the kind and
// the normalisation from about.
func Write(path string, w *vgg.Weights, about About) error {
	return writeOwn(path, w, about, safetensors.Write)
}

// WriteHalf is Write with the numbers rounded to float16, half the size.
func WriteHalf(path string, w *vgg.Weights, about About) error {
	return writeOwn(path, w, about, safetensors.WriteHalf)
}

func writeOwn(path string, w *vgg.Weights, about About, to func(path string, metadata map[string]string, list []safetensors.Tensor) error) error {
	if err := w.Validate(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	version := ownVersion
	if w.Rank > 0 {
		version = smallVersion
	}
	text, err := json.Marshal(document{ownFormat, version, w.Width, w.Rank, about.Origin, about.Kind, about.Normalisation})
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	list := []safetensors.Tensor{{Name: shiftName, Shape: []int{3}, Data: []float32{-w.Mean[0], -w.Mean[1], -w.Mean[2]}}}
	for _, f := range w.Filters {
		kernel, down, up, out := vgg.Shapes(f.Layer, w.Width, w.Rank)
		list = append(list,
			safetensors.Tensor{Name: f.Layer + "/kernel", Shape: kernel, Data: f.Kernel},
			safetensors.Tensor{Name: f.Layer + "/bias", Shape: []int{out}, Data: f.Bias})
		if down != nil {
			list = append(list,
				safetensors.Tensor{Name: f.Layer + "/down", Shape: down, Data: f.Down},
				safetensors.Tensor{Name: f.Layer + "/up", Shape: up, Data: f.Up})
		}
	}
	return to(path, map[string]string{ownKey: string(text)}, list)
}

const shiftName = "input/shift"

// readOwn reads a file that Write wrote.
func readOwn(path string, file tensors, text string, claimed vgg.Kind) (*vgg.Weights, About, error) {
	about := About{Path: path, Format: "easel", Evidence: "the file's metadata"}
	d, err := decode(text)
	if err != nil {
		return nil, about, fmt.Errorf("%s: %w", path, err)
	}
	if claimed != "" && claimed != d.Kind {
		return nil, about, hint.New(fmt.Errorf("%s: the weights are of the kind %s, not %s", path, d.Kind, claimed), "leave {weights_kind} out")
	}
	about.Kind, about.Width, about.Rank, about.Origin, about.Normalisation = d.Kind, d.Width, d.Rank, d.Origin, d.Normalisation
	w := &vgg.Weights{Width: d.Width, Rank: d.Rank}
	shift, err := tensor(file, shiftName, []int{3})
	if err != nil {
		return nil, about, fmt.Errorf("%s: %w", path, err)
	}
	for c, v := range shift {
		w.Mean[c] = -v
	}
	for _, layer := range convolutions() {
		if _, ok := file.Shape(layer + "/kernel"); !ok {
			break
		}
		shape, down, up, out := vgg.Shapes(layer, d.Width, d.Rank)
		f := vgg.Filter{Layer: layer}
		if f.Kernel, err = tensor(file, layer+"/kernel", shape); err == nil {
			f.Bias, err = tensor(file, layer+"/bias", []int{out})
		}
		if err == nil && down != nil {
			f.Down, err = tensor(file, layer+"/down", down)
		}
		if err == nil && up != nil {
			f.Up, err = tensor(file, layer+"/up", up)
		}
		if err != nil {
			return nil, about, fmt.Errorf("%s: %w", path, err)
		}
		w.Filters = append(w.Filters, f)
		about.Layers = append(about.Layers, layer)
	}
	if err := w.Validate(); err != nil {
		return nil, about, fmt.Errorf("%s: %w", path, err)
	}
	return w, about, nil
}

// decode reads the document of a file.
func decode(text string) (document, error) {
	var d document
	// Check the version first: a key that a later version adds must not be reported as
	// unknown.
	var stamp struct {
		Format  string
		Version int
	}
	if err := json.Unmarshal([]byte(text), &stamp); err != nil || stamp.Format != ownFormat {
		return d, fmt.Errorf("metadata %s: not a description of weights: %q", ownKey, text)
	}
	if stamp.Version != ownVersion && stamp.Version != smallVersion {
		return d, hint.New(fmt.Errorf("the weights have the format version %d, but this version of easel reads %d and %d", stamp.Version, ownVersion, smallVersion), "update easel")
	}
	if err := strictjson.Decode([]byte(text), &d); err != nil {
		return d, fmt.Errorf("metadata %s: %w", ownKey, err)
	}
	if (d.Rank > 0) != (d.Version == smallVersion) {
		return d, fmt.Errorf("metadata %s: version %d of the format and a rank of %d do not go together", ownKey, d.Version, d.Rank)
	}
	c := vgg.Default()
	c.Width, c.Rank = d.Width, d.Rank
	if err := c.Validate(); err != nil {
		return d, fmt.Errorf("metadata %s: %w", ownKey, err)
	}
	return d, nil
}

// tensor reads a tensor, which must have the given shape and finite numbers.
func tensor(file tensors, name string, want []int) ([]float32, error) {
	shape, ok := file.Shape(name)
	if !ok || !slices.Equal(shape, want) {
		return nil, fmt.Errorf("tensor %s is %v, not %v", name, shape, want)
	}
	_, data, err := file.Tensor(name)
	if err == nil && !finite(data) {
		err = fmt.Errorf("tensor %s has numbers that are not finite", name)
	}
	return data, err
}
