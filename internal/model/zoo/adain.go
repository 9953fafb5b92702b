package zoo

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/file/pytorch"
	"easel/internal/model/feedforward"
	"easel/internal/model/stored"
)

// AdaIN as in naoto0804's port, in two files: VGG-19 with its activations
// brought to a mean of 1, and a decoder that was trained for that one. Both are
// lists of layers without names.

// The places of convolutions in the two lists; those of the encoder after the ninth
// 3×3 one are behind relu4_1, and not used.
var (
	adainEncoder = []int{0, 2, 5, 9, 12, 16, 19, 22, 25, 29}
	adainDecoder = []int{1, 5, 8, 11, 14, 18, 21, 25, 28}
	adainUnused  = regexp.MustCompile(`^encoder\.(32|35|38|42|45|48|51)\.(weight|bias)$`)
)

// adainEncoderFile is what the port calls the first file.
const adainEncoderFile = "vgg_normalised.pth"

// adainFiles are both files where an encoder lies next to a decoder: path is
// their folder, or one of them.
func adainFiles(path string, isFolder bool) (encoder, decoder string, err error) {
	folder := path
	if !isFolder {
		folder = filepath.Dir(path)
		if base := filepath.Base(path); base != adainEncoderFile && !strings.HasPrefix(base, "decoder") {
			return "", "", nil
		}
	}
	encoders, err := matches(folder, adainEncoderFile)
	if err != nil || len(encoders) == 0 {
		return "", "", err
	}
	decoders, err := matches(folder, "decoder*.pth*")
	switch {
	case err != nil:
		return "", "", err
	case !isFolder && filepath.Base(path) != adainEncoderFile:
		return encoders[0], path, nil
	case len(decoders) != 1:
		return "", "", hint.New(fmt.Errorf("%s: %d decoders next to %s", folder, len(decoders), adainEncoderFile), "name the decoder to use; both files are then read")
	}
	return encoders[0], decoders[0], nil
}

// openAdaIN has the tensors of both files, as encoder.0.weight, decoder.1.weight.
func openAdaIN(encoder, decoder string) (*ordered, error) {
	var opened []*pytorch.File
	o := newOrdered(func() error {
		var first error
		for _, f := range opened {
			if err := f.Close(); first == nil {
				first = err
			}
		}
		return first
	})
	for prefix, path := range map[string]string{"encoder.": encoder, "decoder.": decoder} {
		f, err := pytorch.Open(path)
		if err != nil {
			_ = o.Close()
			return nil, err
		}
		opened = append(opened, f)
		for _, name := range f.Names() {
			shape, _ := f.Shape(name)
			o.add(prefix+name, shape, func() ([]float32, error) {
				_, data, err := f.Tensor(name)
				return data, err
			})
		}
	}
	return o, nil
}

// adain recognises the two files together.
func adain(s *source, _ ImportOptions) (*network, error) {
	const first = "encoder.2.weight"
	if !s.has(first) || !s.has("decoder.1.weight") {
		if s.has("1.weight") && s.has("28.weight") && !s.has("0.weight") {
			return nil, hint.New(fmt.Errorf("AdaIN's decoder, without %s next to it", adainEncoderFile), "put both files into one folder; the decoder runs on that encoder only")
		}
		return nil, nil
	}
	n := &network{
		name:  fmt.Sprintf("AdaIN's network for any style: width %d", s.dim(first, 0)),
		style: &stored.StyleConfig{Network: feedforward.Config{Kind: feedforward.AdaIN, Width: s.dim(first, 0)}, Origin: "AdaIN"},
		idle:  adainUnused.MatchString,
	}
	add := func(own, theirs string, at int) {
		theirs = fmt.Sprintf("%s.%d", theirs, at)
		n.places = append(n.places, place{own: own + "/kernel", theirs: theirs + ".weight", layout: outInRows}, place{own: own + "/bias", theirs: theirs + ".bias"})
	}
	for i, at := range adainEncoder {
		add(fmt.Sprintf("style/encoder%d", i), "encoder", at)
	}
	for i, at := range adainDecoder {
		add(fmt.Sprintf("style/decoder%d", i+1), "decoder", at)
	}
	return n, nil
}
