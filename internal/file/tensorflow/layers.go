package tensorflow

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/file/tensors"
)

// manifestLimit is the size of the longest model.json that is read.
const manifestLimit = 32 << 20

// Layers is an open layers model of TensorFlow.js: model.json and the files that it names.
// Many goroutines may use it at once.
type Layers struct {
	name    string // of model.json, for errors
	folder  *os.Root
	weights map[string]weight
	names   []string
	// Topology is Keras's description of the network, in JSON.
	Topology json.RawMessage
}

// weight is a tensor of a group. The concatenated files of a group are the concatenated
// bytes of its tensors.
type weight struct {
	files  []shard
	offset int64 // in the group
	shape  []int
	dtype  string // as in package tensors, or U8 and U16 if quantised
	count  int64
	// A quantised q means q·scale + base.
	quantised   bool
	scale, base float64
}

// shard is a file of a group.
type shard struct {
	path string
	size int64
}

// manifest is the part of model.json that is read.
type manifest struct {
	ModelTopology   json.RawMessage `json:"modelTopology"`
	WeightsManifest []struct {
		Paths   []string `json:"paths"`
		Weights []struct {
			Name         string `json:"name"`
			Shape        []int  `json:"shape"`
			Dtype        string `json:"dtype"`
			Quantization *struct {
				Dtype string  `json:"dtype"`
				Scale float64 `json:"scale"`
				Min   float64 `json:"min"`
			} `json:"quantization"`
		} `json:"weights"`
	} `json:"weightsManifest"`
}

// OpenLayers opens a layers model by its model.json.
func OpenLayers(path string) (*Layers, error) {
	l := &Layers{name: path, weights: map[string]weight{}}
	if err := l.open(); err != nil {
		return nil, hint.New(
			errors.Join(fmt.Errorf("%s: not a layers model of TensorFlow.js: %w", path, err), l.Close()),
			"model.json and the files that it names must be in one folder; convert a graph model again from its source",
		)
	}
	return l, nil
}

func (l *Layers) open() error {
	text, err := readLimited(l.name, manifestLimit)
	if err != nil {
		return err
	}
	if l.folder, err = os.OpenRoot(filepath.Dir(l.name)); err != nil {
		return err
	}
	return l.parse(text, l.sizeOf)
}

// parse reads model.json; sizeOf returns the size of a file in the folder.
func (l *Layers) parse(text []byte, sizeOf func(path string) (int64, error)) error {
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return err
	}
	if len(m.WeightsManifest) == 0 {
		return errors.New("it has no weightsManifest")
	}
	l.Topology = m.ModelTopology
	for _, group := range m.WeightsManifest {
		files, total, err := shards(group.Paths, sizeOf)
		if err != nil {
			return err
		}
		at := int64(0)
		for _, w := range group.Weights {
			entry := weight{files: files, offset: at, shape: w.Shape, dtype: tfjsTypes[w.Dtype]}
			if q := w.Quantization; q != nil {
				entry.quantised, entry.scale, entry.base = q.Dtype != "float16", q.Scale, q.Min
				entry.dtype = tfjsTypes[q.Dtype]
			}
			if err := entry.count64(); err != nil {
				return fmt.Errorf("%q: %w", w.Name, err)
			}
			if at += entry.bytes(); at > total {
				return fmt.Errorf("%q: its group of files is truncated: %d bytes of at least %d", w.Name, total, at)
			}
			l.weights[w.Name] = entry // the last one of a name counts, as in TensorFlow.js
		}
		if at != total {
			return fmt.Errorf("a group of files has %d bytes, but its tensors have %d", total, at)
		}
	}
	for name := range l.weights {
		l.names = append(l.names, name)
	}
	slices.Sort(l.names)
	return nil
}

// tfjsTypes are the element types, with their names in package tensors.
var tfjsTypes = map[string]string{"float32": "F32", "float16": "F16", "uint8": "U8", "uint16": "U16", "int32": "I32", "bool": "BOOL"}

