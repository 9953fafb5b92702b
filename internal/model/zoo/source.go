package zoo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/file/pytorch"
	"easel/internal/file/safetensors"
	"easel/internal/file/tensorflow"
	"easel/internal/file/tensors"
)

// container is an open file with tensors by name.
type container interface {
	Names() []string
	Shape(name string) ([]int, bool)
	Tensor(name string) (shape []int, data []float32, err error)
	Close() error
}

// source is a container with what is known from its name and folder.
type source struct {
	container
	path string
	// format of the container, for people.
	format string
	// names of the file's tensors without a prefix that all share, in its order where
	// it has one; prefix is what DataParallel puts before each.
	names  []string
	prefix string
}

func (s *source) has(name string) bool { _, ok := s.shape(name); return ok }

func (s *source) shape(name string) ([]int, bool) { return s.Shape(s.prefix + name) }

// dim is side i of a tensor, or 0.
func (s *source) dim(name string, i int) int {
	shape, _ := s.shape(name)
	if i >= len(shape) {
		return 0
	}
	return shape[i]
}

// parallel is the prefix of models that were saved inside DataParallel.
const parallel = "module."

// open opens a file by its first bytes, or a folder by the files in it.
func open(path string) (*source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	encoder, decoder, err := adainFiles(path, info.IsDir())
	if err != nil {
		return nil, err
	}
	if encoder != "" {
		c, err := openAdaIN(encoder, decoder)
		if err != nil {
			return nil, err
		}
		return &source{container: c, path: decoder, format: "PyTorch", names: c.Names()}, nil
	}
	file, err := fileOf(path)
	if err != nil {
		return nil, err
	}
	c, format, err := openFile(file)
	if err != nil {
		return nil, err
	}
	if r, ok := c.(*safetensors.Reader); ok && r.Metadata()["easel"] != "" {
		return nil, hint.New(errors.Join(fmt.Errorf("%s is already one of easel's own models", file), c.Close()), "use it as it is")
	}
	s := &source{container: c, path: file, format: format, names: c.Names()}
	if all := func(n string) bool { return strings.HasPrefix(n, parallel) }; len(s.names) > 0 && !slices.ContainsFunc(s.names, func(n string) bool { return !all(n) }) {
		s.prefix = parallel
		for i, n := range s.names {
			s.names[i] = strings.TrimPrefix(n, parallel)
		}
	}
	return s, nil
}

func openFile(path string) (container, string, error) {
	head, err := headOf(path)
	if err != nil {
		return nil, "", err
	}
	switch ending := strings.ToLower(filepath.Ext(path)); {
	case pytorch.Looks(head):
		return opened(pytorch.Open(path))("PyTorch")
	case len(head) > 8 && head[8] == '{' && ending != ".json":
		return opened(safetensors.Open(path))("safetensors")
	case ending == ".index":
		return opened(tensorflow.OpenBundle(path))("TensorFlow checkpoint")
	case strings.Contains(filepath.Base(path), ".data-"):
		prefix, _, _ := strings.Cut(path, ".data-")
		return opened(tensorflow.OpenBundle(prefix))("TensorFlow checkpoint")
	case filepath.Base(path) == "manifest.json":
		return opened(tensorflow.OpenVariables(path))("deeplearn.js")
	case ending == ".json":
		return opened(tensorflow.OpenLayers(path))("TensorFlow.js")
	case tensorflow.LooksPict(head):
		return opened(tensorflow.OpenPict(path))("pict")
	case ending == ".t7" || ending == ".net":
		return opened(openTorch7(path))(formatTorch7)
	case ending == ".onnx":
		return opened(openONNX(path))(formatONNX)
	case strings.HasPrefix(string(head), "\x89HDF"):
		return nil, "", hint.New(
			fmt.Errorf("%s: an HDF5 file of Keras, which is not read", path),
			"convert it: tensorflowjs_converter --input_format keras FILE DIR makes a model.json that {run import} takes",
		)
	}
	return nil, "", hint.New(
		fmt.Errorf("%s: not a known kind of model file", path),
		"there are .pth, .safetensors, .onnx, .t7, .pict, TensorFlow's .index, TensorFlow.js's model.json and deeplearn.js's manifest.json",
	)
}

