package stored

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/file/safetensors"
	"easel/internal/model/feedforward"
)

// KindStyle is a style network, which easel stylize runs.
const KindStyle = "style"

// ErrStyle is wrapped by Open's error for a style's file.
var ErrStyle = errors.New("it is a style network, not a translator")

// StyleConfig is the configuration in a style's file.
type StyleConfig struct {
	Network feedforward.Config `json:"network"`
	// Origin describes where the weights come from, for people.
	Origin string `json:"origin,omitempty"`
	// Styles are the pictures on which easel trained the network, if it has learned its
	// style.
	Styles []StylePicture `json:"styles,omitempty"`
}

// StylePicture is a picture whose style a network has learned.
type StylePicture struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // of the file
}

// Equal reports whether two networks have the same architecture and learn the same styles.
func (c StyleConfig) Equal(other StyleConfig) bool {
	return c.Network == other.Network && slices.EqualFunc(c.Styles, other.Styles, func(a, b StylePicture) bool { return a.SHA256 == b.SHA256 })
}

// Style is an open style file.
type Style struct {
	StyleConfig
	Training Training
	weights
}

// OpenStyle opens a style, or a run that trains one, and checks everything but the values.
// The file stays open until Close.
func OpenStyle(path string) (*Style, error) {
	file, err := Find(path)
	if err != nil {
		return nil, err
	}
	reader, header, err := openFile(file)
	if err != nil {
		return nil, fmt.Errorf("open style: %w", err)
	}
	s := &Style{Training: header.Training, weights: weights{Path: file, reader: reader}}
	if err := s.check(header); err != nil {
		return nil, errors.Join(fmt.Errorf("open style %s: %w", file, err), reader.Close())
	}
	return s, nil
}

func (s *Style) check(header Header) error {
	if header.Kind != KindStyle {
		return hint.New(errors.New("it is a translator, not a style network"), "run it with {run translate model=MODEL}")
	}
	if err := header.DecodeConfig(&s.StyleConfig); err != nil {
		return err
	}
	if err := s.Network.Validate(); err != nil {
		return err
	}
	side := s.Network.Smallest()
	network, err := feedforward.Inference(s.Network, 1, side, side, 1)
	if err != nil {
		return err
	}
	return s.has(network.Parameters)
}

// WriteStyle writes a style's file, atomically, with weights as float16 if half. With the
// optimiser's moments among the tensors, it is a checkpoint.
func WriteStyle(path string, c StyleConfig, training Training, tensors []safetensors.Tensor, half bool) error {
	if err := c.Network.Validate(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write %s: configuration: %w", path, err)
	}
	return writeFile(path, Header{Kind: KindStyle, Config: text, Training: training}, tensors, half)
}
