package zoo

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

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
	stem, enhancer := first, 0
	if s.has("model1_1.1.weight") { // of pix2pixHD's local enhancer
		stem = "model1_1.1.weight"
		for s.has(fmt.Sprintf("model1_2.%d.conv_block.1.weight", enhancer)) {
			enhancer++
		}
	}
	r := newResnetLayers(blocks, downs, enhancer)
	c := portConfig(256, s.dim(first, 1), s.dim(r.end+".weight", 0), s.dim(stem, 0))
	c.Generator, c.Blocks, c.Downsamplings, c.EnhancerBlocks = pix2pix.ResNet, blocks, downs, r.enhancer
	if c.EnhancerBlocks > 0 {
		c.ImageSize = 1024
	}
	c.Norm = pix2pix.NormNone
	switch {
	case s.has("model.2.weight"):
		c.Norm = pix2pix.NormBatch
	case s.has("model.1.bias"):
		c.Norm = pix2pix.NormInstance
	}
	r.norm, r.biases = c.Norm, s.has("model.1.bias")
	r.dropout = s.dim(blockAt(start)+".6.weight", 3) > 0 // it stands between the two convolutions, and moves the second to 6
	n := &network{
		name:   fmt.Sprintf("a ResNet of the PyTorch port: %d blocks, %d downsamplings, width %d, norm %s", blocks, downs, c.Width, c.Norm),
		places: r.places(),
		idle:   r.idle,
	}
	if r.enhancer > 0 {
		n.name = fmt.Sprintf("pix2pixHD's local enhancer: %d blocks around %d, %d downsamplings, width %d, norm %s", r.enhancer, blocks, downs, c.Width, c.Norm)
	}
	if err := n.labelled(s, &c, o); err != nil {
		return nil, err
	}
	c.Dropout = o.Dropout
	if o.Dropout == "" {
		c.Dropout = pix2pix.DropoutOff
		if r.dropout {
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

// resnetLayers is what a file's ResNet is made of.
type resnetLayers struct {
	blocks, downs int
	norm          pix2pix.NormKind
	// biases stand before norms too; dropout stands in the blocks.
	biases, dropout bool
	// end is the last convolution, and enhancer the number of the local enhancer's blocks.
	end      string
	enhancer int
}

func newResnetLayers(blocks, downs, enhancer int) *resnetLayers {
	r := &resnetLayers{blocks: blocks, downs: downs, enhancer: enhancer, end: layerAt(4 + 3*downs + blocks + 3*downs + 1)}
	if enhancer > 0 {
		r.end = fmt.Sprintf("model1_2.%d", enhancer+4)
	}
	return r
}

// idle says which tensors do nothing: see portIdle. pix2pixHD has biases before batch
// norms too.
func (r *resnetLayers) idle(name string) bool {
	return portIdle(r.norm)(name) || r.norm == pix2pix.NormBatch && r.biases && strings.HasSuffix(name, ".bias")
}

// places are a ResNet's tensors in a file of the port's.
func (r *resnetLayers) places() []place {
	var places []place
	add := func(own, conv, norm string, l layout) {
		own = "generator/" + own
		places = append(places, place{own: own + "/kernel", theirs: conv + ".weight", layout: l})
		if r.norm == pix2pix.NormNone {
			places = append(places, place{own: own + "/bias"}) // the port has none then
		}
		norms := portNorm(own, norm, r.norm)
		for i := range norms {
			if r.biases && strings.HasSuffix(norms[i].own, "/norm/mean") {
				norms[i].less = conv + ".bias"
			}
		}
		places = append(places, norms...)
	}
	addBlock := func(own, block string) {
		second := 5
		if r.dropout {
			second = 6
		}
		add(own+"/first", block+".1", block+".2", outInRows)
		add(own+"/second", fmt.Sprintf("%s.%d", block, second), fmt.Sprintf("%s.%d", block, second+1), outInRows)
	}
	add("stem", layerAt(1), layerAt(2), outInRows)
	at := 4
	for k := 1; k <= r.downs; k, at = k+1, at+3 {
		add(fmt.Sprintf("down%d", k), layerAt(at), layerAt(at+1), outInRows)
	}
	for k := 1; k <= r.blocks; k, at = k+1, at+1 {
		addBlock(fmt.Sprintf("block%d", k), blockAt(at))
	}
	for k := 1; k <= r.downs; k, at = k+1, at+3 {
		add(fmt.Sprintf("up%d", k), layerAt(at), layerAt(at+1), inOutRows)
	}
	if r.enhancer > 0 {
		add("enhancer/stem", "model1_1.1", "model1_1.2", outInRows)
		add("enhancer/down", "model1_1.4", "model1_1.5", outInRows)
		for k := 1; k <= r.enhancer; k++ {
			addBlock(fmt.Sprintf("enhancer/block%d", k), fmt.Sprintf("model1_2.%d.conv_block", k-1))
		}
		add("enhancer/up", fmt.Sprintf("model1_2.%d", r.enhancer), fmt.Sprintf("model1_2.%d", r.enhancer+1), inOutRows)
	}
	return append(places,
		place{own: "generator/picture/kernel", theirs: r.end + ".weight", layout: outInRows},
		place{own: "generator/picture/bias", theirs: r.end + ".bias"})
}

// labelled makes classes of an input of more channels than a picture has: pix2pixHD's
// label maps, whose last channel is the edges of instances unless the options beside it
// say that there are none.
func (n *network) labelled(s *source, c *pix2pix.Config, o ImportOptions) error {
	channels := c.InputChannels
	if channels <= picturesChannels {
		return nil
	}
	beside, err := optionsBeside(filepath.Dir(s.path))
	if err != nil {
		return err
	}
	if beside.features {
		return hint.New(errors.New("pix2pixHD's generator was trained with --instance_feat or --label_feat"),
			"it reads three channels that its own encoder makes of a photograph; only one trained without can be imported")
	}
	c.InputChannels, c.Classes, c.ClassEdges = 1, channels-1, true
	if beside.noInstances || beside.labels == channels {
		c.Classes, c.ClassEdges = channels, false
	}
	n.notes = append(n.notes, fmt.Sprintf("input: grey pictures of 8 bits whose value is the class, 0 to %d; name the file of labels, not of colours", c.Classes-1))
	switch {
	case o.Instances && c.ClassEdges:
		c.InputChannels = 2
		n.notes = append(n.notes, "instances: the second channel has their numbers, from a second picture that is stacked on the first")
	case c.ClassEdges:
		n.notes = append(n.notes, "instances: the last channel is taken for their edges, which are drawn between classes here; with the option instances their numbers are read from a second picture")
	}
	return nil
}
