package zoo

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// The authors' PyTorch port (pytorch-CycleGAN-and-pix2pix) saves a generator's
// state dict alone. Its U-Net is built from the inside out, each level around the
// one below it, and so are the names.

// portFewest is how many levels the port's U-Nets have at least.
const portFewest = 5

// portLevel is where the layers of level i of the port's U-Net are, from 1.
func portLevel(i int) string {
	return "model.model.1.model" + strings.Repeat(".3.model", i-1)
}

// portUNet recognises the port's U-Net by its nested names.
func portUNet(s *source, o ImportOptions) (*network, error) {
	const first, last = "model.model.0.weight", "model.model.3.weight"
	if !s.has(first) || !s.has(last) {
		return nil, nil
	}
	levels := 1
	for s.has(portLevel(levels) + ".1.weight") {
		levels++
	}
	if levels < portFewest || levels > 12 {
		return nil, fmt.Errorf("a U-Net of %d levels; the port's have %d or more", levels, portFewest)
	}
	c := portConfig(1<<levels, s.dim(first, 1), s.dim(last, 1), s.dim(first, 0))
	kind := pix2pix.NormNone
	switch {
	case s.has(portLevel(1) + ".2.weight"):
		kind = pix2pix.NormBatch
	case s.has(portLevel(1) + ".1.bias"):
		kind = pix2pix.NormInstance
	}
	c.Norm, c.EdgeBiases = kind, kind == pix2pix.NormInstance
	n := &network{
		name:   fmt.Sprintf("a U-Net of the PyTorch port: %d levels, width %d, norm %s", levels, c.Width, kind),
		places: unetPlaces(levels, kind, portUNetNames(levels)),
		idle:   portIdle(kind),
	}
	n.places = append(n.places, portEdgeBiases(levels)...)
	if kind == pix2pix.NormNone {
		n.noBiases(levels)
	}
	c.Dropout = o.Dropout
	if o.Dropout == "" {
		c.Dropout = pix2pix.DropoutOff
		n.notes = append(n.notes, "dropout: off, because the file does not say whether a U-Net was trained with it; dropout \"pytorch\" puts it where the port does")
	}
	if err := n.statistics(s, &c, o); err != nil {
		return nil, err
	}
	return n, n.describe(s, c, o)
}

// portConfig is the port's configuration, with a generator of the given sizes.
func portConfig(size, in, out, width int) pix2pix.Config {
	c, _ := pix2pix.Preset("pytorch") // there is one of that name
	c.ImageSize, c.InputChannels, c.OutputChannels, c.Width = size, in, out, width
	return c
}

// layerNames are what another program calls a U-Net's layers: a convolution,
// without .weight and .bias, and its norm.
type layerNames struct{ conv, norm string }

// unetNames are the layers from the outermost: encoder[k-1] and decoder[j-1].
type unetNames struct{ encoder, decoder []layerNames }

func portUNetNames(levels int) unetNames {
	n := unetNames{make([]layerNames, levels), make([]layerNames, levels)}
	n.encoder[0] = layerNames{conv: "model.model.0"}
	for k := 2; k <= levels; k++ {
		at := portLevel(k - 1)
		n.encoder[k-1] = layerNames{at + ".1", at + ".2"}
	}
	innermost := portLevel(levels - 1)
	n.decoder[0] = layerNames{innermost + ".3", innermost + ".4"}
	for j := 2; j < levels; j++ {
		at := portLevel(levels - j)
		n.decoder[j-1] = layerNames{at + ".5", at + ".6"}
	}
	n.decoder[levels-1] = layerNames{conv: "model.model.3"}
	return n
}

// unetPlaces are the kernels, norms and the last bias of a U-Net in a file of
// PyTorch's.
func unetPlaces(levels int, kind pix2pix.NormKind, names unetNames) []place {
	var places []place
	for k, layer := range names.encoder {
		own := fmt.Sprintf("generator/encoder%d", k+1)
		places = append(places, place{own: own + "/kernel", theirs: layer.conv + ".weight", layout: outInRows})
		if k > 0 && k < levels-1 {
			places = append(places, portNorm(own, layer.norm, kind)...)
		}
	}
	for j, layer := range names.decoder {
		own := fmt.Sprintf("generator/decoder%d", j+1)
		places = append(places, place{own: own + "/kernel", theirs: layer.conv + ".weight", layout: inOutRows, skipFirst: j > 0})
		if j < levels-1 {
			places = append(places, portNorm(own, layer.norm, kind)...)
		}
	}
	return append(places, place{own: fmt.Sprintf("generator/decoder%d/bias", levels), theirs: names.decoder[levels-1].conv + ".bias"})
}

