package zoo

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/file/safetensors"
	"easel/internal/model/feedforward"
	"easel/internal/model/nn"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// Imported is another program's model as easel's.
type Imported struct {
	// Path is the file that was read, and Format its container.
	Path, Format string
	// Network is a description for people.
	Network string
	// Config is the model's, of a network that translates; Style, of one that
	// paints in a style, and nil for others.
	Config  stored.Config
	Style   *stored.StyleConfig
	Tensors []safetensors.Tensor
	// Notes say what the file does not, and what was assumed.
	Notes []string
}

// Write writes the model to a file of easel's.
func (m *Imported) Write(path string) error {
	if m.Style != nil {
		return stored.WriteStyle(path, *m.Style, stored.Training{}, m.Tensors, false)
	}
	return stored.Write(path, stored.KindModel, m.Config, stored.Training{}, m.Tensors)
}

// network is the network that a file is recognised as.
type network struct {
	name   string
	config stored.Config
	style  *stored.StyleConfig // of a network that paints in a style
	places []place
	// idle are tensors that have no effect.
	idle  func(name string) bool
	notes []string
}

// family is a known kind of network.
type family struct {
	name string
	// claims are the names of its tensors, roughly: what tells the nearest family
	// of an unknown file.
	claims *regexp.Regexp
	// recognise looks for the tensors that make the family, and says what the
	// network would be; nil if it is none of them.
	recognise func(s *source, o ImportOptions) (*network, error)
}

func families() []family {
	return []family{
		{"a network that easel exported", regexp.MustCompile(`^(generator|style)/`), exported},
		{"a U-Net of the PyTorch port", regexp.MustCompile(`^model\.model\.`), portUNet},
		{"a ResNet of the PyTorch port", regexp.MustCompile(`^model\.\d+\.(conv_block\.|weight$|bias$)`), portResNet},
		{"a U-Net of PyTorch-GAN", hugganNames, huggan},
		{"a U-Net of the TensorFlow port", regexp.MustCompile(`^(generator/(encoder|decoder)_|conv2d(_transpose)?_\d+/|batch_normalization_\d+/)`), tensorFlowUNet},
		{"a style of Johnson's Torch 7 program", regexp.MustCompile(`^\d+:(Spatial|InstanceNorm)`), johnsonTorch7},
		{"a U-Net of the paper's program", regexp.MustCompile(`^\d+:Spatial`), torch7UNet},
		{"Johnson's network of a style", regexp.MustCompile(`^((conv|deconv)\d\.conv2d|in\d|res\d)\.`), johnson},
		{"a style of Lengstrom's TensorFlow program", regexp.MustCompile(`^Variable(_\d+)?$`), lengstrom},
		{"a style in ONNX", nameless, onnxStyle},
		{"a U-Net in ONNX", nameless, onnxUNet},
		{"AdaIN's network for any style", regexp.MustCompile(`^(encoder\.|decoder\.)?\d+\.(weight|bias)$`), adain},
	}
}

// Import reads a model of another program: a file, or a folder with one in it.
// Errors name the file, and most have a hint.
func Import(path string, o ImportOptions) (*Imported, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	s, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	m, err := s.imported(o)
	if err := errors.Join(err, s.Close()); err != nil {
		return nil, fmt.Errorf("import %s: %w", s.path, err)
	}
	if o.Discriminator != "" {
		if err := m.withDiscriminator(o.Discriminator); err != nil {
			return nil, fmt.Errorf("import: discriminator: %w", err)
		}
	}
	return m, nil
}

func (s *source) imported(o ImportOptions) (*Imported, error) {
	n, err := s.recognise(o)
	if err != nil {
		return nil, err
	}
	if err := n.fits(o); err != nil {
		return nil, err
	}
	parameters, err := n.parameters()
	if err != nil {
		return nil, err
	}
	m := &Imported{Path: s.path, Format: s.format, Network: n.name, Config: n.config, Style: n.style, Notes: n.notes}
	if m.Tensors, err = s.readAll(n, parameters); err != nil {
		return nil, err
	}
	return m, nil
}

// fits reports options that mean nothing for the network.
func (n *network) fits(o ImportOptions) error {
	switch {
	case o.Instances && !n.config.Network.ClassEdges:
		return hint.New(fmt.Errorf("%s, which sees no instances", n.name), "leave {instances} out")
	case n.style == nil:
		return nil
	case o.Dropout != "" || o.Direction != "":
		return hint.New(fmt.Errorf("%s, which has no dropout and no direction", n.name), "leave {dropout} and {direction} out")
	case o.NormStatistics == pix2pix.StoredStatistics && !n.style.Network.StoredStatistics:
		return errNoStored
	}
	return nil
}