// opened joins what a container's Open returns with the container's name.
func opened[C container](c C, err error) func(format string) (container, string, error) {
	return func(format string) (container, string, error) {
		if err != nil {
			return nil, "", err
		}
		return c, format, nil
	}
}

// headOf are the first bytes of a file.
func headOf(path string) ([]byte, error) {
	f, size, err := tensors.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, min(size, 16))
	if _, err := f.ReadAt(head, 0); err != nil && len(head) > 0 {
		return nil, fmt.Errorf("open model: %w", err)
	}
	return head, nil
}

// inFolders are names under which programs keep the model of a folder, the better
// ones first. JZ's keep both networks, and a generator for each direction of a
// cycle.
var inFolders = []string{"model.json", "manifest.json", "latest_net_G.pth", "*_net_G.pth", "model.safetensors", "pytorch_model.bin", "variables.index", "variables/variables.index", "*.index", "*.pict", "*.t7", "*.onnx", "*.pth", "*.model", "*.safetensors"}

// fileOf is the model file of a folder, or the file itself.
func fileOf(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("open model: %w", err)
	}
	if !info.IsDir() {
		return path, nil
	}
	if prefix := latestCheckpoint(path); prefix != "" {
		return prefix, nil
	}
	for _, pattern := range inFolders {
		// Only the patterns have special characters: the folder's name may too.
		found, err := matches(path, pattern)
		if err != nil {
			return "", err
		}
		switch len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return "", hint.New(fmt.Errorf("%s: there is more than one model: %s", path, strings.Join(found, ", ")), "name one of them")
		}
	}
	return "", hint.New(fmt.Errorf("%s: there is no model file in the folder", path), "name the file itself")
}

func matches(folder, pattern string) ([]string, error) {
	under, pattern := filepath.Split(filepath.FromSlash(pattern))
	entries, err := os.ReadDir(filepath.Join(folder, under))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	var found []string
	for _, e := range entries {
		if ok, _ := filepath.Match(pattern, e.Name()); ok && !e.IsDir() {
			found = append(found, filepath.Join(folder, under, e.Name()))
		}
	}
	return found, nil
}

// latestCheckpoint is the index of the checkpoint that TensorFlow's file
// "checkpoint" names, which may have been written on another machine.
func latestCheckpoint(folder string) string {
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil || len(text) > 1<<20 {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		value, ok := strings.CutPrefix(strings.TrimSpace(line), "model_checkpoint_path:")
		if !ok {
			continue
		}
		name := strings.Trim(strings.TrimSpace(value), `"`)
		name = name[strings.LastIndexAny(name, `/\`)+1:]
		index := filepath.Join(folder, name+".index")
		if _, err := os.Stat(index); err == nil {
			return index
		}
	}
	return ""
}

// ordered is a container of tensors that a program numbers.
type ordered struct {
	names   []string
	tensors map[string]func() ([]int, []float32, error)
	shapes  map[string][]int
	close   func() error
	// metadata of the file, where its container has any.
	metadata map[string]string
	// walk is the graph of another program's file of ONNX.
	walk *onnxWalk
}

func newOrdered(close func() error) *ordered {
	return &ordered{tensors: map[string]func() ([]int, []float32, error){}, shapes: map[string][]int{}, close: close}
}

func (o *ordered) add(name string, shape []int, read func() ([]float32, error)) {
	if _, twice := o.tensors[name]; !twice {
		o.names = append(o.names, name)
	}
	o.shapes[name] = shape
	o.tensors[name] = func() ([]int, []float32, error) {
		data, err := read()
		return shape, data, err
	}
}

func (o *ordered) Names() []string { return slices.Clone(o.names) }

func (o *ordered) Shape(name string) ([]int, bool) { s, ok := o.shapes[name]; return s, ok }

func (o *ordered) Tensor(name string) ([]int, []float32, error) {
	read, ok := o.tensors[name]
	if !ok {
		return nil, nil, fmt.Errorf("no tensor %q", name)
	}
	return read()
}

func (o *ordered) Close() error {
	if o.close == nil {
		return nil
	}
	return o.close()
}
