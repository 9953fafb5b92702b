package zoo

import (
	"fmt"
	"slices"

	"easel/internal/model/pix2pix"
)

// ImportOptions say what a file does not. The zero value is the default.
type ImportOptions struct {
	// Dropout of a U-Net, which leaves no trace in a file: "" is off, so that a
	// picture's translation is always the same.
	Dropout pix2pix.DropoutPlacement
	// NormStatistics say which statistics norms use: "" means those that the network's
	// own program uses, which are the picture's but for Johnson's batch norms.
	NormStatistics pix2pix.NormStatistics
	// Direction that the pairs were read in, "AtoB" or "BtoA"; "" means the one in the
	// file of options next to the model, or AtoB. Translation does not depend on it.
	Direction string
	// Instances makes the input of a network of labels two channels: classes, and the
	// numbers of instances, of which the network sees the edges. Without, the edges are
	// those between classes.
	Instances bool
	// Discriminator is the file of the port's patch discriminator that belongs to the
	// generator, so that training can continue with both; "" is none.
	Discriminator string
}

// Validate reports an unknown value.
func (o ImportOptions) Validate() error {
	if d := o.Dropout; !slices.Contains([]pix2pix.DropoutPlacement{"", pix2pix.DropoutOff, pix2pix.DropoutPaper, pix2pix.DropoutPyTorch}, d) {
		return fmt.Errorf("dropout %q: it must be paper, pytorch or off", d)
	}
	if s := o.NormStatistics; !slices.Contains([]pix2pix.NormStatistics{"", pix2pix.PictureStatistics, pix2pix.StoredStatistics}, s) {
		return fmt.Errorf("norm statistics %q: they must be picture or stored", s)
	}
	if d := o.Direction; d != "" && d != "AtoB" && d != "BtoA" {
		return fmt.Errorf("direction %q: it must be AtoB or BtoA", d)
	}
	return nil
}
