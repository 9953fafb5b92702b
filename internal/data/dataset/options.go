package dataset

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"easel/internal/file/imgio"
)

// Direction says which side of a pair is the input and which the target.
type Direction int

const (
	// AtoB is from the left half, or A/, to the right half, or B/.
	AtoB Direction = iota
	// BtoA is the reverse: façades' labels→photo, day→night of night2day.
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

// Split is a part of a data set, named like its folder.
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

// Labels says which sides are label pictures: areas in a few flat colours that are class
// names, not brightnesses. Label pictures are resampled with Options.Label, others with
// Options.Photograph.
type Labels int

const (
	// LabelsAuto looks at the pictures: a side is labels if, over the whole set, flat areas
	// have single colours without shades (see palette.Survey), and no colour covers nearly
	// everything. This is meant for segmentations, but also accepts some maps; Report.Labels
	// has the outcome.
	LabelsAuto Labels = iota
	// LabelsNone means neither side.
	LabelsNone
	// LabelsA means only A.
	LabelsA
	// LabelsB means only B.
	LabelsB
	// LabelsBoth means both sides.
	LabelsBoth
)

// LabelSides lists the names that ParseLabels knows.
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

// Options say how a folder is opened. Begin with DefaultOptions.
type Options struct {
	Direction Direction

	// InputChannels and OutputChannels are the channels of the network's input and target,
	// after Direction; 0 means those of the files. Files with other channels are converted
	// if possible (grey, RGB, alpha). If the files of a side differ, 0 means RGB if one of
	// them has colour, otherwise grey.
	InputChannels, OutputChannels int

	// Photograph and Label are the filters for the two kinds of pictures; Labels says which
	// side is which. The paper's program resamples bilinearly, which invents colours in label
	// pictures; its PyTorch port uses Bicubic for everything.
	Photograph, Label imgio.Filter
	Labels            Labels

	// Seed and ValFraction are for the seeded rule, see Record. With HoldOut the rule is
	// applied to train if there is no val. It is always applied to pairs without a split,
	// unless FlatAs names their split.
	Seed        uint64
	ValFraction float64
	HoldOut     bool
	FlatAs      Split

	// TrainPairs keeps only that many training pairs: the first in the order of the seeded
	// rule, so that a smaller number is a subset of a larger one. 0 keeps all. It does not
	// change which pairs are held out.
	TrainPairs int

	// Use lists the splits that the caller needs: each must have a pair. Other splits are
	// not decoded, only hashed to compare contents. Empty means all that exist.
	Use []Split

	// MayLack lists splits of Use that may have no pair.
	MayLack []Split

	// Begun says that a model has already been trained on the pairs: then nothing is
	// refused because of how it looks.
	Begun bool

	// Pairs says what pictures without A/ and B/ are; the manifest may say it too.
	Pairs Pairs

	// SkipBad leaves out pairs with problems instead of refusing the folder.
	SkipBad bool

	// Range is the numbers that become 0 and 1 in files of more than 8 bits; the zero
	// Range is the full range of their type.
	Range imgio.Range

	// MaxSamples limits width × height × channels of a file; 0 is imgio's limit.
	MaxSamples int64

	// Workers is how many goroutines check files; 0 is one per processor.
	Workers int

	// Progress, if not nil, is told how many pairs have been checked, by one goroutine at a
	// time. It should return quickly.
	Progress func(done, total int)
}

// DefaultOptions returns the options of the paper: A to B, the channels of the files,
// photographs resampled bilinearly and labels to nearest pixels. If the folder has no
// splits, a tenth of the pairs is for validation.
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
		return fmt.Errorf("%d input and %d output channels: both must be at least 1, or 0 for those of the files",
			o.InputChannels, o.OutputChannels)
	case !(o.ValFraction > 0 && o.ValFraction < 1): // NaN as well
		return fmt.Errorf("validation fraction %v: it must be between 0 and 1", o.ValFraction)
	case o.TrainPairs < 0:
		return fmt.Errorf("%d training pairs: it must be at least 1, or 0 for all", o.TrainPairs)
	case o.MaxSamples < 0 || o.Workers < 0:
		return errors.New("the limit of samples and the number of workers must not be negative")
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

// uses reports whether the pictures of a split must be decoded. Pairs without a split may
// end up in any.
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
