package metric

import "fmt"

// Confusion counts predicted against true labels over any number of pictures.
// The measures of segmentation are functions of these counts over a whole test
// set, not means over pictures (Long, Shelhamer and Darrell 2015 §5; the
// FCN-score of Isola et al. 2017 §3.4).
type Confusion struct {
	classes int
	counts  []float64 // [true, predicted]
}

// NewConfusion returns counts of zero for labels 0..classes−1.
func NewConfusion(classes int) *Confusion {
	if classes < 1 {
		panic(fmt.Sprintf("metric: %d classes", classes))
	}
	return &Confusion{classes, make([]float64, classes*classes)}
}

// ConfusionOf returns counts that were added up elsewhere, [true, predicted], row
// by row; whole numbers up to 2⁵³ are exact. The slice becomes the Confusion's.
func ConfusionOf(classes int, counts []float64) *Confusion {
	if classes < 1 || len(counts) != classes*classes {
		panic(fmt.Sprintf("metric: %d counts for %d classes", len(counts), classes))
	}
	return &Confusion{classes, counts}
}

// Counts returns the counts, [true, predicted], row by row. The slice is the
// Confusion's.
func (c *Confusion) Counts() []float64 { return c.counts }

// Add counts pixels. Those whose true label is not a class, such as unlabelled
// ones, are left out. It panics if a predicted label is not a class.
func (c *Confusion) Add(truth, predicted []int) {
	if len(truth) != len(predicted) {
		panic(fmt.Sprintf("metric: %d true and %d predicted labels", len(truth), len(predicted)))
	}
	for i, t := range truth {
		if t < 0 || t >= c.classes {
			continue
		}
		if p := predicted[i]; p < 0 || p >= c.classes {
			panic(fmt.Sprintf("metric: predicted label %d of %d classes", p, c.classes))
		}
		c.counts[t*c.classes+predicted[i]]++
	}
}

// Scores are the measures of a Confusion, each in 0..1. Classes that do not
// occur among the true labels count in neither mean.
type Scores struct {
	PixelAccuracy float64 // right pixels among all
	ClassAccuracy float64 // mean over classes of right pixels among the class's
	ClassIoU      float64 // mean over classes of intersection over union
}

// Scores returns the measures of all pixels added so far; zeros if there are none.
func (c *Confusion) Scores() Scores {
	var s Scores
	var right, all float64
	present := 0.0
	for k := range c.classes {
		hit, truth, predicted := c.class(k)
		right += hit
		all += truth
		if truth > 0 {
			present++
			s.ClassAccuracy += hit / truth
			s.ClassIoU += hit / (truth + predicted - hit)
		}
	}
	if all == 0 {
		return Scores{}
	}
	s.PixelAccuracy = right / all
	s.ClassAccuracy /= present
	s.ClassIoU /= present
	return s
}

// ClassScores are the measures of one class, each in 0..1.
type ClassScores struct {
	Share    float64 // of the class among all true labels
	Accuracy float64 // right pixels among the class's; 0 where it has none
	IoU      float64 // intersection over union; 0 where both are empty
}

// Class returns the measures of class k.
func (c *Confusion) Class(k int) ClassScores {
	all := 0.0
	for _, n := range c.counts {
		all += n
	}
	hit, truth, predicted := c.class(k)
	return ClassScores{ratio(truth, all), ratio(hit, truth), ratio(hit, truth+predicted-hit)}
}

func ratio(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return part / whole
}

// class returns the pixels of class k that are right, true and predicted.
func (c *Confusion) class(k int) (hit, truth, predicted float64) {
	for j := range c.classes {
		truth += c.counts[k*c.classes+j]
		predicted += c.counts[j*c.classes+k]
	}
	return c.counts[k*c.classes+k], truth, predicted
}
