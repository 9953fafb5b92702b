package train

// Kind says what an event is about, and so which of its fields are set.
type Kind string

// The kinds of events. Step is set in all of them, from Estimated on Steps too.
const (
	// Checked is progress in checking the data: Done of Total pairs.
	Checked Kind = "check"
	// Warned has a Text; the run goes on.
	Warned Kind = "warning"
	// Sized comes before a sitting takes memory: MemoryNeeded, and MemoryFree where that
	// is known.
	Sized Kind = "memory"
	// Fitted follows an InitFrom: Fits and Misfits are names of weights.
	Fitted Kind = "init"
	// Started comes once a sitting, before the first step: Path is the run, and
	// Facts describes it.
	Started Kind = "start"
	// Estimated comes once a sitting, when the speed is known: SecondsLeft,
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
	// Ended comes once a sitting that did all its steps: Seconds over all
	// sittings.
	Ended Kind = "end"
)

// Event is something that happened in a run. The JSON form is a line of the
// log.
type Event struct {
	Kind Kind `json:"event"`
	// Step is the number of steps done, Steps that of the whole run as far as
	// known, and Epoch the epoch that the step was in, the first being 1.
	Step  int `json:"step"`
	Steps int `json:"steps,omitempty"`
	Epoch int `json:"epoch,omitempty"`

	// Losses by name: l1, l2, gan, d, features, perceptual, r1; not weighted. Of a
	// style content, style, variation and their total, weighted.
	Losses         map[string]float64 `json:"losses,omitempty"`
	LearningRate   float64            `json:"learning_rate,omitempty"`
	StepsPerSecond float64            `json:"steps_per_second,omitempty"`
	SecondsLeft    float64            `json:"seconds_left,omitempty"`
	Seconds        float64            `json:"seconds,omitempty"`

	// Metrics by name: l1, psnr, ssim, patches; of a style losses.
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
	// SuggestedRange is one to train with, as LOW:HIGH, where pictures of more than 8
	// bits use a small part of theirs.
	SuggestedRange   string `json:"suggested_range,omitempty"`
	GeneratorWeights int    `json:"generator_weights"`
	Weights          int    `json:"weights"`
	Memory           int64  `json:"memory_bytes"`
	Backend          string `json:"backend"`
	// Styles is the number of pictures of styles, where a style is learnt; the pairs
	// are photographs then.
	Styles  int `json:"styles,omitempty"`
	Devices int `json:"devices"`
	// Perceptual says whether there is a perceptual loss, where that depends on
	// what is on the machine.
	Perceptual string `json:"perceptual,omitempty"`
}
