package zoo

import (
	"fmt"
	"regexp"

	"easel/internal/base/hint"
	"easel/internal/model/pix2pix"
)

// PyTorch-GAN's pix2pix, which huggan took over: a U-Net whose skips are taken after
// the activation, with instance norms that learn nothing, and a last layer that repeats
// pixels before a convolution of 4×4.

var hugganNames = regexp.MustCompile(`^((down|up)\d\.model\.0|final\.2)\.`)

// huggan recognises the network by its names.
func huggan(s *source, o ImportOptions) (*network, error) {
	const first, last = "down1.model.0.weight", "final.2.weight"
	if !s.has(first) || !s.has(last) {
		return nil, nil
	}
	levels := 1
	for s.has(fmt.Sprintf("down%d.model.0.weight", levels+1)) {
		levels++
	}
	if levels < portFewest || levels > 12 {
		return nil, fmt.Errorf("a U-Net of PyTorch-GAN of %d levels; it has 8", levels)
	}
	if o.Dropout != "" && o.Dropout != pix2pix.DropoutOff {
		return nil, hint.New(
			fmt.Errorf("dropout %q: PyTorch-GAN drops out encoder layers too, which easel's U-Net does not", o.Dropout), "leave {dropout} out",
		)
	}
	if o.NormStatistics == pix2pix.StoredStatistics {
		return nil, errNoStored
	}
	c := portConfig(1<<levels, s.dim(first, 1), s.dim(last, 0), s.dim(first, 0))
	c.Norm, c.Dropout, c.ActivatedSkips, c.PictureUpsample = pix2pix.NormInstance, pix2pix.DropoutOff, true, pix2pix.Nearest
	n := &network{
		name:  fmt.Sprintf("a U-Net of PyTorch-GAN (huggan): %d levels, width %d", levels, c.Width),
		idle:  func(string) bool { return false },
		notes: []string{"dropout: off; the program has it at encoder layers 4 to 8 and decoder layers 1 to 4, at test too"},
	}
	for k := 1; k <= levels; k++ {
		own := fmt.Sprintf("generator/encoder%d", k)
		n.places = append(n.places, place{own: own + "/kernel", theirs: fmt.Sprintf("down%d.model.0.weight", k), layout: outInRows})
		n.places = append(n.places, portNorm(own, "", pix2pix.NormInstance)...)
	}
	for j := 1; j < levels; j++ {
		own := fmt.Sprintf("generator/decoder%d", j)
		n.places = append(n.places, place{own: own + "/kernel", theirs: fmt.Sprintf("up%d.model.0.weight", j), layout: inOutRows})
		n.places = append(n.places, portNorm(own, "", pix2pix.NormInstance)...)
	}
	own := fmt.Sprintf("generator/decoder%d", levels)
	n.places = append(n.places,
		// It sees two of the repeated pixels before and one after: of easel's 5×5 not the last.
		place{own: own + "/kernel", theirs: last, layout: outInRows, side: 4},
		place{own: own + "/bias", theirs: "final.2.bias"})
	return n, n.describe(s, c, o)
}