var tfjsSizes = map[string]int64{"F32": 4, "F16": 2, "U8": 1, "U16": 2, "I32": 4, "BOOL": 1}

// count64 checks type and shape, and counts the elements.
func (w *weight) count64() error {
	if w.dtype == "" {
		return errors.New("unknown element type")
	}
	n := uint64(1)
	for _, d := range w.shape {
		var err error
		if d < 0 || len(w.shape) > maxRank {
			return fmt.Errorf("invalid shape %v", w.shape)
		}
		if n, err = times(n, uint64(d)); err != nil {
			return fmt.Errorf("the shape %v is too large", w.shape)
		}
	}
	w.count = int64(n)
	return nil
}

func (w weight) bytes() int64 { return w.count * tfjsSizes[w.dtype] }

// sizeOf is the size of a file in the model's folder.
func (l *Layers) sizeOf(path string) (int64, error) {
	info, err := l.folder.Stat(filepath.FromSlash(path))
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("%s is not a regular file", path)
	}
	return info.Size(), nil
}

// shards finds a group's files and adds up their sizes.
func shards(paths []string, sizeOf func(path string) (int64, error)) ([]shard, int64, error) {
	var (
		files []shard
		total int64
	)
	for _, p := range paths {
		size, err := sizeOf(p)
		if err != nil {
			return nil, 0, err
		}
		files = append(files, shard{p, size})
		total += size
	}
	return files, total, nil
}

// Names returns a copy of the names of all tensors, sorted.
func (l *Layers) Names() []string { return slices.Clone(l.names) }

// Shape returns a tensor's shape, and whether the tensor exists.
func (l *Layers) Shape(name string) ([]int, bool) {
	w, ok := l.weights[name]
	return slices.Clone(w.shape), ok
}

// Tensor reads a tensor as float32.
func (l *Layers) Tensor(name string) (shape []int, data []float32, err error) {
	w, ok := l.weights[name]
	if !ok {
		return nil, nil, fmt.Errorf("%s: no tensor %q among its %d", l.name, name, len(l.names))
	}
	raw, err := l.read(w)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: read tensor %q: %w", l.name, name, err)
	}
	data = make([]float32, w.count)
	if w.quantised {
		w.dequantise(raw, data)
	} else if err := tensors.Decode(w.dtype, bytes.NewReader(raw), data); err != nil {
		return nil, nil, fmt.Errorf("%s: read tensor %q: %w", l.name, name, err)
	}
	return slices.Clone(w.shape), data, nil
}

// dequantise computes q·scale + base in double precision.
func (w weight) dequantise(raw []byte, data []float32) {
	for i := range data {
		q := 0.0
		if w.dtype == "U16" {
			q = float64(binary.LittleEndian.Uint16(raw[2*i:]))
		} else {
			q = float64(raw[i])
		}
		data[i] = float32(math.FMA(q, w.scale, w.base))
	}
}

// read collects the bytes of a tensor from the files of its group.
func (l *Layers) read(w weight) ([]byte, error) {
	raw := make([]byte, 0, w.bytes())
	from := w.offset
	for _, s := range w.files {
		if from >= s.size {
			from -= s.size
			continue
		}
		part := min(s.size-from, w.bytes()-int64(len(raw)))
		if part == 0 {
			break
		}
		f, err := l.folder.Open(filepath.FromSlash(s.path))
		if err != nil {
			return nil, err
		}
		raw = raw[:len(raw)+int(part)]
		_, err = f.ReadAt(raw[len(raw)-int(part):], from)
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		from = 0
	}
	if int64(len(raw)) != w.bytes() {
		return nil, io.ErrUnexpectedEOF
	}
	return raw, nil
}

// Close closes the folder.
func (l *Layers) Close() error {
	if l.folder == nil {
		return nil
	}
	return l.folder.Close()
}
