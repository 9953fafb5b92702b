package zoo

import (
	"fmt"

	"easel/internal/base/hint"
	"easel/internal/model/pix2pix"
)

// portResNet recognises the port's generator of residual blocks, which CycleGAN's
// models are too, and with four downsamplings pix2pixHD's global generator. Its
// layers are numbered, paddings and rectifiers among them.
func portResNet(s *source, o ImportOptions) (*network, error) {
	const first = "model.1.weight"
	if !s.has(first) || !s.has("model.4.weight") {
		return nil, nil
	}
	downs := 0
	for s.dim(layerAt(4+3*downs)+".weight", 2) == 3 {
		downs++
	}
	start := 4 + 3*downs // of the blocks
	blocks := 0
	for s.has(blockAt(start+blocks) + ".1.weight") {
		blocks++
	}
	if downs == 0 || blocks == 0 {
		return nil, nil
	}
	if in := s.dim(first, 1); downs > 2 && in > picturesChannels {
		return nil, hint.New(fmt.Errorf("pix2pixHD's generator of %d channels, which are label maps, one channel a class", in),
			"easel's pictures are not such maps; a generator that was trained with --label_nc 0 can be imported")
	}
	last := layerAt(start + blocks + 3*downs + 1)
	c := portConfig(256, s.dim(first, 1), s.dim(last+".weight", 0), s.dim(first, 0))
	c.Generator, c.Blocks, c.Downsamplings = pix2pix.ResNet, blocks, downs
	c.Norm = pix2pix.NormNone
	switch {
	case s.has("model.2.weight"):
		c.Norm = pix2pix.NormBatch
	case s.has("model.1.bias"):
		c.Norm = pix2pix.NormInstance
	}
	dropout := s.dim(blockAt(start)+".6.weight", 3) > 0 // it stands between the two convolutions, and moves the second to 6
	n := &network{
		name:   fmt.Sprintf("a ResNet of the PyTorch port: %d blocks, %d downsamplings, width %d, norm %s", blocks, downs, c.Width, c.Norm),
		places: resnetPlaces(blocks, downs, c.Norm, dropout),
		idle:   portIdle(c.Norm),
	}
	c.Dropout = o.Dropout
	if o.Dropout == "" {
		c.Dropout = pix2pix.DropoutOff
		if dropout {
			n.notes = append(n.notes, "dropout: off, though the network was trained with it; dropout \"pytorch\" turns it on")
		}
	}
	if err := n.statistics(s, &c, o); err != nil {
		return nil, err
	}
	return n, n.describe(s, c, o)
}

// picturesChannels is the most that a picture has: RGB and alpha.
const picturesChannels = 4

func layerAt(i int) string { return fmt.Sprintf("model.%d", i) }

func blockAt(i int) string { return layerAt(i) + ".conv_block" }

// resnetPlaces are a ResNet's tensors in a file of the port's.
func resnetPlaces(blocks, downs int, kind pix2pix.NormKind, dropout bool) []place {
	var places []place
	add := func(own, conv, norm string, l layout) {
		own = "generator/" + own
		places = append(places, place{own: own + "/kernel", theirs: conv + ".weight", layout: l})
		if kind == pix2pix.NormNone {
			places = append(places, place{own: own + "/bias"}) // the port has none then
		}
		places = append(places, portNorm(own, norm, kind)...)
	}
	add("stem", layerAt(1), layerAt(2), outInRows)
	at := 4
	for k := 1; k <= downs; k, at = k+1, at+3 {
		add(fmt.Sprintf("down%d", k), layerAt(at), layerAt(at+1), outInRows)
	}
	second := 5
	if dropout {
		second = 6
	}
	for k := 1; k <= blocks; k, at = k+1, at+1 {
		block := blockAt(at)
		add(fmt.Sprintf("block%d/first", k), block+".1", block+".2", outInRows)
		add(fmt.Sprintf("block%d/second", k), fmt.Sprintf("%s.%d", block, second), fmt.Sprintf("%s.%d", block, second+1), outInRows)
	}
	for k := 1; k <= downs; k, at = k+1, at+3 {
		add(fmt.Sprintf("up%d", k), layerAt(at), layerAt(at+1), inOutRows)
	}
	return append(places,
		place{own: "generator/picture/kernel", theirs: layerAt(at+1) + ".weight", layout: outInRows},
		place{own: "generator/picture/bias", theirs: layerAt(at+1) + ".bias"})
}
