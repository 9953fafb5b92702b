package dataset

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"easel/internal/file/imgio"
)

// Direction says which side of a pair the network sees and which it makes.
type Direction int

const (
	// AtoB is from the left half, or A/, to the right half, or B/.
	AtoB Direction = iota
	// BtoA is the other way round: façades' labels→photo, day→night of night2day.
	BtoA
)

// String returns the name that ParseDirection understands.
func (d Direction) String() string {
	if d == BtoA {
		return "BtoA"
	}
	return "AtoB"
}

// ParseDirection returns the direction of a name, in any case.
func ParseDirection(name string) (Direction, error) {
	for _, d := range []Direction{AtoB, BtoA} {
		if strings.EqualFold(name, d.String()) {
			return d, nil
		}
	}
	return 0, fmt.Errorf("unknown direction %q; there are AtoB and BtoA", name)
}

// Split is a part of a data set, named as its folder.
type Split string

// The three splits.
const (
	Train Split = "train"
	Val   Split = "val"
	Test  Split = "test"
)

func allSplits() []Split { return []Split{Train, Val, Test} }

// ParseSplit returns the split of a name, in any case.
func ParseSplit(name string) (Split, error) {
	for _, s := range allSplits() {
		if strings.EqualFold(name, string(s)) {
			return s, nil
		}
	}
	return "", fmt.Errorf("unknown split %q; there are train, val and test", name)
}

// Labels says which sides of the pairs are label pictures: areas of few flat
// colours, which are names and not brightnesses. They are resampled with
// Options.Label, the others with Options.Photograph.
type Labels int

const (
	// LabelsAuto looks at the pictures: a side is labels if, over the set, flat
	// areas have single colours and not shades (see palette.Survey), and no colour
	// is nearly everything. That is meant for segmentations, and takes some maps
	// for labels as well; see Report.Labels for the outcome.
	LabelsAuto Labels = iota
	// LabelsNone says that neither side is.
	LabelsNone
	// LabelsA says that only A is.
	LabelsA
	// LabelsB says that only B is.
	LabelsB
	// LabelsBoth says that both are.
	LabelsBoth
)

// LabelSides are the names that ParseLabels knows.
func LabelSides() []string { return []string{"auto", "none", "a", "b", "both"} }

// String returns the name that ParseLabels understands.
func (l Labels) String() string {
	if l < LabelsAuto || l > LabelsBoth {
		return fmt.Sprintf("Labels(%d)", int(l))
	}
	return LabelSides()[l]
}

// ParseLabels returns the value of a name (auto, none, a, b, both), in any case.
func ParseLabels(name string) (Labels, error) {
	for i, n := range LabelSides() {
		if strings.EqualFold(n, name) {
			return Labels(i), nil
		}
	}
	return 0, fmt.Errorf("unknown label side %q; there are %s", name, strings.Join(LabelSides(), ", "))
}

// Options is how to open a folder. Begin with DefaultOptions.
type Options struct {
	Direction Direction

	// InputChannels and OutputChannels are those of the network's input and
	// output, after Direction; 0 is what the files have. Files with others are
	// converted where that has a meaning (grey, RGB, alpha). Where files of one
	// side differ, "what the files have" is RGB if one of them has colour, else
	// grey.
	InputChannels, OutputChannels int

	// Photograph and Label are the filters for the two kinds of pictures, and
	// Labels says which side is of which kind. The paper's program resamples
	// bilinearly, which invents colours on label pictures; its PyTorch port
	// takes Bicubic for everything.
	Photograph, Label imgio.Filter
	Labels            Labels

	// Seed and ValFraction are for the seeded rule, see Record. HoldOut applies
	// it to train where there is no val; pairs without a split it always splits,
	// unless FlatAs says which split they are.
	Seed        uint64
	ValFraction float64
	HoldOut     bool
	FlatAs      Split

	// TrainPairs keeps only so many training pairs, if there are more: the first in
	// the order of the seeded rule, so that fewer are part of more. 0 keeps all.
	// What is held out of train does not depend on it.
	TrainPairs int

	// Use is the splits that the caller needs: each must have a pair. The others
	// are not decoded, only read for the comparison of contents. Empty means
	// whatever is there.
	Use []Split

	// MayLack are those of Use that may turn out to have no pair.
	MayLack []Split

	// Begun says that a model has been trained on the pairs already: what would be
	// refused for how it looks is taken as it is.
	Begun bool

	// Pairs says what pictures without A/ and B/ are; the manifest may, too.
	Pairs Pairs

	// SkipBad leaves pairs with problems out instead of refusing the folder.
	SkipBad bool

	// Range is which numbers in files of more than 8 bits become 0 and 1; the zero
	// Range is all of their type.
	Range imgio.Range

	// MaxSamples limits width × height × channels of a file; 0 is imgio's limit.
	MaxSamples int64

	// Workers is how many goroutines check files; 0 is one a processor.
	Workers int

	// Progress, if there is one, hears how many of the pairs are checked. It is
	// called by one goroutine at a time and should return soon.
	Progress func(done, total int)
}

// DefaultOptions returns the options of the paper: A to B, channels of the
// files, photographs resampled bilinearly and labels by their nearest pixel; a
// tenth of the pairs is for validation where the folder has no splits.
func DefaultOptions() Options {
	return Options{
		Photograph:  imgio.Bilinear,
		Label:       imgio.Nearest,
		ValFraction: 0.1,
	}
}

func (o Options) validate() error {
	switch {
	case o.InputChannels < 0 || o.OutputChannels < 0:
		return fmt.Errorf("%d input and %d output channels: numbers of channels are at least 1, or 0 for those of the files",
			o.InputChannels, o.OutputChannels)
	case !(o.ValFraction > 0 && o.ValFraction < 1): // NaN as well
		return fmt.Errorf("a validation fraction of %v is not between 0 and 1", o.ValFraction)
	case o.TrainPairs < 0:
		return fmt.Errorf("%d training pairs: there has to be one at least, or 0 for all", o.TrainPairs)
	case o.MaxSamples < 0 || o.Workers < 0:
		return errors.New("the limit of samples and the number of workers cannot be negative")
	case o.Pairs != PairsAuto && o.Pairs != SideBySide:
		return fmt.Errorf("unknown pairs %q; there are auto and side-by-side", o.Pairs)
	case o.FlatAs != "" && !slices.Contains(allSplits(), o.FlatAs):
		return fmt.Errorf("unknown split %q; there are train, val and test", o.FlatAs)
	}
	for _, s := range o.Use {
		if !slices.Contains(allSplits(), s) {
			return fmt.Errorf("unknown split %q; there are train, val and test", s)
		}
	}
	return nil
}

// uses says whether pictures of a split have to be decoded. Pairs that have no
// split yet may come to be in any.
func (o Options) uses(s Split) bool {
	switch {
	case len(o.Use) == 0 || s == "" || slices.Contains(o.Use, s):
		return true
	default: // val may be taken from train
		return s == Train && o.HoldOut && slices.Contains(o.Use, Val)
	}
}

// read is how files are read.
func (o Options) read() imgio.ReadOptions {
	return imgio.ReadOptions{MaxSamples: o.MaxSamples, Range: o.Range}
}
