package experiment

import (
	"fmt"
	"strings"

	"easel/internal/model/pix2pix"
	"easel/internal/work/eval"
)

// scoreKeys are the keys of the FCN-score.
func scoreKeys() []string {
	return []string{string(eval.ScorerPixelAccuracy), string(eval.ScorerClassAccuracy), string(eval.ScorerClassIoU)}
}

func labelKeys() []string {
	return []string{string(eval.PixelAccuracy), string(eval.ClassAccuracy), string(eval.ClassIoU)}
}

func histogramKeys() []string {
	return []string{string(eval.HistogramL), string(eval.HistogramA), string(eval.HistogramB)}
}

// spreadKeys are the keys of the outputs' colour spread relative to the truth's, in
// a and b of CIELAB.
func spreadKeys() []string { return []string{"spread_a", "spread_b"} }

// accuracies are the three columns of the paper's tables.
func accuracies(keys []string) []Column {
	return []Column{
		{Key: keys[0], Title: "Per-pixel acc.", Better: "higher", Digits: 3},
		{Key: keys[1], Title: "Per-class acc.", Better: "higher", Digits: 3},
		{Key: keys[2], Title: "Class IOU", Better: "higher", Digits: 3},
	}
}

// photographColumns judge generated photographs: by what can be read in them, if
// they are made of labels, by pixels, which blur wins, and by sharpness, which it
// loses.
func (s Setting) photographColumns() []Column {
	var columns []Column
	if s.Source.Labelled() {
		columns = accuracies(scoreKeys())
	}
	return append(columns,
		Column{Key: string(eval.L1), Title: "L1", Better: "lower", Digits: 3},
		Column{Key: string(eval.SSIM), Title: "SSIM", Better: "higher", Digits: 3},
		Column{Key: string(eval.Sharpness), Title: "Sharpness", Digits: 2},
		Column{Key: string(eval.Spectrum), Title: "Spectrum", Better: "lower", Digits: 2})
}

func colourColumns() []Column {
	keys, spread := histogramKeys(), spreadKeys()
	return []Column{
		{Key: keys[0], Title: "L", Better: "higher", Digits: 3},
		{Key: keys[1], Title: "a", Better: "higher", Digits: 3},
		{Key: keys[2], Title: "b", Better: "higher", Digits: 3},
		{Key: spread[0], Title: "Spread of a", Digits: 2},
		{Key: spread[1], Title: "Spread of b", Digits: 2},
	}
}

// labelColumns judge outputs that are labels, by the nearest colour of the labels' palette.
// A sharp model invents objects, which IOU hardly detects.
func labelColumns() []Column {
	return append(accuracies(labelKeys()),
		Column{Key: string(eval.Invented), Title: "Invented", Better: "lower", Digits: 1},
		Column{Key: string(eval.InventedArea), Title: "Their area in %", Better: "lower", Digits: 2})
}

// diversityColumn measures how much the outputs for one input differ.
func diversityColumn() Column {
	return Column{Key: string(eval.Diversity), Title: "Diversity", Digits: 4}
}

// meaning explains columns whose names do not.
func meaning(columns []Column) string {
	var parts []string
	for _, c := range columns {
		switch {
		case c.Key == scoreKeys()[0]:
			parts = append(parts, "Accuracies and IOU measure what a segmentation network, trained on the same photographs and labels, reads in the outputs (the paper's FCN-score, §3.4).")
		case c.Key == string(eval.Sharpness):
			parts = append(parts, "Sharpness is the outputs' mean gradient over the truth's: below 1 is blurred.")
		case c.Key == string(eval.Diversity):
			parts = append(parts, "Diversity is the mean L1 between outputs for one input with different noise; 0 means that the noise has no effect.")
		case c.Key == labelKeys()[0]:
			parts = append(parts, "Accuracies and IOU come from one confusion matrix over the set, with classes by the nearest colour of the training labels' palette.")
		case c.Key == string(eval.Invented):
			parts = append(parts, "Invented counts the areas in a picture that show a class where the truth has none of it.")
		case c.Key == histogramKeys()[0]:
			parts = append(parts, "L, a and b: the intersection of the outputs' histogram over the set with the truth's, 1 if they are equal.")
		case c.Key == spreadKeys()[0]:
			parts = append(parts, "Spread is the outputs' standard deviation over the truth's: below 1, the range of colours is narrower.")
		case c.Key == string(eval.Grid):
			parts = append(parts, "Grid is the mean logarithm of the spectral power at periods of 2, 4 and 8 pixels relative to neighbouring periods, minus the truth's: 0 is ideal.")
		case c.Key == string(eval.Spectrum):
			parts = append(parts, "Spectrum is the distance between the logarithms of the mean power spectra.")
		}
	}
	return strings.Join(parts, " ")
}

// shareNote says which fraction of a smaller picture the receptive fields cover.
func (s Setting) shareNote() string {
	size := s.Scale.ImageSize
	return fmt.Sprintf("Receptive fields are in pixels, as in the paper, but the pictures are %d×%d, not 256×256: a field of %d here covers the same share of a picture as one of %d in the paper.",
		size, size, pix2pix.ReceptiveField(3), pix2pix.ReceptiveField(3)*256/size)
}
