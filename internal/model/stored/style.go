package stored

import (
	"encoding/json"
	"errors"
	"fmt"

	"easel/internal/base/hint"
	"easel/internal/file/safetensors"
	"easel/internal/model/feedforward"
)

// KindStyle is a network that paints in a style, which easel stylize runs.
const KindStyle = "style"

// ErrStyle is wrapped by Open's error for a style's file.
var ErrStyle = errors.New("it paints in a style and does not translate")

// StyleConfig is the configuration in a style's file.
type StyleConfig struct {
	Network feedforward.Config `json:"network"`
	// Origin is where the weights are from, for people.
	Origin string `json:"origin,omitempty"`
}

// Style is an open file of a style.
type Style struct {
	StyleConfig
	weights
}

// OpenStyle opens a style, checking everything but the numbers. The file stays open until
// Close.
func OpenStyle(path string) (*Style, error) {
	reader, header, err := openFile(path)
	if err != nil {
		return nil, fmt.Errorf("open style: %w", err)
	}
	s := &Style{weights: weights{Path: path, reader: reader}}
	if err := s.check(header); err != nil {
		return nil, errors.Join(fmt.Errorf("open style %s: %w", path, err), reader.Close())
	}
	return s, nil
}

func (s *Style) check(header Header) error {
	if header.Kind != KindStyle {
		return hint.New(errors.New("it translates pictures and does not paint in a style"), "{run translate model=MODEL} runs it")
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

// WriteStyle writes a style's file, atomically, its weights as float16 if half.
func WriteStyle(path string, c StyleConfig, tensors []safetensors.Tensor, half bool) error {
	if err := c.Network.Validate(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write %s: configuration: %w", path, err)
	}
	return writeFile(path, Header{Kind: KindStyle, Config: text}, tensors, half)
}