// read reads one tensor of easel's.
func (s *source) read(at place, p nn.Parameter) ([]float32, error) {
	if at.theirs == "" {
		data := make([]float32, p.Shape.Size())
		for i := range data {
			data[i] = at.value
		}
		return data, nil
	}
	var read [][]float32
	for _, n := range at.reads(p.Shape) {
		_, data, err := s.Tensor(s.prefix + n.name)
		if err != nil {
			return nil, err
		}
		read = append(read, data)
	}
	return at.fromTheirs(at.combine(read, p.Shape), p.Shape), nil
}

// parameters are the weights that the network runs on.
func (n *network) parameters() (nn.Parameters, error) {
	if n.style != nil {
		side := n.style.Network.Smallest()
		built, err := feedforward.Inference(n.style.Network, 1, side, side, 1)
		if err != nil {
			return nil, err
		}
		return built.Parameters, nil
	}
	c := n.config.Network
	built, err := pix2pix.Inference(c, 1, c.ImageSize, c.ImageSize, pix2pix.InferenceOptions{})
	if err != nil {
		return nil, err
	}
	return built.Parameters, nil
}

// recognise says which network the file is. Every tensor must match.
func (s *source) recognise(o ImportOptions) (*network, error) {
	var nearest error
	for _, f := range families() {
		n, err := f.recognise(s, o)
		if n == nil && err == nil {
			continue
		}
		if err == nil {
			if err = n.check(s); err == nil {
				return n, nil
			}
			err = fmt.Errorf("the nearest known network is %s, but %w", n.name, err)
		}
		if nearest == nil {
			nearest = err
		}
	}
	if nearest == nil {
		nearest = s.nearest()
	}
	if hint.On(nearest) != "" {
		return nil, nearest
	}
	return nil, hint.New(nearest, s.list())
}

// nearest names the family that most of the tensors could belong to.
func (s *source) nearest() error {
	name, most := "", 0
	for _, f := range families() {
		count := 0
		for _, n := range s.names {
			if f.claims.MatchString(n) {
				count++
			}
		}
		if count > most {
			name, most = f.name, count
		}
	}
	if most == 0 {
		return errors.New("its tensors do not match any known network")
	}
	return fmt.Errorf("its tensors do not match any known network; the nearest is %s, with %d of %d names in common", name, most, len(s.names))
}

// listed is how many tensors of an unknown file are shown.
const listed = 40

// list describes a file's tensors.
func (s *source) list() string {
	var b strings.Builder
	fmt.Fprintf(&b, "it has %d tensors:", len(s.names))
	for i, n := range s.names {
		if i == listed {
			fmt.Fprintf(&b, " … and %d more", len(s.names)-listed)
			break
		}
		shape, _ := s.shape(n)
		fmt.Fprintf(&b, " %s %v", n, shape)
	}
	return b.String()
}

// check reports the first way in which the file's tensors are not the network's.
func (n *network) check(s *source) error {
	if n.style == nil {
		if err := n.config.Validate(); err != nil {
			return err
		}
	}
	parameters, err := n.parameters()
	if err != nil {
		return err
	}
	return n.checkPlaces(s, parameters)
}

// placeOf is where a tensor of easel's has its numbers.
func (n *network) placeOf(own string) (place, bool) {
	i := slices.IndexFunc(n.places, func(at place) bool { return at.own == own })
	if i < 0 {
		return place{}, false
	}
	return n.places[i], true
}

// checkPlaces compares the file's tensors with the network's, both ways.
func (n *network) checkPlaces(s *source, parameters nn.Parameters) error {
	used := map[string]bool{}
	for _, p := range parameters {
		at, ok := n.placeOf(p.Name)
		if !ok {
			return fmt.Errorf("%s has no place in it", p.Name)
		}
		for _, n := range at.reads(p.Shape) {
			used[n.name] = true
			shape, ok := s.shape(n.name)
			if !ok {
				return fmt.Errorf("%s is missing", n.name)
			}
			if !slices.Equal(shape, n.shape) {
				return fmt.Errorf("%s is %v, not %v", n.name, shape, n.shape)
			}
		}
	}
	for _, name := range s.names {
		if !used[name] && !n.idle(name) && !s.unread(name) {
			return fmt.Errorf("%s has no place in it", name)
		}
	}
	return nil
}
