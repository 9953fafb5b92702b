package eval

// Key names a measure, in files and in Values.
type Key string

// The measures.
const (
	L1    Key = "l1"
	L2    Key = "l2"
	PSNR  Key = "psnr"
	SSIM  Key = "ssim"
	MSSIM Key = "ms_ssim"

	HistogramL Key = "histogram_l"
	HistogramA Key = "histogram_a"
	HistogramB Key = "histogram_b"

	Sharpness Key = "sharpness"
	Gradients Key = "gradients"
	Grid      Key = "grid"
	Spectrum  Key = "spectrum"

	Perceptual Key = "perceptual"

	Diversity     Key = "diversity"
	DiversitySSIM Key = "diversity_ssim"

	// For outputs that are labels.
	PixelAccuracy Key = "pixel_accuracy"
	ClassAccuracy Key = "class_accuracy"
	ClassIoU      Key = "class_iou"
	Invented      Key = "invented_objects"
	InventedArea  Key = "invented_area"

	// For outputs in which a scorer reads labels: the paper's FCN-score.
	ScorerPixelAccuracy Key = "fcn_pixel_accuracy"
	ScorerClassAccuracy Key = "fcn_class_accuracy"
	ScorerClassIoU      Key = "fcn_class_iou"
)

// Better says which direction of a measure is good.
type Better string

// The directions.
const (
	Lower  Better = "lower"
	Higher Better = "higher"
	// Neither means that the best value is in between, or that there is none.
	Neither Better = ""
)

// Measure describes what a key means.
type Measure struct {
	Key    Key    `json:"key"`
	Title  string `json:"title"`
	Better Better `json:"better"`
	// Text explains the measure in a sentence, with what to compare it with if needed.
	Text string `json:"text"`
}
