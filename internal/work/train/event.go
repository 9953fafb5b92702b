package train

// Kind says what an event reports, which determines the fields that are set.
type Kind string

// The kinds of events. Step is always set, and from Estimated on, so is Steps.
const (
	// Checked is progress in checking the data: Done of Total pairs.
	Checked Kind = "check"
	// Warned has a Text; the run continues.
	Warned Kind = "warning"
	// Sized comes before a sitting takes memory: MemoryNeeded, and MemoryFree where that
	// is known.
	Sized Kind = "memory"
	// Fitted follows an InitFrom: Fits and Misfits are names of weights.
	Fitted Kind = "init"
	// Started comes once per session, before the first step: Path is the run, and Facts
	// describes it.
	Started Kind = "start"
	// Estimated comes once per session, when the speed is known: SecondsLeft,
	// StepsPerSecond.
	Estimated Kind = "estimate"
	// Stepped is one step: Epoch, Losses, LearningRate, StepsPerSecond, and
	// SecondsLeft once it can be estimated.
	Stepped Kind = "step"
	// Validated has Metrics, and Best if they are the best so far.
	Validated Kind = "validation"
	// Sampled has the Path of a new sheet of samples.
	Sampled Kind = "sample"
	// Saved has the Path of a new checkpoint.
	Saved Kind = "checkpoint"
	// Ended comes once, in the session that completes the run: Seconds over all sessions.
	Ended Kind = "end"
)

// Event is something that happened in a run. The JSON form is a line of the
// log.
type Event struct {
	Kind Kind `json:"event"`
	// Step is the number of steps done, Steps that of the whole run, if known, and Epoch
	// the epoch of the step, counted from 1.
	Step  int `json:"step"`
	Steps int `json:"steps,omitempty"`
	Epoch int `json:"epoch,omitempty"`

	// Losses by name, unweighted: l1, l2, gan, d, features, perceptual, r1. For a style,
	// weighted: content, style, variation and their total.
	Losses         map[string]float64 `json:"losses,omitempty"`
	LearningRate   float64            `json:"learning_rate,omitempty"`
	StepsPerSecond float64            `json:"steps_per_second,omitempty"`
	SecondsLeft    float64            `json:"seconds_left,omitempty"`
	Seconds        float64            `json:"seconds,omitempty"`

	// Metrics by name: l1, psnr, ssim, patches; for a style, the losses.
	Metrics map[string]float64 `json:"metrics,omitempty"`
	Best    bool               `json:"best,omitempty"`

	Path string `json:"path,omitempty"`
	Text string `json:"text,omitempty"`

	Done  int `json:"done,omitempty"`
	Total int `json:"total,omitempty"`

	Fits    []string `json:"fits,omitempty"`
	Misfits []string `json:"misfits,omitempty"`

	// MemoryNeeded is what a step with its weights takes, MemoryFree what the device has
	// left, in bytes.
	MemoryNeeded int64 `json:"memory_needed_bytes,omitempty"`
	MemoryFree   int64 `json:"memory_free_bytes,omitempty"`

	Facts *Facts `json:"facts,omitempty"`
}

// Facts describes a run.
type Facts struct {
	Resumed bool `json:"resumed"`
	Train   int  `json:"train_pairs"`
	Val     int  `json:"val_pairs"`
	Test    int  `json:"test_pairs"`
	// Labels says which sides are treated as label pictures: none, a, b or both.
	Labels string `json:"labels"`
	// SuggestedRange is a range to train with, as LOW:HIGH, if pictures of more than 8 bits
	// use only a small part of theirs.
	SuggestedRange   string `json:"suggested_range,omitempty"`
	GeneratorWeights int    `json:"generator_weights"`
	Weights          int    `json:"weights"`
	Memory           int64  `json:"memory_bytes"`
	Backend          string `json:"backend"`
	// Styles is the number of style pictures when training a style; the pairs are then
	// photographs.
	Styles  int `json:"styles,omitempty"`
	Devices int `json:"devices"`
	// Perceptual says whether there is a perceptual loss, if that depends on the machine.
	Perceptual string `json:"perceptual,omitempty"`
}