// portNorm is where a norm's tensors are; an instance norm of the port's has none.
func portNorm(own, theirs string, kind pix2pix.NormKind) []place {
	switch kind {
	case pix2pix.NormBatch:
		return []place{
			{own: own + "/norm/scale", theirs: theirs + ".weight"},
			{own: own + "/norm/shift", theirs: theirs + ".bias"},
			{own: own + "/norm/mean", theirs: theirs + ".running_mean"},
			{own: own + "/norm/variance", theirs: theirs + ".running_var"},
		}
	case pix2pix.NormInstance:
		return []place{{own: own + "/norm/scale", value: 1}, {own: own + "/norm/shift"}}
	}
	return nil
}

// portEdgeBiases are the biases of the layers without a norm, which the port has only
// where its other norms are instance norms.
func portEdgeBiases(levels int) []place {
	return []place{
		{own: "generator/encoder1/bias", theirs: "model.model.0.bias"},
		{own: fmt.Sprintf("generator/encoder%d/bias", levels), theirs: portLevel(levels-1) + ".1.bias"},
	}
}

// noBiases gives a U-Net without norms zeros for biases: easel's has one at every
// convolution then, the port's at the last alone.
func (n *network) noBiases(levels int) {
	last := fmt.Sprintf("generator/decoder%d/bias", levels)
	kept := n.places[:0]
	for _, p := range n.places {
		if !strings.HasSuffix(p.own, "/bias") || p.own == last {
			kept = append(kept, p)
		}
	}
	n.places = kept
	for k := 1; k <= levels; k++ {
		n.places = append(n.places, place{own: fmt.Sprintf("generator/encoder%d/bias", k)})
		if k < levels {
			n.places = append(n.places, place{own: fmt.Sprintf("generator/decoder%d/bias", k)})
		}
	}
}

// portIdle says which of the port's tensors do nothing: counters, the statistics
// of instance norms, which its test program does not use, and biases before an
// instance norm, which takes them off again. The statistics of batch norms
// are read on request.
func portIdle(kind pix2pix.NormKind) func(name string) bool {
	return func(name string) bool {
		switch {
		case strings.HasSuffix(name, ".num_batches_tracked"):
			return true
		case strings.HasSuffix(name, ".running_mean"), strings.HasSuffix(name, ".running_var"):
			return kind != pix2pix.NormNone
		case strings.HasSuffix(name, ".bias"):
			return kind == pix2pix.NormInstance
		}
		return false
	}
}

// statistics uses stored statistics if they are requested and mean something.
func (n *network) statistics(s *source, c *pix2pix.Config, o ImportOptions) error {
	if o.NormStatistics != pix2pix.StoredStatistics {
		return nil
	}
	var used bool
	for _, p := range n.places {
		mean, variance := strings.HasSuffix(p.own, "/norm/mean"), strings.HasSuffix(p.own, "/norm/variance")
		if !mean && !variance || !s.has(p.theirs) {
			continue
		}
		_, data, err := s.Tensor(s.prefix + p.theirs)
		if err != nil {
			return err
		}
		for _, v := range data {
			used = used || mean && v != 0 || variance && v != 1
		}
	}
	if !used {
		return errNoStored
	}
	c.NormStatistics = pix2pix.StoredStatistics
	return nil
}

// maxLoadSize bounds what a file of options may say about the size of pictures.
const maxLoadSize = 1 << 14

// errNoStored is for files that have no statistics to run on.
var errNoStored = hint.New(
	errors.New("it has no stored statistics of batch norms, or they are all 0 and 1, as before any training"),
	"leave {norm_statistics} out: norms then use the picture's, as the program that wrote the file does",
)

// describe fills the configuration of the images, and says what was assumed.
func (n *network) describe(s *source, c pix2pix.Config, o ImportOptions) error {
	beside, err := optionsBeside(filepath.Dir(s.path))
	if err != nil {
		return err
	}
	direction := o.Direction
	if direction == "" {
		direction = beside.direction
	}
	if direction == "" {
		direction = "AtoB"
		n.notes = append(n.notes, "direction: AtoB is assumed; it matters for training and evaluation, not for translation")
	}
	n.notes = append(n.notes, beside.notes...)
	n.config = stored.Config{Network: c, Images: stored.Images{
		Range: stored.Range, Direction: direction,
		LoadSize: max(c.ImageSize, min(beside.loadSize, maxLoadSize)), InputFilter: "bicubic", TargetFilter: "bicubic",
	}}
	return nil
}
